"""Goes through the rows of a plan: warms, interleaves the targets' rounds, keeps the figures."""

import os
import shutil
import sys
import tempfile
import time

from rig import plan
from rig.processes import BenchError, hand_over
from rig.rigs import RIGS
from rig.workloads import WORKLOADS


class Comparison:
    """One run of bench/compare, or one piece of it."""

    def __init__(self, options, runs, save):
        self._options = options
        self._runs = runs
        # Called after each row, so that what ends early loses no row.
        self._save = save
        self._measured = 0
        self._end = time.monotonic() + 60 * options.minutes if options.minutes else None

    def run(self):
        """Measures the rows that the runs lack. True if all are there now."""
        for rig_type in dict.fromkeys(RIGS[name] for name in self._options.rigs):
            rows = [row for row in self._missing() if row.rig == rig_type.name]
            if rows and self._has_time(rows[0]):
                self._measure_rig(rig_type, rows)
        if not self._measured and self._missing():
            self._refuse_time(self._missing()[0])
        progress("")
        return not self._missing()

    def _missing(self):
        measured = set(self._runs.rows())
        return [row for row in self._options.rows if row not in measured]

    def _has_time(self, row):
        if self._end is None:
            return True
        return time.monotonic() + plan.seconds(row, self._options) < self._end

    def _refuse_time(self, row):
        """Otherwise the same command again would never come to an end."""
        minutes = plan.seconds(row, self._options) / 60
        raise BenchError(f"{row.name} takes {minutes:.1f} minutes: --minutes has to be more")

    def _measure_rig(self, rig_type, rows):
        directory = tempfile.mkdtemp(prefix="pglynx-bench-")
        os.chmod(directory, 0o755)
        hand_over(directory)
        try:
            with rig_type(directory, self._options) as rig:
                for row in rows:
                    if not self._has_time(row):
                        return
                    self._measure_row(rig, row)
                    self._measured += 1
                    self._save(self._runs)
        finally:
            shutil.rmtree(directory, ignore_errors=True)

    def _measure_row(self, rig, row):
        """A B C, A B C, …: a drift of the machine's clock hits all alike."""
        workload = WORKLOADS[row.workload]
        targets = workload.targets(rig, row)
        for target in targets:
            self._warm(rig, workload, target, row)
        rounds = []
        count = workload.rounds(self._options)
        for number in range(1, count + 1):
            figures = {}
            for target in targets:
                progress(f"{row.name}: round {number}/{count}, {target.name}")
                figures[target.name] = workload.measure(rig, target, row)
            workload.derive(figures)
            rounds.append(figures)
        # Whole rows only: a row that an interruption cut would look complete when resumed.
        for figures in rounds:
            for target in targets:
                note = workload.note(rig, target, row)
                self._runs.add(row, target.name, figures[target.name], note)

    @staticmethod
    def _warm(rig, workload, target, row):
        kind = (row.workload, row.mode)
        if kind in target.warmed:
            return
        progress(f"{row.name}: warming {target.name}")
        workload.warm(rig, target, row, target.warm_seconds)
        # A warm-up may have needed a new process, which has forgotten everything else.
        target.warmed.add(kind)


def progress(text):
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
