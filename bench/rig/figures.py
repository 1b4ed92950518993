"""The figures that runs yield: how each is named, written and read."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Figure:
    """One column of the tables."""

    title: str
    decimals: int = 0
    # Written value = measured value / scale.
    scale: float = 1
    # Of two values, the smaller is the better one.
    less_is_better: bool = True

    def text(self, value):
        return "–" if value is None else f"{value / self.scale:.{self.decimals}f}"


FIGURES = {
    "cpu_us": Figure("CPU µs/tx", 1),
    "cpu_s_gb": Figure("CPU s/GB", 2),
    "tps": Figure("tps", less_is_better=False),
    "mb_s": Figure("MB/s", less_is_better=False),
    "p50_us": Figure("p50 µs"),
    "p99_us": Figure("p99 µs"),
    "p999_us": Figure("p99.9 µs"),
    "rss_kb": Figure("RSS MB", scale=1024),
}
