"""Queries that are passed on: the three protocols, TLS, transactions, pipelines."""

from rig.load import Load
from rig.workloads.workload import Workload

BOTH = ("isolated", "postgres")


class Forwarding(Workload):
    """The plain case, at all numbers of clients."""

    name = "forwarding"
    about = "select-only, three protocols, few to many clients"
    rigs = BOTH

    def modes_of(self, rig, options):
        return options.modes

    def clients_of(self, options):
        return options.clients

    def load(self, row, options):
        return Load(row.clients, row.mode, seconds=options.seconds)


class Tls(Workload):
    """TLS between clients and pooler; a fake server has none, so nothing is direct there."""

    name = "tls"
    about = "select-only over TLS"
    rigs = BOTH

    def targets(self, rig, row):
        return [target for target in rig.targets if target.is_pooler or rig.serves_tls]

    def load(self, row, options):
        return Load(row.clients, row.mode, seconds=options.seconds, tls=True)


class Transaction(Workload):
    """A server connection is kept over several round trips."""

    name = "transaction"
    about = "BEGIN, SELECT, COMMIT, each after the answer to the one before"
    rigs = BOTH

    def load(self, row, options):
        return Load(row.clients, "transaction", seconds=options.seconds)


class Pipeline(Workload):
    """Many messages in one read."""

    name = "pipeline"
    about = "ten statements in one write, then ten answers; figures of one statement"
    modes = ("simple", "extended", "prepared")
    clients = (10,)

    def load(self, row, options):
        return Load(row.clients, row.mode, seconds=options.seconds, depth=10)
