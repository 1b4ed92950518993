"""Much data: large results and COPY, one client."""

from rig.load import Load, large_copy, large_select
from rig.workloads.workload import Workload

# Rows and the bytes of each; the names are those of rows in tables.
SHAPES = {"100k-100B": (100_000, 100), "2000-8KB": (2000, 8192)}


class Bulk(Workload):
    """Figures are for a gigabyte on the wire; a transaction is one whole result."""

    clients = (1,)
    figure = "cpu_s_gb"
    others = ("mb_s", "p50_us", "p99_us", "rss_kb")


class Rows(Bulk):
    """Results of many rows, and of large ones."""

    name = "rows"
    about = "large results: 100k rows of 100 bytes, 2000 of 8 KB"
    modes = tuple(SHAPES)

    def load(self, row, options):
        sql = large_select(*SHAPES[row.mode])
        return Load(row.clients, sql=sql, seconds=options.seconds)


class Copy(Bulk):
    """COPY of 100k lines of 100 bytes, in either direction."""

    name = "copy"
    about = "COPY FROM STDIN and COPY TO STDOUT, 100k lines of 100 bytes"
    modes = ("in", "out")

    def load(self, row, options):
        shape = SHAPES["100k-100B"]
        if row.mode == "out":
            return Load(row.clients, sql=large_copy(*shape), seconds=options.seconds)
        return Load(
            row.clients, "copy-in", "COPY sink FROM STDIN", seconds=options.seconds, copied=shape
        )
