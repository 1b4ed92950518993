"""No pooler."""

from rig.targets.target import Target


class Direct(Target):
    """The load goes straight to the server: the ceiling of throughput, the floor of latency."""

    name = "direct"
    is_pooler = False

    def __init__(self, directory, server_port, options, cpu):
        super().__init__()
        self.port = server_port

    def start(self, ready=True):
        pass
