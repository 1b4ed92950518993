"""What no pooler of transactions can be cheaper than: a relay that only receives and sends."""

import os

from rig import programs
from rig.load import USER
from rig.processes import Service, free_port
from rig.targets.target import DATABASE, Target

# What it can carry: a client asks, waits for the whole answer, and asks again. It does not clean up
# behind clients that leave within a transaction block, as those of others do at the end of a load.
WORKLOADS = ("forwarding",)


class Floor(Target):
    """bench/tools/relay.c with one of its engines."""

    engine = ""

    def __init__(self, directory, server_port, options, cpu):
        super().__init__()
        self.port = free_port()
        self._log = os.path.join(directory, self.name + ".log")
        self._cpu = cpu
        self._arguments = self.arguments(self.port, server_port, options.pool_size)

    @classmethod
    def arguments(cls, port, server_port, pool_size):
        words = ["--engine", cls.engine, "-n", pool_size, "-u", USER, "-d", DATABASE]
        return [str(word) for word in (*words, port, server_port)]

    def start(self, ready=True):
        command = [programs.tool("relay"), *self._arguments]
        self.service = Service(self.name, command, self._log, self.port, cpu=self._cpu)
        if ready:
            self.service.await_port(10)

    def note(self, load, real):
        return "passes names untracked" if load.mode == "prepared" else ""


class FloorEpoll(Floor):
    """A receive and a send a message, told by epoll when."""

    name = "floor-epoll"
    engine = "epoll"


class FloorUring(Floor):
    """Many of them in one system call."""

    name = "floor-uring"
    engine = "uring"


def unfit(rows):
    """The first row that the relay cannot carry, or None."""
    return next((row for row in rows if row.rig != "isolated" or row.workload not in WORKLOADS), None)
