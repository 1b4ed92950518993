"""The isolated rig: a fake server and the load share one core, the pooler has the other to itself.

It shows what the pooler itself costs; a real server behind it would take most of both cores.
"""

import os

from rig import pgload, programs
from rig.processes import BenchError, Service, free_port
from rig.rigs.rig import Rig

POOLER_CPU = 0


class IsolatedRig(Rig):
    """Measures with bench/tools/fakepg.c and bench/tools/pgload.c."""

    name = "isolated"
    # The fake server trusts everybody and has no TLS.
    serves_tls = False
    pooler_cpu = POOLER_CPU
    pinned = True

    def _start_server(self):
        if os.cpu_count() < 2:
            raise BenchError("the isolated rig needs two cores; use --rig real")
        port = free_port()
        log = os.path.join(self.directory, "fakepg.log")
        words = [programs.tool("fakepg"), str(port)]
        return Service("fakepg", words, log, port, cpu=pgload.LOAD_CPU).await_port(5)

    def run(self, target, load):
        return self.run_pgload(target, load)
