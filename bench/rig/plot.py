"""One chart of a comparison as SVG: every row's ratio to PgBouncer, with its rounds and its budget.

Written by hand because the chart is plain and no library is then needed: docs/adr/0155.
"""

import html
import math

from rig import budget, samples
from rig.figures import FIGURES
from rig.workloads import WORKLOADS

LABELS = 330
CHART = 520
RIGHT = 190
WIDTH = LABELS + CHART + RIGHT
LINE = 19
TOP = 58
LOWEST, HIGHEST = 0.1, 10
STYLE = """\
text { font: 12px sans-serif; fill: #222 }
.title { font-size: 15px; font-weight: bold }
.faint { fill: #777 }
.grid { stroke: #ddd }
.even { stroke: #888 }
.rounds { stroke: #1f6fb2; stroke-width: 3; opacity: .45 }
.better { fill: #1f6fb2 }
.worse { fill: #c2410c }
.budget { stroke: #111; stroke-width: 2 }
"""


def chart(title, runs):
    """The SVG of all rows that have a ratio to PgBouncer."""
    dots = [dot for row in runs.rows() for dot in dots_of(runs, row)]
    height = TOP + LINE * len(dots) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}">',
        f"<style>{STYLE}</style>",
        '<rect width="100%" height="100%" fill="white"/>',
        text(10, 20, title, "title"),
        text(10, 38, "pglynx over PgBouncer: median and range of the rounds; "
             "a black mark is the budget; blue is better than PgBouncer", "faint"),
        *grid(height),
    ]
    for index, dot in enumerate(dots):
        parts += dot.drawn(TOP + LINE * index + LINE)
    return "\n".join([*parts, "</svg>"]) + "\n"


def dots_of(runs, row):
    """The row's first figure, and how much gets through."""
    workload = WORKLOADS[row.workload]
    verdicts = {verdict.budget.figure: verdict for verdict in budget.row_verdicts(runs, row)}
    figures = [workload.figure, *(figure for figure in ("tps", "mb_s") if figure in workload.others)]
    found = []
    for figure in figures:
        ratios = runs.ratios(row, budget.PGLYNX, figure)
        if ratios and min(ratios) > 0:
            verdict = verdicts.get(figure)
            limit = verdict.budget.limit if verdict and verdict.budget.peer else None
            found.append(Dot(row, figure, ratios, limit))
    return found


class Dot:
    """One line of the chart."""

    def __init__(self, row, figure, ratios, limit):
        self._label = f"{row.name}  {FIGURES[figure].title}"
        self._ratios = ratios
        self._limit = limit
        self._less_is_better = FIGURES[figure].less_is_better

    def drawn(self, y):
        middle = samples.median(self._ratios)
        better = middle <= 1 if self._less_is_better else middle >= 1
        parts = [text(LABELS - 8, y + 4, self._label, anchor="end")]
        parts.append(line(x(min(self._ratios)), y, x(max(self._ratios)), y, "rounds"))
        if self._limit:
            parts.append(line(x(self._limit), y - 6, x(self._limit), y + 6, "budget"))
        kind = "better" if better else "worse"
        parts.append(f'<circle cx="{x(middle):.1f}" cy="{y}" r="4.5" class="{kind}"/>')
        wanted = "less is better" if self._less_is_better else "more is better"
        parts.append(text(LABELS + CHART + 10, y + 4, f"{middle:.2f}  ({wanted})", "faint"))
        return parts


def grid(height):
    for value in (0.1, 0.2, 0.5, 1, 2, 5, 10):
        yield line(x(value), TOP, x(value), height - 12, "even" if value == 1 else "grid")
        yield text(x(value), TOP - 6, f"{value:g} ×", "faint", "middle")


def x(ratio):
    """Where a ratio is, on a logarithmic axis: half and double are equally far from 1."""
    share = math.log(ratio / LOWEST) / math.log(HIGHEST / LOWEST)
    return LABELS + CHART * min(1, max(0, share))


def line(x1, y1, x2, y2, kind):
    return f'<line x1="{x1:.1f}" y1="{y1}" x2="{x2:.1f}" y2="{y2}" class="{kind}"/>'


def text(at, y, content, kind="", anchor="start"):
    return (
        f'<text x="{at:.1f}" y="{y}" class="{kind}" text-anchor="{anchor}">'
        f"{html.escape(content)}</text>"
    )
