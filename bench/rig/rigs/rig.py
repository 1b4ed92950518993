"""What both rigs have in common: a server, the targets in front of it, loads."""

import abc
import contextlib

from rig import pgload
from rig.targets import TARGETS


class Rig(abc.ABC):
    """A context in which the server and all chosen targets run."""

    name = ""
    serves_tls = True
    # The core that a pooler has to itself, if any, and whether loads keep to another one.
    pooler_cpu = None
    pinned = False

    def __init__(self, directory, options):
        self.directory = directory
        self.options = options
        self.targets = []
        self._server = None
        self._closing = contextlib.ExitStack()

    @property
    def real(self):
        return self.name != "isolated"

    def __enter__(self):
        with contextlib.ExitStack() as closing:
            self._server = closing.enter_context(self._start_server())
            for name in self.options.targets:
                target = TARGETS[name](
                    self.directory, self._server.port, self.options, self.pooler_cpu
                )
                closing.callback(target.stop)
                target.start()
                self.targets.append(target)
            self._closing = closing.pop_all()
        return self

    def __exit__(self, *_):
        self._closing.close()

    @abc.abstractmethod
    def _start_server(self):
        """Starts the server behind all targets; it accepts connections."""

    @abc.abstractmethod
    def run(self, target, load):
        """Runs a load and returns its figures."""

    def run_pgload(self, target, load):
        """Runs a load that only pgload can, whatever the rig's own generator is."""
        what = self.describe(target, load)
        figures = pgload.run(self.pgload_command(target, load), what, load.seconds + 120)
        self.require_alive(target)
        return figures

    def pgload_command(self, target, load):
        watched = target.service.pid if target.service else None
        database = target.database(load, self.real)
        return pgload.command(load, target.port, database, watched, self.pinned)

    def require_alive(self, target):
        for service in filter(None, [self._server, target.service]):
            service.require_alive()

    def describe(self, target, load):
        return f"load on {target.name} ({self.name} rig), {load.mode}, {load.clients} clients"
