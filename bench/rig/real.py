"""The real rig: PostgreSQL with pgbench -S, its own cluster in a temporary directory."""

import contextlib
import glob
import os
import re
import signal
import subprocess

from rig import programs, targets
from rig.processes import BenchError, Service, free_port, hand_over, run, unprivileged

# Every fifth transaction's latency is logged: enough for a p99, little enough not to be felt.
SAMPLED = 0.2


class RealRig:
    """Measures with PostgreSQL and pgbench, select-only."""

    name = "postgres"

    def __init__(self, directory, options):
        self._directory = directory
        self._options = options
        self._pgbench = programs.find("pgbench", "postgresql")
        self._closing = contextlib.ExitStack()
        self._server = None
        self.targets = []

    def __enter__(self):
        with contextlib.ExitStack() as closing:
            server = closing.enter_context(self._start_server())
            self._server = server
            server.await_port(30)
            self._load_data(server.port)
            self.targets = targets.start(self._directory, server.port, self._options)
            closing.callback(targets.stop, self.targets)
            self._closing = closing.pop_all()
        return self

    def __exit__(self, *_):
        self._closing.close()

    def _start_server(self):
        data = os.path.join(self._directory, "data")
        os.mkdir(data, 0o700)
        hand_over(data)
        run(
            [programs.find("initdb", "postgresql"), "-D", data, "-U", targets.USER, "-A", "trust",
             "--no-sync", "--no-locale", "-E", "UTF8"],
            **unprivileged(),
        )
        port = free_port()
        settings = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            # Sessions of direct clients and of PgBouncer's session pool, and both poolers' pools.
            "max_connections": 2 * max(self._options.clients) + 2 * self._options.pool_size + 20,
            "shared_buffers": "128MB",
            "fsync": "off",
            "autovacuum": "off",
        }
        command = [programs.find("postgres", "postgresql"), "-D", data]
        for key, value in settings.items():
            command += ["-c", f"{key}={value}"]
        log = os.path.join(self._directory, "postgres.log")
        return Service("postgres", command, log, port, signal.SIGINT, **unprivileged())

    def _load_data(self, port):
        url = f"host=127.0.0.1 port={port} user={targets.USER} dbname="
        psql = programs.find("psql", "postgresql-client")
        run([psql, "-qX", url + "postgres", "-c", f"CREATE DATABASE {targets.DATABASE}"])
        run([self._pgbench, "-i", "-q", "-s", "1", url + targets.DATABASE])

    def warm(self, target, mode, clients, seconds):
        self._run_pgbench(target, mode, clients, seconds)

    def measure(self, target, mode, clients):
        """One run: a dictionary of figures."""
        service = target.service
        before = service.cpu_seconds() if service else 0
        transactions, tps, latencies = self._run_pgbench(
            target, mode, clients, self._options.seconds
        )
        used = service.cpu_seconds() - before if service else None
        return {
            "cpu_us": used * 1e6 / transactions if service else None,
            "tps": tps,
            "p50_us": quantile(latencies, 0.50),
            "p99_us": quantile(latencies, 0.99),
            "rss_kb": service.rss_kb() if service else None,
        }

    def _run_pgbench(self, target, mode, clients, seconds):
        prefix = os.path.join(self._directory, "latency")
        command = [self._pgbench, "-n", "-S", "-M", mode, "-c", str(clients), "-j", "1"]
        command += ["-T", str(seconds), "-l", "--log-prefix", prefix]
        command += ["--sampling-rate", str(SAMPLED)]
        command += ["-h", "127.0.0.1", "-p", str(target.port), "-U", targets.USER]
        command += [target.database(mode, real=True)]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=seconds + 120,
            # Never a prompt for a password: it would stop the whole process group.
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        latencies = take_latencies(prefix)
        for service in filter(None, [self._server, target.service]):
            service.require_alive()
        if done.returncode != 0 or "aborted" in done.stderr:
            raise BenchError(
                f"pgbench on {target.name}, {mode}, {clients} clients failed:\n"
                f"{done.stdout[-800:]}{done.stderr[-800:]}"
            )
        processed = re.search(r"actually processed: (\d+)", done.stdout)
        tps = re.search(r"^tps = ([\d.]+) \(without", done.stdout, re.MULTILINE)
        if not processed or not tps:
            raise BenchError(f"pgbench printed no result:\n{done.stdout[-800:]}")
        return int(processed[1]), float(tps[1]), latencies


def take_latencies(prefix):
    """Reads and removes pgbench's logs: latencies in µs, sorted."""
    found = []
    for path in glob.glob(prefix + ".*"):
        with open(path) as log:
            found += [int(line.split()[2]) for line in log]
        os.remove(path)
    return sorted(found)


def quantile(ordered, share):
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None
