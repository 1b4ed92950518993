"""bench/compare from its arguments to its exit code."""

import contextlib
import datetime
import os
import resource
import signal
import sys

from rig import cli, programs, regressions, report, results
from rig.comparison import Comparison
from rig.peers import version
from rig.processes import BenchError
from rig.runs import Runs
from rig.targets.odyssey import Odyssey
from rig.targets.pgbouncer import NewPgBouncer, PgBouncer

# EX_TEMPFAIL: the same command again goes on.
UNFINISHED = 75
# For the most clients that any row has.
ENOUGH_FILES = 16_384


def main(arguments):
    signal.signal(signal.SIGTERM, terminated)
    raise_file_limit()
    try:
        options = cli.parse(arguments)
        return compare(options, arguments) if options else 0
    except BenchError as error:
        print(f"bench/compare: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def terminated(*_):
    """Stops what was started, as Ctrl-C does; a second signal must not cut that."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(143)


def compare(options, arguments):
    facts = describe(options, arguments)
    result, runs = None, Runs()
    if options.save:
        result, runs, facts = results.named(options.save, facts, options.resume)
    earlier = results.earlier(facts, but=result.name if result else None)

    def save(runs):
        if result:
            result.write(runs, facts, earlier)

    try:
        complete = Comparison(options, runs, save).run()
    finally:
        # What was measured before an error or Ctrl-C counts, too.
        if runs.rows():
            tell(runs, result, earlier)
    if not complete:
        print("rows are left: the same command goes on", file=sys.stderr)
        return UNFINISHED
    return 0


def tell(runs, result, earlier):
    print(f"\n{report.printed(runs)}\n\nregressions\n{regressions.text(runs, earlier)}")
    if result:
        print(f"\nwritten: {os.path.relpath(result.markdown_path)}, .csv and .svg")
    sys.stdout.flush()


def raise_file_limit():
    """Many clients need many files; what we start inherits the limit."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    for wanted in (max(hard, ENOUGH_FILES), hard):
        # Only root may go beyond the hard limit, and not everywhere.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, wanted))
            return


def describe(options, arguments):
    facts = {
        "date": datetime.datetime.now().strftime("%Y-%m-%d %H:%M"),
        "command": " ".join(["bench/compare", *arguments]),
        "machine": programs.machine(),
        "load before": " ".join(f"{value:.1f}" for value in os.getloadavg()) + " (1, 5, 15 min)",
        "shape": options.shape(),
        "runs": f"{options.rounds} rounds of {options.seconds} s",
    }
    if "pglynx" in options.targets:
        facts["pglynx"] = f"{programs.build_pglynx()}, commit {programs.commit()}"
    if options.base:
        programs.build_pglynx(options.base)
        facts["base"] = f"commit {programs.commit(options.base)}"
    for target in (PgBouncer, NewPgBouncer, Odyssey):
        if target.name in options.targets:
            numbers = version(target.program(options))
            facts[target.name] = ".".join(map(str, numbers)) + ", transaction mode"
    if "real" in options.rigs:
        facts["server"] = programs.run([programs.find("postgres", "postgresql"), "-V"]).strip()
    return facts
