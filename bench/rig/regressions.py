"""What has become worse since the last committed result of the same shape.

What is compared is the ratio to PgBouncer in the same round (to no pooler, where PgBouncer was not
measured; the plain figure where neither was): machines and their load differ from day to day, and
hit both alike. A figure has regressed if its median is worse by more than TOLERANCE, and the rounds
of then and now are apart by more than chance explains: see samples.chance_of_greater. Noise is not
called a regression; a true one of few per cent may need more rounds to be seen.
"""

import dataclasses

from rig import samples
from rig.figures import FIGURES
from rig.workloads import WORKLOADS

TOLERANCE = 0.05
# One such row in twenty is named although nothing has changed: measure it again.
CHANCE = 0.05
LEAST_ROUNDS = 3
PGLYNX = "pglynx"
PEERS = ("pgbouncer", "direct")
# Beside the first figure of a workload.
WATCHED = ("tps", "mb_s", "p99_us", "kb_client", "first_ratio")


@dataclasses.dataclass(frozen=True)
class Change:
    """A figure then and now: of each round the ratio to the peer, or the plain figure."""

    row: object
    figure: str
    peer: str | None
    then: list
    now: list
    # The name of the result.
    since: str

    @property
    def worse(self):
        """By which share the median is worse; negative if it is better."""
        then, now = samples.median(self.then), samples.median(self.now)
        change = now / then if FIGURES[self.figure].less_is_better else then / now
        return change - 1

    @property
    def chance(self):
        if FIGURES[self.figure].less_is_better:
            return samples.chance_of_greater(self.now, self.then)
        return samples.chance_of_greater(self.then, self.now)

    @property
    def regressed(self):
        return self.worse > TOLERANCE and self.chance <= CHANCE

    def says(self):
        """One line for the terminal and the report."""
        then, now = samples.median(self.then), samples.median(self.now)
        unit = f" × {self.peer}" if self.peer else ""
        return (
            f"{self.row.name}: {FIGURES[self.figure].title} is {now:.2f}{unit}, was {then:.2f} in "
            f"{self.since}: {100 * self.worse:.0f} % worse"
        )


def changes(runs, earlier):
    """How each figure of the runs compares with the newest of the earlier results that has it.

    earlier holds pairs of a result's name and its runs, the newest first.
    """
    found = []
    for row in runs.rows():
        for name, before in earlier:
            if row in before.rows():
                found += row_changes(row, runs, before, name)
                break
    return found


def row_changes(row, runs, before, name):
    figures = (WORKLOADS[row.workload].figure, *WATCHED) if row.workload in WORKLOADS else ()
    found = []
    for figure in dict.fromkeys(figures):
        peer = next((peer for peer in PEERS if has(runs, before, row, figure, peer)), None)
        then, now = (values(side, row, figure, peer) for side in (before, runs))
        if min(len(then), len(now)) >= LEAST_ROUNDS and all((*then, *now)):
            found.append(Change(row, figure, peer, then, now, name))
    return found


def has(runs, before, row, figure, peer):
    return all(side.ratios(row, PGLYNX, figure, peer) for side in (runs, before))


def values(runs, row, figure, peer):
    if peer:
        return runs.ratios(row, PGLYNX, figure, peer)
    return [value for value in runs.values(row, PGLYNX, figure) if value is not None]


def text(runs, earlier):
    """What the report says."""
    if not earlier:
        return "No committed result of the same shape and machine to compare with."
    compared = changes(runs, earlier)
    regressed = [change for change in compared if change.regressed]
    lines = [f"- {change.says()}" for change in regressed] or ["None."]
    rows = len({change.row for change in compared})
    lines += ["", f"({len(compared)} figures of {rows} rows compared; see bench/README.md for how.)"]
    return "\n".join(lines)
