"""Which rows a comparison measures, and how long that takes."""

import fnmatch
import sys

from rig.processes import BenchError
from rig.rigs import RIGS
from rig.workloads import WORKLOADS


def rows(options):
    """The rows that the options choose, in the order in which they are measured."""
    rigs = [RIGS[name].name for name in options.rigs]
    workloads = options.only or (["forwarding"] if options.quick else list(WORKLOADS))
    possible = [
        row
        for rig in rigs
        for name in workloads
        for row in WORKLOADS[name].rows(options)
        if row.rig == rig
    ]
    chosen = [row for row in possible if matches(row, options.globs) and is_possible(row)]
    if not chosen:
        raise BenchError("no row is left to measure; bench/compare --list names all there are")
    return chosen


def is_possible(row):
    """Says so if this machine cannot measure the row."""
    obstacle = WORKLOADS[row.workload].obstacle(row)
    if obstacle:
        print(f"{row.name} is left out: {obstacle}", file=sys.stderr)
    return not obstacle


def matches(row, globs):
    """Patterns are for rig/workload/mode/clients; the rig can be left out."""
    names = (row.name, row.name.partition("/")[2])
    return not globs or any(fnmatch.fnmatchcase(name, glob) for name in names for glob in globs)


def seconds(row, options, warm=True):
    """About how long a row takes, with or without the warming before."""
    workload = WORKLOADS[row.workload]
    once = workload.seconds(options) * workload.rounds(options) * len(options.targets)
    return once + (options.warm + len(options.targets) if warm else 0)


def listing(options):
    """A line for each row, with workloads as headings."""
    lines = []
    total = 0
    workload = None
    warmed = set()
    for row in options.rows:
        if row.workload != workload:
            workload = row.workload
            lines.append(f"{workload}: {WORKLOADS[workload].about}")
        kind = (row.rig, row.workload, row.mode)
        time = seconds(row, options, kind not in warmed)
        warmed.add(kind)
        total += time
        lines.append(f"  {row.name:45} about {time:4.0f} s")
    lines.append(f"{len(options.rows)} rows, about {total / 60:.0f} minutes")
    return "\n".join(lines)
