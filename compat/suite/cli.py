"""The command line."""

import argparse
import os
import tempfile
import time
import tomllib

from rig import programs
from rig.processes import BenchError, hand_over
from suite import clients, drivers, report
from suite.judge import CANNOT, FAIL, NOT_RUN, PASS, Known, Verdict, judge
from suite.services import Neighbours, Services

HERE = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
CANNOT_FILE = os.path.join(HERE, "cannot.toml")


def main(arguments):
    options = parse(arguments)
    try:
        return Run(options).execute()
    except BenchError as e:
        print(f"compat: {e}")
        return 2


def parse(arguments):
    parser = argparse.ArgumentParser(prog="compat/run", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out what takes long")
    parser.add_argument("--client", action="append", help="only this client (may be repeated)")
    parser.add_argument("--only", help="only the scenario of this title")
    parser.add_argument("--keep", action="store_true", help="keep the directory with the logs")
    parser.add_argument("--java-options", default="", help="JVM flags of pglynx instead of its own")
    return parser.parse_args(arguments)


class Run:
    """One run of the suite."""

    def __init__(self, options):
        self._options = options
        self._cannot = load_cannot()
        self._verdicts = []
        self._facts = {"clients": {}}

    def execute(self):
        started = time.monotonic()
        self._facts["proxy"] = f"{programs.build_pglynx()}, commit {programs.commit()}"
        with Directory(self._options.keep) as directory:
            with Services(directory, self._options.java_options) as services:
                self._facts["server"] = services.server_version
                for client in clients.chosen(self._options.client):
                    self._run_client(client, services, directory)
                    services.require_alive()
        whole = not (self._options.quick or self._options.only)
        print("written: " + os.path.relpath(report.write(self._verdicts, self._facts, whole)))
        return self._summary(time.monotonic() - started)

    def _run_client(self, client, services, directory):
        version, missing = client.version()
        if version is None:
            self._facts["clients"][client.name] = None
            self._note([Verdict(client.name, "(all)", way, NOT_RUN, missing) for way in client.ways])
            return
        self._facts["clients"][client.name] = version
        prove(client, services.ways["direct"])
        arguments = ["--quick"] if self._options.quick else []
        arguments += ["--only", self._options.only] if self._options.only else []
        direct = services.ways["direct"]
        expected = drivers.run(client, direct, arguments)
        for name in client.ways:
            way = services.ways[name]
            if name == "transaction":
                with Neighbours(way, directory) as neighbours:
                    outcomes = drivers.run(client, way, arguments)
                    neighbours.require_alive()
            else:
                outcomes = drivers.run(client, way, arguments)
            for title in {**expected, **outcomes}:
                self._note([self._judge(client, title, way, direct, expected, outcomes)])

    def _judge(self, client, title, way, direct, expected, outcomes):
        if title not in expected or expected[title].error:
            why = expected[title].error if title in expected else "it was not run"
            return Verdict(client.name, title, way.name, FAIL, "the scenario fails direct: " + why)
        known = known_fault(self._cannot.get(way.name, {}).get(client.name, {}).get(title))
        return judge(client.name, title, way, (direct, expected[title]), outcomes.get(title), known)

    def _note(self, verdicts):
        for each in verdicts:
            self._verdicts.append(each)
            mark = {PASS: "ok", CANNOT: "--", NOT_RUN: "??", FAIL: "FAIL"}[each.outcome]
            note = f"  {each.note}" if each.note and each.outcome != CANNOT else ""
            print(f"{mark:4} {each.way:11} {each.client}: {each.scenario} ({each.seconds:.1f} s){note}",
                  flush=True)

    def _summary(self, seconds):
        count = {kind: sum(v.outcome == kind for v in self._verdicts) for kind in (PASS, CANNOT, FAIL, NOT_RUN)}
        stale = [v for v in self._verdicts if v.outcome == PASS and v.note]
        for each in stale:
            print(f"compat/cannot.toml is out of date: {each.way}, {each.client}: {each.scenario} passes")
        print(f"compat: {count[PASS]} passed, {count[FAIL]} failed, {count[CANNOT]} cannot, "
              f"{count[NOT_RUN]} not run, in {seconds:.0f} s")
        return 1 if count[FAIL] or (stale and not self._options.quick) or not self._verdicts else 0


class Directory:
    """A directory for the servers' files, which PostgreSQL's user may enter."""

    def __init__(self, keep):
        self._keep = keep
        self._temporary = tempfile.TemporaryDirectory(prefix="pglynx-compat-")

    def __enter__(self):
        hand_over(self._temporary.name)
        os.chmod(self._temporary.name, 0o755)
        return self._temporary.name

    def __exit__(self, *_):
        if self._keep:
            self._temporary._finalizer.detach()
            print("kept " + self._temporary.name)
        else:
            self._temporary.cleanup()


def prove(client, way):
    """A driver that cannot tell a wrong result from a right one must not judge."""
    outcomes = drivers.run(client, way, ["--prove"])
    wrong, right = outcomes.get("a wrong result"), outcomes.get("a result")
    if not wrong or not wrong.error or not right or right.error or right.transcript != ["1"]:
        raise BenchError(f"the driver of {client.name} does not report wrong results: {outcomes}")


def load_cannot():
    with open(CANNOT_FILE, "rb") as file:
        return tomllib.load(file)


def known_fault(entry):
    """What cannot.toml says of a scenario: a reason, or a table with one; None if nothing."""
    return None if entry is None else Known(**entry) if isinstance(entry, dict) else Known(entry)
