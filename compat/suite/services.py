"""The servers of a run: PostgreSQL, and a packaged pglynx with a session and a transaction pool."""

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass

from rig import programs
from rig.processes import BenchError, Service, free_port, hand_over, run, unprivileged

USER = "compat"
PASSWORD = "compat's own"
# Fewer server connections than busy neighbours: a client rarely gets the server it had before.
TRANSACTION_POOL = 3
# pgbench waits for each PREPARE alone, so a thread's clients must all get a server.
SESSION_POOL = 1020
# The pools of the second database: few for either mode, so that clients queue.
SECOND_POOL = 5


@dataclass(frozen=True)
class Way:
    """How a client reaches PostgreSQL; each way has databases of its own on the same server."""

    name: str
    port: int

    @property
    def database(self):
        # Names of one length: psql's columns are as wide as their values.
        return "compat_" + self.name[0]

    def environment(self):
        """libpq's variables, which every driver reads."""
        return {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": USER,
            "PGPASSWORD": PASSWORD,
            "PGDATABASE": self.database,
            "PGCONNECT_TIMEOUT": "20",
            "PGSSLMODE": "disable",
        }

    def neutral(self, text):
        """The text without the name that differs from way to way."""
        return text.replace(self.database, "DATABASE")


class Services:
    """PostgreSQL and pglynx, started on entry and stopped on exit."""

    def __init__(self, directory, java_options):
        self._directory = directory
        self._java_options = java_options
        self._closing = contextlib.ExitStack()
        self._running = []
        self.ways = {}
        self.server_version = ""

    def __enter__(self):
        with contextlib.ExitStack() as closing:
            server = closing.enter_context(self._start_postgres())
            server.await_port(30)
            await_ready(server.port)
            self._create_databases(server.port)
            proxy = closing.enter_context(self._start_proxy(server.port))
            proxy.await_port(60)
            self._running = [server, proxy]
            self.ways = {
                "direct": Way("direct", server.port),
                "session": Way("session", proxy.port),
                "transaction": Way("transaction", proxy.port),
            }
            self._closing = closing.pop_all()
        return self

    def __exit__(self, *_):
        self._closing.close()

    def require_alive(self):
        for service in self._running:
            service.require_alive()

    def log_tail(self):
        return self._running[1].log_tail()

    def _start_postgres(self):
        data = os.path.join(self._directory, "data")
        os.mkdir(data, 0o700)
        hand_over(data)
        secret = os.path.join(self._directory, "secret")
        with open(secret, "w") as file:
            file.write(PASSWORD)
        hand_over(secret)
        run(
            [programs.find("initdb", "postgresql"), "-D", data, "-U", USER, "-A", "scram-sha-256",
             "--pwfile", secret, "--no-sync", "--no-locale", "-E", "UTF8"],
            **unprivileged(),
        )
        port = free_port()
        settings = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": 1400,
            "max_prepared_transactions": 20,
            "shared_buffers": "128MB",
            "fsync": "off",
            "wal_level": "logical",
        }
        command = [programs.find("postgres", "postgresql"), "-D", data]
        for key, value in settings.items():
            command += ["-c", f"{key}={value}"]
        log = os.path.join(self._directory, "postgres.log")
        return Service("postgres", command, log, port, signal.SIGINT, **unprivileged())

    def _create_databases(self, port):
        psql = programs.find("psql", "postgresql-client")
        environment = {**os.environ, **Way("direct", port).environment(), "PGDATABASE": "postgres"}
        statements = []
        for name in database_names():
            statements += ["-c", f"CREATE DATABASE {name}"]
        run([psql, "-qX", "-v", "ON_ERROR_STOP=1", *statements], env=environment)
        version = run([psql, "-qXAt", "-c", "SHOW server_version"], env=environment)
        self.server_version = "PostgreSQL " + version.split()[0]

    def _start_proxy(self, server_port):
        port = free_port()
        config = os.path.join(self._directory, "pglynx.toml")
        with open(config, "w") as file:
            file.write(f'[general]\nhost = "127.0.0.1"\nport = {port}\nquery_wait_timeout = 60000\nidle_timeout = 5000\n')
            for name in database_names():
                if not name.startswith("compat_d"):
                    file.write(pool(name, server_port))
        environment = dict(os.environ)
        if self._java_options:
            environment["PGLYNX_JAVA_OPTS"] = self._java_options
        log = os.path.join(self._directory, "pglynx.log")
        return Service("pglynx", [programs.LAUNCHER, "run", config], log, port, env=environment)


def await_ready(port):
    """Waits until PostgreSQL takes logins, which it does a little later than it listens."""
    ready = programs.find("pg_isready", "postgresql-client")
    for _ in range(300):
        if subprocess.run([ready, "-q", "-h", "127.0.0.1", "-p", str(port)], check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise BenchError("PostgreSQL takes no logins within 30 s")


def database_names():
    """A database for each way, one to restore into, and one in which PostgreSQL's own tests are alone."""
    return [f"compat_{way}{purpose}" for way in "dst" for purpose in ("", "_copy", "_regress")]


def pool(name, server_port):
    mode = "session" if name.startswith("compat_s") else "transaction"
    size = SESSION_POOL if mode == "session" else TRANSACTION_POOL
    if name.endswith("_copy"):
        size = SECOND_POOL
    return f"""
[pools.{name}]
pool_mode = "{mode}"
[pools.{name}.users.0]
username = "{USER}"
password = "{PASSWORD}"
pool_size = {size}
[pools.{name}.shards.0]
database = "{name}"
servers = [["127.0.0.1", {server_port}, "primary"]]
"""


class Neighbours:
    """
    Other clients of the same transaction pool, at work all the time: what they leave on a server,
    and that they take the server a client had before, is what a transaction pool has to hide.
    """

    def __init__(self, way, directory):
        self._way = way
        self._log_path = os.path.join(directory, "neighbours.log")
        self._process = None

    def __enter__(self):
        script = os.path.join(os.path.dirname(os.path.dirname(__file__)), "clients", "python", "neighbours.py")
        with open(self._log_path, "w") as log:
            self._process = subprocess.Popen(
                ["/usr/bin/python3", script], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, **self._way.environment()}, start_new_session=True,
            )
        return self

    def require_alive(self):
        if self._process.poll() is not None:
            with open(self._log_path, errors="replace") as log:
                raise BenchError("the neighbours have ended:\n" + log.read()[-2000:])

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
