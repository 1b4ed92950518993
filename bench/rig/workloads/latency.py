"""What a single query feels: alone, at a steady pace among others, behind a new process."""

import time

from rig.load import Load
from rig.workloads.workload import Workload

BOTH = ("isolated", "postgres")
FIRST = 1000


class Latency(Workload):
    """One client, nothing else: what the pooler's way adds to the direct one."""

    name = "latency"
    about = "one client; added: p50 less the direct p50 of the same round"
    rigs = BOTH
    modes = ("simple", "extended", "prepared")
    clients = (1,)
    figure = "added_us"
    others = ("p50_us", "p99_us", "p999_us", "cpu_us")

    def load(self, row, options):
        return Load(row.clients, row.mode, seconds=options.seconds)

    def measure(self, rig, target, row):
        # pgbench tells whole microseconds and every fifth of them.
        return rig.run_pgload(target, self.load(row, rig.options))

    def derive(self, round_):
        direct = round_.get("direct")
        if direct:
            for name, figures in round_.items():
                if name != "direct":
                    figures["added_us"] = figures["p50_us"] - direct["p50_us"]


class Paced(Workload):
    """An open loop: transactions are due at fixed times, and a latency counts from then.

    In a closed loop a pause of the pooler delays one transaction of each client, and those that the
    clients would have begun meanwhile are never counted (coordinated omission): the quantiles
    beyond p99 tell too little there.
    """

    name = "paced"
    about = "50 clients, --rate transactions a second whatever happens; latencies from when due"
    rigs = BOTH
    modes = ("simple", "prepared")
    figure = "p99_us"
    others = ("p50_us", "p999_us", "tps", "cpu_us")

    def load(self, row, options):
        return Load(row.clients, row.mode, seconds=options.seconds, rate=options.rate)

    def measure(self, rig, target, row):
        return rig.run_pgload(target, self.load(row, rig.options))

    def warm(self, rig, target, row, seconds):
        rig.run_pgload(target, Load(row.clients, row.mode, seconds=seconds, warm=0))


class Start(Workload):
    """A new process each round: until its first answer, and its first queries."""

    name = "start"
    about = f"a new process: time to its first answer; mean of its first {FIRST} queries, of later ones"
    rigs = BOTH
    clients = (1,)
    figure = "start_ms"
    others = ("first_us", "steady_us", "first_ratio", "p50_us", "p99_us", "rss_kb")

    def targets(self, rig, row):
        return [target for target in rig.targets if target.is_pooler]

    def seconds(self, options):
        return options.seconds + options.warm / 2 + 2

    def warm(self, rig, target, row, seconds):
        """Nothing: being cold is what is measured."""

    def load(self, row, options):
        return Load(row.clients, row.mode, count=FIRST, patience=60)

    def measure(self, rig, target, row):
        target.stop()
        began = time.monotonic()
        target.restart(ready=False)
        first = rig.run_pgload(target, self.load(row, rig.options))
        later = Load(row.clients, seconds=rig.options.seconds, warm=target.warm_seconds)
        steady = rig.run_pgload(target, later)
        return {
            "start_ms": (first["first_answer"] - began) * 1000,
            "first_us": first["mean_us"],
            "steady_us": steady["mean_us"],
            "first_ratio": first["mean_us"] / steady["mean_us"],
            "p50_us": first["p50_us"],
            "p99_us": first["p99_us"],
            "rss_kb": first["rss_kb"],
        }
