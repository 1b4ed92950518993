"""One client that takes much, and what the others feel."""

from rig import pgload
from rig.load import Load, large_select
from rig.workloads.workload import Workload

# Well below what any target manages, so that latencies are not those of queues.
RATE = 2000
GIGABYTE = (10_000_000, 100)


class Fairness(Workload):
    """p99 of 20 clients' selects in an open loop, alone and beside one 1 GB result after another."""

    name = "fairness"
    about = f"20 clients, {RATE} selects a second: p99 alone, and beside a client reading 1 GB results"
    rigs = ("isolated", "postgres")
    clients = (20,)
    figure = "fair_ratio"
    others = ("alone_p99_us", "p99_us", "p50_us", "p999_us", "mb_s")

    def seconds(self, options):
        return 2 * options.seconds + 4

    def load(self, row, options):
        return Load(row.clients, row.mode, seconds=options.seconds, rate=RATE)

    def warm(self, rig, target, row, seconds):
        rig.run_pgload(target, Load(row.clients, row.mode, warm=0, seconds=seconds / 2))
        rig.run_pgload(target, Load(1, sql=large_select(*GIGABYTE), warm=0, seconds=seconds / 2))

    def measure(self, rig, target, row):
        load = self.load(row, rig.options)
        alone = rig.run_pgload(target, load)
        with pgload.Running(rig.pgload_command(target, greedy(load)), "the greedy client") as other:
            beside = rig.run_pgload(target, load)
            taken = other.result()
        return {
            "fair_ratio": beside["p99_us"] / alone["p99_us"],
            "alone_p99_us": alone["p99_us"],
            "p50_us": beside["p50_us"],
            "p99_us": beside["p99_us"],
            "p999_us": beside["p999_us"],
            "mb_s": taken["mb_s"],
        }


def greedy(load):
    """The client that reads large results for as long as the load lasts, and a little longer.

    It yields to the other load: what is asked is how the pooler shares, not how the kernel does.
    """
    seconds = load.warm + load.seconds + 0.5
    return Load(1, sql=large_select(*GIGABYTE), warm=0.5, seconds=seconds, yielding=True)
