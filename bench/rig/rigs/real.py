"""The real rig: PostgreSQL with pgbench, its own cluster in a temporary directory, nothing pinned."""

import os
import signal

from rig import credentials, programs
from rig.load import USER
from rig.pgbench import Pgbench
from rig.processes import Service, free_port, hand_over, run, unprivileged
from rig.rigs.rig import Rig
from rig.targets.target import DATABASE


class RealRig(Rig):
    """Measures with PostgreSQL and pgbench."""

    name = "postgres"
    serves_tls = True
    pooler_cpu = None
    pinned = False

    def __init__(self, directory, options):
        super().__init__(directory, options)
        self._pgbench = Pgbench(directory)

    def _start_server(self):
        data = os.path.join(self.directory, "data")
        os.mkdir(data, 0o700)
        hand_over(data)
        run(
            [programs.find("initdb", "postgresql"), "-D", data, "-U", USER, "-A", "trust",
             "--no-sync", "--no-locale", "-E", "UTF8"],
            **unprivileged(),
        )
        port = free_port()
        certificate, key = credentials.certificate(self.directory)
        settings = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            # Sessions of direct clients and of PgBouncer's session pool, and all poolers' pools.
            "max_connections": 2 * self.options.most_servers() + 8 * self.options.pool_size + 20,
            "shared_buffers": "128MB",
            "fsync": "off",
            "autovacuum": "off",
            "ssl": "on",
            "ssl_cert_file": certificate,
            "ssl_key_file": key,
        }
        words = [programs.find("postgres", "postgresql"), "-D", data]
        for name, value in settings.items():
            words += ["-c", f"{name}={value}"]
        log = os.path.join(self.directory, "postgres.log")
        server = Service("postgres", words, log, port, signal.SIGINT, **unprivileged())
        try:
            server.await_port(30)
            self._load_data(port)
        except BaseException:
            server.stop()
            raise
        return server

    def _load_data(self, port):
        url = f"host=127.0.0.1 port={port} user={USER} dbname=postgres"
        psql = programs.find("psql", "postgresql-client")
        run([psql, "-qX", url, "-c", f"CREATE DATABASE {DATABASE}"])
        self._pgbench.initialize(port, DATABASE)

    def run(self, target, load):
        service = target.service
        before = service.cpu_seconds() if service else 0
        what = self.describe(target, load)
        database = target.database(load, real=True)
        transactions, figures = self._pgbench.run(load, target.port, database, what)
        self.require_alive(target)
        if service:
            used = service.cpu_seconds() - before
            figures["cpu_us"] = used * 1e6 / transactions if transactions else None
            figures["rss_kb"] = service.rss_kb()
        return figures
