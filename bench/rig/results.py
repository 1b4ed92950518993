"""The files of saved comparisons: NAME.csv with every round, NAME.md with the medians, NAME.svg."""

import datetime
import os
import re

from rig import plot, programs, regressions, report
from rig.processes import BenchError
from rig.runs import Runs

DIRECTORY = os.path.join(programs.BENCH, "results")
FACT = re.compile(r"^- ([^:]+): (.*)$", re.MULTILINE)


class Result:
    """One saved comparison."""

    def __init__(self, name, directory=DIRECTORY):
        self.name = name
        self._path = os.path.join(directory, name)

    @property
    def csv_path(self):
        return self._path + ".csv"

    @property
    def markdown_path(self):
        return self._path + ".md"

    def exists(self):
        return os.path.exists(self.csv_path)

    def runs(self):
        return Runs.read(self.csv_path)

    def facts(self):
        """The lines at the head of the report; none if there is no report."""
        try:
            with open(self.markdown_path) as file:
                head = file.read().partition("\n## ")[0]
        except FileNotFoundError:
            return {}
        return dict(FACT.findall(head))

    def write(self, runs, facts, earlier):
        os.makedirs(os.path.dirname(self._path), exist_ok=True)
        runs.write(self.csv_path)
        regressed = regressions.text(runs, earlier)
        with open(self.markdown_path, "w") as file:
            file.write(report.markdown(self.name, runs, facts, regressed))
        with open(self._path + ".svg", "w") as file:
            file.write(plot.chart(self.name, runs))


def earlier(facts, but=None):
    """Committed results of the same shape and kind of machine, the newest first."""
    listed = programs.run(["git", "-C", DIRECTORY, "ls-files", "*.csv"]).split()
    found = [Result(os.path.splitext(name)[0]) for name in listed]
    alike = [
        (result.facts()["date"], result)
        for result in found
        if result.name != but and result.exists() and is_alike(result.facts(), facts)
    ]
    alike.sort(key=lambda pair: pair[0], reverse=True)
    return [(result.name, result.runs()) for _, result in alike]


def is_alike(before, now):
    """Kernels may differ: ratios to PgBouncer are compared, which has the same one."""
    return before.get("shape") == now["shape"] and "date" in before and (
        before.get("machine", "").partition(", Linux")[0] == now["machine"].partition(", Linux")[0]
    )


# What all pieces of one result have in common.
FIXED = ("machine", "shape", "runs", "pglynx", "base")


def named(name, facts, resume, directory=DIRECTORY):
    """The result to write, with its runs so far and its facts.

    A result is resumed if one of that name, of today or earlier, was begun with the same facts.
    """
    today = Result(f"{datetime.date.today().isoformat()}-{name}", directory)
    if not resume:
        return today, Runs(), facts
    for result in reversed(begun(name, directory)):
        before = result.facts()
        if all(before.get(key) == facts.get(key) for key in FIXED):
            pieces = int(before.get("pieces", 1)) + 1
            return result, result.runs(), {**before, "pieces": pieces}
    if today.exists():
        refuse(today, facts)
    return today, Runs(), facts


def begun(name, directory):
    """All results of that name, the newest last."""
    dated = re.compile(r"\d{4}-\d\d-\d\d-" + re.escape(name) + r"\.csv")
    found = filter(dated.fullmatch, os.listdir(directory) if os.path.isdir(directory) else [])
    return [Result(file.removesuffix(".csv"), directory) for file in sorted(found)]


def refuse(result, facts):
    before = result.facts()
    key = next(key for key in FIXED if before.get(key) != facts.get(key))
    raise BenchError(
        f"{os.path.relpath(result.csv_path)} cannot be resumed: its {key} was\n"
        f"  {before.get(key)}\nand is now\n  {facts.get(key)}\n"
        "Go on with what it was begun with, or give another name."
    )
