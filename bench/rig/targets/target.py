"""What all targets have in common."""

import abc

DATABASE = "bench"


class Target(abc.ABC):
    """Where a load connects to. A pooler has a process, and is started in front of a server."""

    name = ""
    # Whether there is a process between clients and server.
    is_pooler = True
    # Seconds of load before anything counts.
    warm_seconds = 1

    def __init__(self):
        self.service = None
        self.port = None
        # What has been warmed since the start.
        self.warmed = set()

    @abc.abstractmethod
    def start(self, ready=True):
        """Starts the process, and waits until it listens, or returns at once if not ready."""

    def stop(self):
        if self.service:
            self.service.stop()
            self.service = None

    def restart(self, ready=True):
        """A new process: nothing is warm any more."""
        self.stop()
        self.warmed.clear()
        self.start(ready)

    def database(self, load, real):
        return DATABASE

    def note(self, load, real):
        """What a reader of this load's figures has to know; empty for nothing."""
        return ""
