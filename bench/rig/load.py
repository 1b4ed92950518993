"""What clients do in one run, whether pgload or pgbench drives them."""

import dataclasses

# What select-only benchmarks have always asked; a fake server answers anything with one row.
SELECT = "SELECT abalance FROM pgbench_accounts WHERE aid = 1"
USER = "bench"


@dataclasses.dataclass(frozen=True)
class Load:
    """The clients of one run."""

    clients: int
    # simple, extended, prepared: the protocol; transaction: BEGIN, a SELECT, COMMIT, each awaited;
    # copy-in: COPY FROM STDIN of copied = (rows, bytes of each).
    mode: str = "simple"
    sql: str = SELECT
    seconds: float = 2
    # Not counted before.
    warm: float = 0.5
    # So many statements in one write.
    depth: int = 1
    # Transactions a second of all clients together, each counted from when it was due; None: each
    # client begins the next as soon as the last has ended.
    rate: float | None = None
    # Ends after so many transactions, the first one included.
    count: int | None = None
    # Waits so many seconds for the port to be listened on.
    patience: float = 0
    # Logs in, runs one transaction a client, and stays idle.
    hold: bool = False
    # Gives the processor to everybody else who wants it.
    yielding: bool = False
    # A login for each transaction.
    churn: bool = False
    tls: bool = False
    user: str = USER
    # None: the user is trusted.
    password: str | None = None
    copied: tuple[int, int] = (100_000, 100)


def large_select(rows, row_bytes):
    """A result of so many thousands of rows, on a real server and on the fake one.

    A real server would compute all of one series before it sends the first row; of a product of two
    it sends each row at once.
    """
    return (
        f"SELECT repeat('x', {row_bytes}) FROM generate_series(1, {rows // 1000}) AS a, "
        "generate_series(1, 1000) AS b"
    )


def large_copy(rows, row_bytes):
    return f"COPY ({large_select(rows, row_bytes)}) TO STDOUT"
