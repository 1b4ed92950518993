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
    # p99 / p50
    "tail": Figure("p99/p50", 1),
    "added_us": Figure("added p50 µs", 1),
    "start_ms": Figure("start ms"),
    "first_us": Figure("first 1000 µs", 1),
    "steady_us": Figure("steady µs", 1),
    "first_ratio": Figure("first/steady", 1),
    "alone_p99_us": Figure("p99 µs alone"),
    "fair_ratio": Figure("p99 beside/alone", 2),
    "kb_client": Figure("KB/client", 1),
    "idle_kb": Figure("RSS MB before", scale=1024),
    "rss_kb": Figure("RSS MB", scale=1024),
}
