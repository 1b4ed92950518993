"""bench/profile: user and system time, system calls, stacks, garbage and pauses of the relay.

One load after the other on the isolated rig, since a tool that looks costs what it looks at.
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from rig import cli, flame, programs
from rig.load import Load
from rig.processes import CLOCK_TICKS, BenchError, run
from rig.rigs.isolated import IsolatedRig

MODES = ("simple", "extended", "prepared")
LAST_OPTIONS = "_JAVA_OPTIONS"
SYSTEM_CALLS = "raw_syscalls:sys_enter"


def main(arguments):
    parser = argparse.ArgumentParser(prog="bench/profile", description=__doc__)
    parser.add_argument("--mode", choices=MODES, default="simple")
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=6, help="of each look; default 6")
    parser.add_argument("--warm", type=int, default=20, help="seconds of load before; default 20")
    parser.add_argument("--transport", default="auto")
    parser.add_argument("--save", metavar="NAME", help="writes results/profile-NAME.md and .svg")
    options = parser.parse_args(arguments)
    try:
        profile(options)
        return 0
    except BenchError as error:
        print(f"bench/profile: {error}", file=sys.stderr)
        return 1


def profile(options):
    directory = tempfile.mkdtemp(prefix="pglynx-profile-")
    os.chmod(directory, 0o755)
    gc_log = os.path.join(directory, "gc.log")
    words = ["--rig", "isolated", "--only", "forwarding", "--targets", "pglynx"]
    words += ["--clients", str(options.clients), "--transport", options.transport]
    try:
        with contextlib.ExitStack() as closing:
            with logged(gc_log):
                rig = closing.enter_context(IsolatedRig(directory, cli.parse(words)))
            report = Looks(rig, options, directory).all()
        report.append(("pauses", pauses(gc_log)))
        text = markdown(options, report)
        print(text)
        if options.save:
            write(options.save, text, os.path.join(directory, "flame.svg"))
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextlib.contextmanager
def logged(path):
    """A JVM started meanwhile logs its pauses; read last, as the launcher turns off all other logs."""
    os.environ[LAST_OPTIONS] = f"-Xlog:gc,safepoint:file={path}"
    try:
        yield
    finally:
        # The recorder's own tools are JVMs, too, and would write into the same file.
        del os.environ[LAST_OPTIONS]


class Looks:
    """The looks at one warm pglynx."""

    def __init__(self, rig, options, directory):
        self._rig = rig
        self._target = rig.targets[0]
        self._options = options
        self._directory = directory
        self._jdk = os.path.dirname(os.path.realpath(f"/proc/{self._target.service.pid}/exe"))

    def all(self):
        self._load(self._options.warm)
        return [
            ("time", self._time()),
            ("system calls", self._system_calls()),
            *self._recording(),
        ]

    def _load(self, seconds):
        """Transactions a second under load; all of it counts, the beginning included."""
        load = Load(
            clients=self._options.clients, mode=self._options.mode, seconds=seconds, warm=0
        )
        return self._rig.run(self._target, load)["tps"]

    def _time(self):
        before = self._ticks()
        transactions = self._load(self._options.seconds) * self._options.seconds
        user, system = (
            1e6 * (after - first) / CLOCK_TICKS / transactions
            for after, first in zip(self._ticks(), before)
        )
        share = 100 * system / (user + system)
        return (
            f"{user + system:.1f} µs a transaction: {user:.1f} in the process, "
            f"{system:.1f} in the kernel ({share:.0f} %)"
        )

    def _ticks(self):
        with open(f"/proc/{self._target.service.pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return int(fields[11]), int(fields[12])

    def _system_calls(self):
        """Counted by the kernel, which slows nothing down as strace would."""
        seconds = self._options.seconds
        words = [programs.find("perf", "linux-perf"), "stat", "-x", ",", "-e", SYSTEM_CALLS]
        words += ["-p", str(self._target.service.pid)]
        with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as counting:
            transactions = self._load(seconds) * seconds
            counting.send_signal(2)
            said = counting.communicate()[1]
        counted = re.search(rf"^(\d+),.*{SYSTEM_CALLS}", said, re.MULTILINE)
        if not counted:
            return "not counted: perf stat may not trace here (it takes root and tracefs)"
        return f"{int(counted[1]) / transactions:.2f} a transaction"

    def _recording(self):
        path = os.path.join(self._directory, "profile.jfr")
        self._jcmd("JFR.start", "name=profile", "settings=profile")
        self._load(self._options.seconds)
        self._jcmd("JFR.dump", "name=profile", f"filename={path}")
        self._jcmd("JFR.stop", "name=profile")
        events = "jdk.ExecutionSample,jdk.NativeMethodSample"
        tool = os.path.join(self._jdk, "jfr")
        printed = run([tool, "print", "--json", "--stack-depth", "64", "--events", events, path])
        stacks = list(event_loop_stacks(json.loads(printed)))
        with open(os.path.join(self._directory, "flame.svg"), "w") as file:
            file.write(flame.svg(f"pglynx, {self._options.mode}: Java's share", stacks))
        garbage = run([tool, "view", "--width", "110", "allocation-by-class", path])
        return [("methods that run", hottest(stacks)), ("allocated beside", fenced(garbage))]

    def _jcmd(self, *words):
        run([os.path.join(self._jdk, "jcmd"), str(self._target.service.pid), *words])


def event_loop_stacks(recording):
    """The stacks of event loops, outermost frame first; waiting in the kernel is none."""
    for event in recording["recording"]["events"]:
        values = event["values"]
        thread = values.get("sampledThread") or {}
        if str(thread.get("javaName", "")).startswith("pglynx-loop") and values["stackTrace"]:
            frames = [frame["method"] for frame in values["stackTrace"]["frames"]]
            yield [
                f"{each['type']['name'].replace('/', '.')}.{each['name']}"
                for each in reversed(frames)
            ]


def hottest(stacks, count=12):
    counts = {}
    for stack in stacks:
        counts[stack[-1]] = counts.get(stack[-1], 0) + 1
    ordered = sorted(counts.items(), key=lambda each: -each[1])[:count]
    lines = [f"{100 * hits / len(stacks):5.1f} %  {name}" for name, hits in ordered]
    return fenced("\n".join(lines) or "no samples")


def pauses(path):
    """Safepoints of the whole run, those of the warm-up and of the recorder too."""
    with open(path) as log:
        said = re.findall(r'Safepoint "(\w+)".*Total: +(\d+) ns', log.read())
    if not said:
        return "none"
    taken = sorted(((int(total) / 1e6, name) for name, total in said), reverse=True)
    late = sum(each > 5 for each, _ in taken)
    longest, name = taken[0]
    return f"{len(taken)} safepoints, the longest {longest:.1f} ms ({name}), {late} above 5 ms"


def fenced(text):
    return f"\n\n```\n{text.strip()}\n```\n"


def markdown(options, report):
    lines = [f"# Where the time goes: {options.mode}, {options.clients} clients\n"]
    lines.append(f"- commit: {programs.commit()}; {programs.machine()}; {options.transport}")
    lines += [f"- {name}: {text}" for name, text in report]
    return "\n".join(lines)


def write(name, text, graph):
    path = os.path.join(programs.BENCH, "results", f"profile-{name}")
    with open(path + ".md", "w") as file:
        file.write(text + "\n")
    shutil.copy(graph, path + ".svg")
    print(f"\nwritten: {os.path.relpath(path)}.md and .svg")
