"""The isolated rig: a fake server and the load share one core, the pooler has the other to itself.

It shows what the pooler itself costs; a real server behind it would take most of both cores.
"""

import contextlib
import json
import os
import subprocess

from rig import programs, targets
from rig.processes import BenchError, Service, free_port

POOLER_CPU = 0
LOAD_CPU = 1


class IsolatedRig:
    """Measures with bench/tools/fakepg.c and bench/tools/pgload.c."""

    name = "isolated"

    def __init__(self, directory, options):
        if os.cpu_count() < 2:
            raise BenchError("the isolated rig needs two cores; use --rig real")
        self._load = programs.tool("pgload", "-lssl", "-lcrypto")
        self._directory = directory
        self._options = options
        self._closing = contextlib.ExitStack()
        self._server = None
        self.targets = []

    def __enter__(self):
        with contextlib.ExitStack() as closing:
            port = free_port()
            server = closing.enter_context(
                Service(
                    "fakepg",
                    [programs.tool("fakepg"), str(port)],
                    os.path.join(self._directory, "fakepg.log"),
                    port,
                    cpu=LOAD_CPU,
                )
            )
            self._server = server
            server.await_port(5)
            self.targets = targets.start(self._directory, port, self._options, POOLER_CPU)
            closing.callback(targets.stop, self.targets)
            self._closing = closing.pop_all()
        return self

    def __exit__(self, *_):
        self._closing.close()

    def warm(self, target, mode, clients, seconds):
        self._measure(target, mode, clients, warm=0, seconds=seconds)

    def measure(self, target, mode, clients):
        """One run: a dictionary of figures."""
        return self._measure(target, mode, clients, warm=1, seconds=self._options.seconds)

    def _measure(self, target, mode, clients, warm, seconds):
        command = ["taskset", "-c", str(LOAD_CPU), self._load]
        command += ["-p", str(target.port), "-m", mode, "-c", str(clients)]
        command += ["-u", targets.USER, "-d", target.database(mode, real=False)]
        command += ["-w", str(warm), "-t", str(seconds)]
        if target.service:
            command += ["-P", f"pooler:{target.service.pid}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 120)
        for service in filter(None, [self._server, target.service]):
            service.require_alive()
        if done.returncode != 0:
            raise BenchError(
                f"load on {target.name}, {mode}, {clients} clients failed:\n"
                f"{done.stdout[-800:]}{done.stderr[-800:]}"
            )
        return self._figures(json.loads(done.stdout))

    @staticmethod
    def _figures(printed):
        return {
            "cpu_us": printed.get("pooler_us"),
            "tps": printed["tps"],
            "p50_us": printed["p50"],
            "p99_us": printed["p99"],
            "rss_kb": printed.get("pooler_rss_kb"),
        }
