"""What a comparison was asked to do."""

import dataclasses


@dataclasses.dataclass
class Options:
    """The command line, with its defaults filled in, and the rows that it comes to."""

    quick: bool
    rigs: list
    targets: list
    only: list | None
    globs: list
    modes: list
    clients: list
    rounds: int
    seconds: int
    warm: int
    pool_size: int
    transport: str
    workers: int
    rate: int
    # Another checkout, or None.
    base: str | None
    # A root directory with newer poolers, or None.
    peers: str | None
    save: str | None
    resume: bool
    minutes: float | None
    rows: list = dataclasses.field(default_factory=list)

    def most_clients(self):
        return max(row.clients for row in self.rows)

    def most_servers(self):
        """Of clients that have a server connection each, on the real rig."""
        return max((row.clients for row in self.rows if row.rig == "postgres"), default=1)

    def shape(self):
        """What figures depend on besides their row: only results of the same shape are compared."""
        return (
            f"pool {self.pool_size}, transport {self.transport}, {self.workers} event loop(s), "
            f"paced at {self.rate}/s"
        )
