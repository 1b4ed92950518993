"""Medians, ratios and spreads of the runs, as a table on the terminal, as Markdown and as CSV."""

import csv
import os
import statistics

FIGURES = ("cpu_us", "tps", "p50_us", "p99_us", "rss_kb")
CSV_HEADER = ("rig", "mode", "clients", "target", "round", *FIGURES)
COLUMNS = (
    "mode", "clients", "target", "CPU µs/tx", "× PgB", "spread", "tps", "× PgB", "p50 µs", "p99 µs",
    "RSS MB", "note",
)


class Runs:
    """All runs of one comparison."""

    def __init__(self):
        self._figures = {}
        self._notes = {}

    def add(self, rig, mode, clients, target, figures, note):
        self._figures.setdefault((rig, mode, clients, target), []).append(figures)
        self._notes[rig, mode, clients, target] = note

    def rigs(self):
        return list(dict.fromkeys(key[0] for key in self._figures))

    def median(self, rig, mode, clients, target, figure):
        """The median over the rounds, or None if the figure was not taken."""
        values = self._values((rig, mode, clients, target), figure)
        return statistics.median(values) if values else None

    def spread(self, key, figure):
        """(largest - smallest) / median."""
        values = self._values(key, figure)
        if not values or not statistics.median(values):
            return None
        return (max(values) - min(values)) / statistics.median(values)

    def _values(self, key, figure):
        runs = self._figures.get(key, [])
        return [run[figure] for run in runs if run[figure] is not None]

    def rows(self, rig):
        """The table's lines for one rig, as text."""
        return [self._row(key) for key in self._figures if key[0] == rig]

    def _row(self, key):
        rig, mode, clients, target = key
        median = {figure: self.median(*key, figure) for figure in FIGURES}
        rss = median["rss_kb"] / 1024 if median["rss_kb"] else None
        return (
            mode,
            str(clients),
            target,
            number(median["cpu_us"], 1),
            number(self._ratio(key, "cpu_us"), 2),
            percent(self.spread(key, "cpu_us" if median["cpu_us"] else "tps")),
            number(median["tps"], 0),
            number(self._ratio(key, "tps"), 2),
            number(median["p50_us"], 0),
            number(median["p99_us"], 0),
            number(rss, 0),
            self._notes[key],
        )

    def _ratio(self, key, figure):
        """This target's median over PgBouncer's."""
        rig, mode, clients, _ = key
        mine = self.median(*key, figure)
        peer = self.median(rig, mode, clients, "pgbouncer", figure)
        return mine / peer if mine is not None and peer else None

    def write_csv(self, path):
        with open(path, "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(CSV_HEADER)
            for key, runs in self._figures.items():
                for number_, figures in enumerate(runs, 1):
                    values = [plain(figures[figure]) for figure in FIGURES]
                    writer.writerow((*key, number_, *values))


def number(value, decimals):
    return "–" if value is None else f"{value:.{decimals}f}"


def percent(value):
    return "–" if value is None else f"{100 * value:.0f} %"


def plain(value):
    return "" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def terminal_table(rows):
    widths = [max(len(line[i]) for line in [COLUMNS, *rows]) for i in range(len(COLUMNS))]

    def line(cells):
        first = [cells[0].ljust(widths[0]), cells[1].rjust(widths[1]), cells[2].ljust(widths[2])]
        rest = [cell.rjust(width) for cell, width in zip(cells[3:-1], widths[3:-1])]
        return "  ".join([*first, *rest, cells[-1]]).rstrip()

    return "\n".join([line(COLUMNS), *(line(row) for row in rows)])


def markdown_table(rows):
    lines = ["| " + " | ".join(COLUMNS) + " |"]
    lines.append("|---|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|---|")
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def write(directory, name, runs, facts):
    """Writes NAME.csv with every run and NAME.md with the medians; returns the latter's path."""
    os.makedirs(directory, exist_ok=True)
    runs.write_csv(os.path.join(directory, name + ".csv"))
    path = os.path.join(directory, name + ".md")
    with open(path, "w") as file:
        file.write(f"# Comparison {name}\n\n")
        file.writelines(f"- {key}: {value}\n" for key, value in facts.items())
        for rig in runs.rigs():
            file.write(f"\n## {RIG_TITLES[rig]}\n\n{markdown_table(runs.rows(rig))}\n")
        file.write("\n" + READING + "\n")
    return path


RIG_TITLES = {
    "isolated": "Isolated: fake server and load on one core, the pooler on the other",
    "postgres": "PostgreSQL with pgbench -S, nothing pinned",
}
READING = (
    "Medians over the rounds, which go round the targets in turn. \"× PgB\" is the ratio to PgBouncer's\n"
    "median. \"spread\" is (largest - smallest) / median of the CPU column, or of tps where there is no\n"
    "pooler. CPU is user and system time of the pooler's process for each transaction; RSS is taken at\n"
    "the end of a run. Notes: \"session pool\": this PgBouncer cannot share prepared statements between\n"
    "clients, so each has a server connection to itself; \"passes names untracked\": it does none of the\n"
    "bookkeeping, which only the fake server lets pass."
)
