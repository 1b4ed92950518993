"""All figures of a comparison, in memory and as CSV: a line for each round of each target."""

import csv

from rig import samples
from rig.figures import FIGURES
from rig.workloads.workload import Row

KEY = ("rig", "workload", "mode", "clients", "target", "round")


class Runs:
    """Figures by row and target, one dictionary a round."""

    def __init__(self):
        self._rounds = {}
        self._notes = {}

    def add(self, row, target, figures, note=""):
        self._rounds.setdefault(row, {}).setdefault(target, []).append(figures)
        self._notes[row, target] = note

    def rows(self):
        return list(self._rounds)

    def targets(self, row):
        return list(self._rounds.get(row, {}))

    def note(self, row, target):
        return self._notes.get((row, target), "")

    def values(self, row, target, figure):
        """The figure of each round, None where it was not taken."""
        return [figures.get(figure) for figures in self._rounds.get(row, {}).get(target, [])]

    def median(self, row, target, figure):
        return samples.median(self.values(row, target, figure))

    def ratios(self, row, target, figure, peer="pgbouncer"):
        """The figure's ratios to the peer's, round by round."""
        return samples.ratios(self.values(row, target, figure), self.values(row, peer, figure))

    def write(self, path):
        with open(path, "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow((*KEY, *FIGURES, "note"))
            for row, targets in self._rounds.items():
                for target, rounds in targets.items():
                    for number, figures in enumerate(rounds, 1):
                        key = (row.rig, row.workload, row.mode, row.clients, target, number)
                        values = [plain(figures.get(figure)) for figure in FIGURES]
                        writer.writerow((*key, *values, self.note(row, target)))

    @classmethod
    def read(cls, path):
        """Reads what write has written, and files from before there were workloads."""
        runs = cls()
        with open(path, newline="") as file:
            for line in csv.DictReader(file):
                workload = line.get("workload") or "forwarding"
                row = Row(line["rig"], workload, line["mode"], int(line["clients"]))
                figures = {name: float(line[name]) for name in FIGURES if line.get(name)}
                runs.add(row, line["target"], figures, line.get("note") or "")
        return runs


def plain(value):
    if value is None:
        return ""
    text = f"{value:.4f}" if abs(value) < 1 else f"{value:.2f}"
    return text.rstrip("0").rstrip(".")
