"""The command line of the comparison."""

import argparse
import datetime
import os
import shutil
import signal
import sys
import tempfile

from rig import programs, report
from rig.isolated import IsolatedRig
from rig.processes import BenchError, hand_over
from rig.real import RealRig

RIGS = {"isolated": IsolatedRig, "real": RealRig}
MODES = ("simple", "extended", "prepared")
TARGETS = ("direct", "pgbouncer", "pglynx")


def parse(arguments):
    parser = argparse.ArgumentParser(prog="bench/compare", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="50 clients, 3 rounds of 2 s")
    parser.add_argument("--rig", type=choices(RIGS), default=list(RIGS), help="isolated,real")
    parser.add_argument("--targets", type=choices(TARGETS), default=list(TARGETS))
    parser.add_argument("--modes", type=choices(MODES), default=list(MODES))
    parser.add_argument("--clients", type=counts, help="default 1,10,50,200,1000; --quick 50")
    parser.add_argument("--rounds", type=int, help="default 5; --quick 3")
    parser.add_argument("--seconds", type=int, help="of one run; default 4; --quick 2")
    parser.add_argument("--warm", type=int, default=8, help="seconds of load before the first round")
    parser.add_argument("--pool-size", type=int, default=20, help="server connections (default 20)")
    parser.add_argument("--transport", default="auto", choices=("auto", "epoll", "io_uring", "nio"))
    parser.add_argument("--workers", type=int, default=1, help="event loops of pglynx (default 1)")
    parser.add_argument("--save", metavar="NAME", nargs="?", const="", help="write bench/results/…")
    options = parser.parse_args(arguments)
    quick = options.quick
    options.clients = options.clients or ([50] if quick else [1, 10, 50, 200, 1000])
    options.rounds = options.rounds or (3 if quick else 5)
    options.seconds = options.seconds or (2 if quick else 4)
    return options


def choices(allowed):
    def split(text):
        chosen = text.split(",")
        for name in chosen:
            if name not in allowed:
                raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(allowed)}")
        return chosen

    return split


def counts(text):
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no list of numbers such as 1,50") from None
    if min(numbers) < 1:
        raise argparse.ArgumentTypeError("a number of clients is at least 1")
    return numbers


def main(arguments):
    options = parse(arguments)
    signal.signal(signal.SIGTERM, terminated)
    try:
        return compare(options, arguments)
    except BenchError as error:
        print(f"bench/compare: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def terminated(*_):
    """Stops what was started, as an interrupted comparison does; a second signal must not cut that."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(143)


def compare(options, arguments):
    facts = describe(options, arguments)
    runs = report.Runs()
    for name in options.rig:
        measure(RIGS[name], options, runs)
    for rig in runs.rigs():
        print(f"\n{report.RIG_TITLES[rig]}\n{report.terminal_table(runs.rows(rig))}")
    if options.save is not None:
        name = "-".join(filter(None, [datetime.date.today().isoformat(), options.save]))
        path = report.write(os.path.join(programs.BENCH, "results"), name, runs, facts)
        print(f"\nwritten: {os.path.relpath(path)} and .csv")
    return 0


def describe(options, arguments):
    facts = {
        "date": datetime.datetime.now().strftime("%Y-%m-%d %H:%M"),
        "command": " ".join(["bench/compare", *arguments]),
        "machine": programs.machine(),
        "load before": " ".join(f"{value:.1f}" for value in os.getloadavg()) + " (1, 5, 15 min)",
    }
    if "pglynx" in options.targets:
        facts["pglynx"] = f"{programs.build_pglynx()}, commit {programs.commit()}"
        facts["pglynx"] += f", transport {options.transport}, {options.workers} event loop(s)"
    if "pgbouncer" in options.targets:
        facts["PgBouncer"] = f"{programs.pgbouncer_version()[0]}, transaction mode"
    if "real" in options.rig:
        facts["server"] = programs.run([programs.find("postgres", "postgresql"), "-V"]).strip()
    facts["pool"] = f"{options.pool_size} server connections"
    facts["runs"] = f"{options.rounds} rounds of {options.seconds} s"
    return facts


def measure(rig_type, options, runs):
    directory = tempfile.mkdtemp(prefix="pglynx-bench-")
    os.chmod(directory, 0o755)
    hand_over(directory)
    try:
        with rig_type(directory, options) as rig:
            warm(rig, options)
            for mode in options.modes:
                for clients in options.clients:
                    interleave(rig, mode, clients, options.rounds, runs)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def warm(rig, options):
    """Lets the JVM compile before anything counts; the others get the same for fairness."""
    clients = min(50, max(options.clients))
    for mode in options.modes:
        for target in rig.targets:
            progress(f"{rig.name}: warming {target.name}, {mode}")
            seconds = options.warm if target.name == "pglynx" else 1
            rig.warm(target, mode, clients, seconds)


def interleave(rig, mode, clients, rounds, runs):
    """A B C, A B C, …: a drift of the machine's clock hits all alike."""
    for number in range(1, rounds + 1):
        for target in rig.targets:
            progress(f"{rig.name}: {mode}, {clients} clients, round {number}/{rounds}, {target.name}")
            figures = rig.measure(target, mode, clients)
            runs.add(rig.name, mode, clients, target.name, figures, target.note(mode, rig.name != "isolated"))


def progress(text):
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
