"""What all workloads have in common."""

import abc
import dataclasses


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of the tables: what is measured with each target in turn."""

    rig: str
    workload: str
    mode: str
    clients: int

    @property
    def name(self):
        return f"{self.rig}/{self.workload}/{self.mode}/{self.clients}"


class Workload(abc.ABC):
    """A way to use a pooler. Subclasses say what its rows are and how one is measured."""

    name = ""
    # One line for --list and the headings.
    about = ""
    # Names of rigs, modes and numbers of clients: a row for each combination.
    rigs = ("isolated",)
    modes = ("simple",)
    clients = (50,)
    # The figure whose ratio and spread the tables show first, and the others.
    figure = "cpu_us"
    others = ("tps", "p50_us", "p99_us", "p999_us", "rss_kb")
    # Where further rounds would tell nothing new.
    most_rounds = 100

    def rows(self, options):
        """All rows, in the order in which they are measured."""
        return [
            Row(rig, self.name, mode, clients)
            for rig in self.rigs
            for mode in self.modes_of(rig, options)
            for clients in self.clients_of(options)
        ]

    def modes_of(self, rig, options):
        return self.modes

    def clients_of(self, options):
        return self.clients

    def targets(self, rig, row):
        """The rig's targets that this row can be measured with."""
        return rig.targets

    def seconds(self, options):
        """About how long one measurement of one target takes."""
        return options.seconds + 0.8

    def rounds(self, options):
        return min(options.rounds, self.most_rounds)

    def obstacle(self, row):
        """Why this machine cannot measure the row, or None."""
        return None

    def warm(self, rig, target, row, seconds):
        """Lets the target run so long before anything counts: a JVM compiles meanwhile."""
        load = self.load(row, rig.options)
        rig.run(target, dataclasses.replace(load, warm=0, seconds=seconds))

    def measure(self, rig, target, row):
        """One round of one target: its figures by name."""
        return rig.run(target, self.load(row, rig.options))

    @abc.abstractmethod
    def load(self, row, options):
        """What the clients do."""

    def derive(self, round_):
        """Adds the figures that follow from several targets' figures of one round."""

    def note(self, rig, target, row):
        return target.note(self.load(row, rig.options), rig.real)
