"""Connection churn."""

from rig import credentials
from rig.load import Load
from rig.workloads.workload import Workload


class Churn(Workload):
    """A login for each query. The fake server trusts everybody, so only trust is measured directly.

    The SCRAM user's password is a verifier, as it is in pg_authid, so that no pooler derives keys.
    """

    name = "churn"
    about = "a new connection for each query: trust, SCRAM-SHA-256, TLS; µs of login and query"
    rigs = ("isolated", "postgres")
    clients = (10,)

    def modes_of(self, rig, options):
        # pgbench would derive SCRAM's keys itself for each login, and measure that.
        return ("trust", "scram", "tls") if rig == "isolated" else ("trust",)

    def targets(self, rig, row):
        if row.mode == "trust":
            return rig.targets
        return [target for target in rig.targets if target.is_pooler]

    def load(self, row, options):
        load = {"seconds": options.seconds, "churn": True, "tls": row.mode == "tls"}
        if row.mode == "scram":
            load["user"] = credentials.SCRAM_USER
            load["password"] = credentials.SCRAM_PASSWORD
        return Load(row.clients, **load)
