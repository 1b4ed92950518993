"""Medians, ratios and spreads of the runs, as tables on the terminal and in Markdown."""

from rig import budget, samples
from rig.figures import FIGURES
from rig.workloads import WORKLOADS

RIG_TITLES = {
    "isolated": "isolated (fake server and load on one core, the pooler on the other)",
    "postgres": "PostgreSQL and pgbench, nothing pinned",
}
READING = """\
Medians over the rounds, which go round the targets in turn. "× PgB" is the median of the ratios to
PgBouncer in the same round. "spread" is (largest - smallest) / median of the first figure, or of the
next that was taken where there is no pooler. CPU is user and system time of the pooler's process; RSS
is taken at the end of a run. Notes: "session pool": this PgBouncer cannot share prepared statements
between clients, so each has a server connection to itself; "passes names untracked": it does none of
the bookkeeping, which only the fake server lets pass."""
# Those of which a ratio to PgBouncer is shown beside the figure.
COMPARED = ("tps", "mb_s", "p99_us")


class Table:
    """One workload on one rig."""

    def __init__(self, runs, rig, workload):
        self._runs = runs
        self._workload = WORKLOADS[workload]
        self._rows = [row for row in runs.rows() if (row.rig, row.workload) == (rig, workload)]
        self.title = f"{workload}, {RIG_TITLES[rig]}"
        self.about = self._workload.about
        figure = self._workload.figure
        self.columns = ["mode", "clients", "target", FIGURES[figure].title, "× PgB", "spread"]
        for other in self._workload.others:
            self.columns.append(FIGURES[other].title)
            if other in COMPARED:
                self.columns.append("× PgB")
        self.columns.append("note")

    def lines(self):
        return [self._line(row, target) for row in self._rows for target in self._runs.targets(row)]

    def _line(self, row, target):
        figure = self._workload.figure
        cells = [row.mode, str(row.clients), target, *self._compared(row, target, figure)]
        cells.append(self._spread(row, target))
        for other in self._workload.others:
            cells += self._compared(row, target, other, other in COMPARED)
        return [*cells, self._runs.note(row, target)]

    def terminal(self):
        return terminal(self.columns, self.lines(), self._words())

    def markdown(self):
        return markdown_table(self.columns, self.lines(), self._words())

    def _words(self):
        return (0, 2, len(self.columns) - 1)

    def _compared(self, row, target, figure, with_ratio=True):
        text = FIGURES[figure].text(self._runs.median(row, target, figure))
        if not with_ratio:
            return [text]
        ratio = samples.median(self._runs.ratios(row, target, figure))
        return [text, "–" if ratio is None else f"{ratio:.2f}"]

    def _spread(self, row, target):
        for figure in (self._workload.figure, *self._workload.others):
            spread = samples.spread(self._runs.values(row, target, figure))
            if spread is not None:
                return f"{100 * spread:.0f} %"
        return "–"


def terminal(columns, lines, left):
    """A table for the terminal; left are the indices of columns of words."""
    widths = [max(map(len, column)) for column in zip(columns, *lines)]

    def aligned(cells):
        texts = [
            cell.ljust(width) if index in left else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(cells, widths))
        ]
        return "  ".join(texts).rstrip()

    return "\n".join(map(aligned, [columns, *lines]))


def markdown_table(columns, lines, left):
    rulers = ["---" if index in left else "--:" for index in range(len(columns))]
    return "\n".join("| " + " | ".join(line) + " |" for line in [columns, rulers, *lines])


def tables(runs):
    kinds = dict.fromkeys((row.workload, row.rig) for row in runs.rows())
    return [Table(runs, rig, workload) for workload, rig in kinds]


BUDGET_WORDS = (0, 1, 2, 6)


CHANGE_COLUMNS = ["row", "figure", "base", "pglynx", "ratio", "lowest", "highest"]
CHANGE_WORDS = (0, 1)


def change_lines(runs):
    """pglynx against pglynx of --base, round by round."""
    found = []
    for row in runs.rows():
        workload = WORKLOADS[row.workload]
        for figure in (workload.figure, *workload.others):
            ratios = runs.ratios(row, budget.PGLYNX, figure, "base")
            if ratios:
                shown = FIGURES[figure]
                medians = [runs.median(row, target, figure) for target in ("base", budget.PGLYNX)]
                values = (samples.median(ratios), min(ratios), max(ratios))
                texts = [*map(shown.text, medians), *(f"{value:.3f}" for value in values)]
                found.append([row.name, shown.title, *texts])
    return found


def budget_lines(runs):
    return [budget.line(verdict) for verdict in budget.verdicts(runs)]


def printed(runs):
    """Everything for the terminal."""
    parts = [f"{table.title}\n{table.terminal()}" for table in tables(runs)]
    lines = budget_lines(runs)
    if lines:
        parts.append("budget\n" + terminal(budget.COLUMNS, lines, BUDGET_WORDS))
    lines = change_lines(runs)
    if lines:
        parts.append("against base\n" + terminal(CHANGE_COLUMNS, lines, CHANGE_WORDS))
    return "\n\n".join(parts)


def markdown(name, runs, facts, regressed):
    """The whole report; regressed is the text about regressions."""
    parts = [f"# Comparison {name}", "\n".join(f"- {key}: {value}" for key, value in facts.items())]
    parts.append(f"![pglynx over PgBouncer]({name}.svg)")
    lines = budget_lines(runs)
    if lines:
        parts.append("## Budget\n\n" + markdown_table(budget.COLUMNS, lines, BUDGET_WORDS))
    lines = change_lines(runs)
    if lines:
        parts.append("## Against base\n\n" + markdown_table(CHANGE_COLUMNS, lines, CHANGE_WORDS))
    parts.append(f"## Regressions\n\n{regressed}")
    for table in tables(runs):
        parts.append(f"## {table.title}\n\n{table.about}\n\n{table.markdown()}")
    return "\n\n".join([*parts, READING]) + "\n"
