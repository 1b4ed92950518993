"""What pglynx must reach, as data, and whether it does."""

import dataclasses
import fnmatch

from rig import samples
from rig.figures import FIGURES

PGLYNX = "pglynx"
PGBOUNCER = "pgbouncer"


@dataclasses.dataclass(frozen=True)
class Budget:
    """A limit on a figure, or on its ratio to a peer's figure of the same round."""

    # Names of rows, rig/workload/mode/clients.
    rows: str
    figure: str
    limit: float
    # Of the ratio to PgBouncer's; or of the figure itself.
    peer: bool = True
    at_least: bool = False
    # What would be better still.
    stretch: float | None = None

    def keeps(self, value, limit):
        return value >= limit if self.at_least else value <= limit

    def says(self, peer):
        """The limit in words."""
        sign = "≥" if self.at_least else "≤"
        return f"{sign} {self.limit:g}" + (f" × {peer}" if peer else "")


def at_least(rows, figure, limit, stretch=None):
    return Budget(rows, figure, limit, at_least=True, stretch=stretch)


# The cost of the pooler itself shows on the isolated rig; a real server hides it.
BUDGETS = (
    Budget("isolated/forwarding/simple/50", "cpu_us", 0.8, stretch=0.65),
    Budget("isolated/forwarding/extended/50", "cpu_us", 0.8, stretch=0.65),
    Budget("isolated/forwarding/prepared/50", "cpu_us", 0.6),
    Budget("*/forwarding/*/50", "p99_us", 1.0),
    at_least("*/forwarding/*/1", "tps", 1.0),
    at_least("*/forwarding/*/10", "tps", 1.0),
    at_least("*/forwarding/*/50", "tps", 1.0),
    at_least("*/forwarding/*/200", "tps", 1.0),
    at_least("isolated/forwarding/*/1000", "tps", 1.4, stretch=2.0),
    at_least("postgres/forwarding/*/1000", "tps", 1.0, stretch=1.4),
    Budget("isolated/forwarding/*/1", "cpu_us", 0.7),
    Budget("isolated/forwarding/*/10", "cpu_us", 0.7),
    Budget("isolated/forwarding/*/200", "cpu_us", 0.7),
    Budget("isolated/forwarding/*/1000", "cpu_us", 0.7),
    Budget("*/forwarding/*/1000", "tail", 4, peer=False),
    Budget("*/rows/*", "cpu_s_gb", 1.0),
    Budget("*/copy/*", "cpu_s_gb", 1.0),
    at_least("*/churn/*", "tps", 1.0),
    Budget("*/latency/*", "added_us", 1.1),
    Budget("*/fairness/*", "fair_ratio", 2, peer=False),
    Budget("postgres/start/*", "start_ms", 1000, peer=False),
    Budget("*/start/*", "first_ratio", 3, peer=False),
    Budget("*/memory/plain/*", "kb_client", 4, peer=False),
    Budget("*/memory/tls/*", "kb_client", 16, peer=False),
)


@dataclasses.dataclass(frozen=True)
class Verdict:
    """One budget held against one row."""

    row: object
    budget: Budget
    # Whose figures the ratios are to, or None.
    peer: str | None
    # Of each round: the figure, or its ratio.
    values: list

    @property
    def value(self):
        return samples.median(self.values)

    @property
    def met(self):
        return self.budget.keeps(self.value, self.budget.limit)

    @property
    def stretched(self):
        stretch = self.budget.stretch
        return stretch is not None and self.budget.keeps(self.value, stretch)

    @property
    def rounds_within(self):
        return sum(self.budget.keeps(value, self.budget.limit) for value in self.values)

    def says(self):
        """Met or missed by the median; how many rounds agree, if not all do."""
        word = ("met, stretch too" if self.stretched else "met") if self.met else "missed"
        if self.rounds_within in (0, len(self.values)):
            return word
        return f"{word} ({self.rounds_within} of {len(self.values)} rounds within)"


def verdicts(runs):
    """All budgets of all measured rows, in the order of the rows."""
    return [verdict for row in runs.rows() for verdict in row_verdicts(runs, row)]


def row_verdicts(runs, row):
    """The budgets of one row, where its figures and those of the peer were taken."""
    held = [budget for budget in BUDGETS if fnmatch.fnmatchcase(row.name, budget.rows)]
    found = []
    for budget in held:
        peer = peer_of(runs, row) if budget.peer else None
        found.append(Verdict(row, budget, peer, values_of(runs, row, budget.figure, peer)))
    return [verdict for verdict in found if verdict.values]


def peer_of(runs, row):
    """PgBouncer as it is installed; for prepared statements a newer one, which shares them as we do."""
    is_newer = row.mode == "prepared" and "pgbouncer-new" in runs.targets(row)
    return "pgbouncer-new" if is_newer else PGBOUNCER


def values_of(runs, row, figure, peer):
    if peer:
        return runs.ratios(row, PGLYNX, figure, peer)
    values = runs.values(row, PGLYNX, figure)
    return [value for value in values if value is not None]


COLUMNS = ["row", "figure", "budget", "measured", "lowest", "highest", "verdict"]


def line(verdict):
    """The cells of a table's line."""
    values = verdict.value, min(verdict.values), max(verdict.values)
    figure = FIGURES[verdict.budget.figure].title
    texts = [f"{value:.2f}" for value in values]
    return [verdict.row.name, figure, verdict.budget.says(verdict.peer), *texts, verdict.says()]
