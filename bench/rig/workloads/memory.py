"""What idle clients hold."""

import resource
import time

from rig import pgload
from rig.load import Load
from rig.workloads.workload import Workload

# For pools, logs, libraries.
OTHER_FILES = 500
# What is given back late must not be taken for the clients': memory counts once it changes no more.
STEADY_KB = 256
SETTLE_SECONDS = 15


class Memory(Workload):
    """Resident memory of a new process before and with so many idle clients.

    Before, it has served logins and queries for a while: what it then needs more is the clients'.
    Each client has run one query before it idles.
    """

    name = "memory"
    about = "resident memory with idle clients less that before, for each client"
    modes = ("plain", "tls")
    clients = (1000, 10_000)
    figure = "kb_client"
    others = ("idle_kb", "rss_kb")
    most_rounds = 3

    def targets(self, rig, row):
        return [target for target in rig.targets if target.is_pooler]

    def seconds(self, options):
        return options.warm + 16

    def obstacle(self, row):
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        if row.clients + OTHER_FILES <= limit:
            return None
        return f"{row.clients} clients need as many open files; the limit is {limit} (ulimit -Hn)"

    def warm(self, rig, target, row, seconds):
        """Nothing: each round has a process of its own."""

    def load(self, row, options):
        return Load(row.clients, tls=row.mode == "tls", hold=True)

    def measure(self, rig, target, row):
        target.restart()
        tls = row.mode == "tls"
        rig.run(target, Load(10, churn=True, tls=tls, warm=0, seconds=target.warm_seconds))
        rig.run(target, Load(50, tls=tls, warm=0, seconds=1))
        before = settled_rss_kb(target.service)
        load = self.load(row, rig.options)
        with pgload.Running(rig.pgload_command(target, load), rig.describe(target, load)) as clients:
            clients.first_line()
            held = settled_rss_kb(target.service)
        rig.require_alive(target)
        return {
            # No growth means that something else shrank: no figure rather than a flattering one.
            "kb_client": (held - before) / row.clients if held > before else None,
            "idle_kb": before,
            "rss_kb": held,
        }


def settled_rss_kb(service, wait=time.sleep):
    """Resident memory once it has stayed the same for three seconds, or as it is after a while."""
    last = [service.rss_kb()]
    for _ in range(SETTLE_SECONDS):
        wait(1)
        last = [*last[-3:], service.rss_kb()]
        if len(last) == 4 and max(last) - min(last) <= STEADY_KB:
            break
    return last[-1]
