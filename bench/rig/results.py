"""The files of saved comparisons: NAME.csv with every round, NAME.md with the medians."""

import os
import re

from rig import programs, report
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

    def write(self, runs, facts, sections=()):
        os.makedirs(os.path.dirname(self._path), exist_ok=True)
        runs.write(self.csv_path)
        with open(self.markdown_path, "w") as file:
            file.write(report.markdown(self.name, runs, facts, sections))


def resumed(result, facts):
    """The runs and facts of a result that is to be continued."""
    if not result.exists():
        return Runs(), facts
    before = result.facts()
    for key in ("machine", "shape", "runs"):
        if before.get(key) != facts[key]:
            raise BenchError(
                f"{os.path.relpath(result.csv_path)} cannot be resumed: its {key} was\n"
                f"  {before.get(key)}\nand is now\n  {facts[key]}\n"
                "Give the options it was begun with, or another name."
            )
    pieces = int(before.get("pieces", 1)) + 1
    return result.runs(), {**before, "pieces": pieces}
