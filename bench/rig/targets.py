"""What is compared: no pooler at all, PgBouncer, pglynx. Each can be started in front of a server."""

import os
import signal

from rig import programs
from rig.processes import Service, free_port, hand_over, unprivileged

USER = "bench"
DATABASE = "bench"
# PgBouncer's pool for prepared statements where its version cannot share them between clients.
SESSION_DATABASE = "bench_session"


class Direct:
    """The load goes straight to the server: the ceiling of throughput, the floor of latency."""

    name = "direct"
    service = None

    def __init__(self, server_port):
        self.port = server_port

    def database(self, mode, real):
        return DATABASE

    def note(self, mode, real):
        return ""


class PgBouncer:
    """Debian's PgBouncer in transaction mode, one thread as always."""

    name = "pgbouncer"

    def __init__(self, directory, server_port, options, cpu):
        self.port = free_port()
        self._shares_prepared = programs.tracks_prepared_statements()
        config = os.path.join(directory, "pgbouncer.ini")
        users = os.path.join(directory, "pgbouncer-users.txt")
        with open(users, "w") as file:
            file.write(f'"{USER}" ""\n')
        with open(config, "w") as file:
            file.write(self._config(server_port, users, options))
        hand_over(users)
        hand_over(config)
        self.service = Service(
            self.name,
            [programs.find("pgbouncer", "pgbouncer"), config],
            os.path.join(directory, "pgbouncer.log"),
            self.port,
            signal.SIGINT,
            cpu,
            **unprivileged(),
        ).await_port(10)

    def _config(self, server_port, users, options):
        prepared = "max_prepared_statements = 500\n" if self._shares_prepared else ""
        server = f"host=127.0.0.1 port={server_port} dbname={DATABASE}"
        return (
            "[databases]\n"
            f"{DATABASE} = {server} pool_size={options.pool_size}\n"
            f"{SESSION_DATABASE} = {server} pool_mode=session pool_size={max(options.clients)}\n"
            "[pgbouncer]\n"
            f"listen_addr = 127.0.0.1\nlisten_port = {self.port}\nunix_socket_dir =\n"
            f"auth_type = trust\nauth_file = {users}\npool_mode = transaction\n"
            f"max_client_conn = {2 * max(options.clients) + 100}\n"
            "ignore_startup_parameters = extra_float_digits\n"
            "log_connections = 0\nlog_disconnections = 0\nlog_stats = 0\n" + prepared
        )

    def database(self, mode, real):
        return SESSION_DATABASE if self._needs_session(mode, real) else DATABASE

    def note(self, mode, real):
        if mode != "prepared" or self._shares_prepared:
            return ""
        return "session pool" if real else "passes names untracked"

    def _needs_session(self, mode, real):
        # The fake server knows every statement name, a real one only those it has seen.
        return real and mode == "prepared" and not self._shares_prepared


class Pglynx:
    """This checkout's pglynx."""

    name = "pglynx"

    def __init__(self, directory, server_port, options, cpu):
        self.port = free_port()
        config = os.path.join(directory, "pglynx.toml")
        with open(config, "w") as file:
            file.write(self._config(server_port, options))
        self.service = Service(
            self.name,
            [programs.LAUNCHER, "run", config],
            os.path.join(directory, "pglynx.log"),
            self.port,
            cpu=cpu,
        ).await_port(60)

    def _config(self, server_port, options):
        return (
            "[general]\n"
            'host = "127.0.0.1"\n'
            f"port = {self.port}\n"
            f'transport = "{options.transport}"\n'
            f"worker_threads = {options.workers}\n"
            f"[pools.{DATABASE}]\n"
            'pool_mode = "transaction"\n'
            f"[pools.{DATABASE}.users.0]\n"
            f'username = "{USER}"\npassword = "{USER}"\nauth_type = "trust"\n'
            f"pool_size = {options.pool_size}\n"
            f"[pools.{DATABASE}.shards.0]\n"
            f'database = "{DATABASE}"\n'
            f'servers = [["127.0.0.1", {server_port}, "primary"]]\n'
        )

    def database(self, mode, real):
        return DATABASE

    def note(self, mode, real):
        return ""


def start(directory, server_port, options, cpu=None):
    """Starts the chosen targets in front of the server; the caller stops their services."""
    started = []
    try:
        for name in options.targets:
            if name == "direct":
                started.append(Direct(server_port))
            elif name == "pgbouncer":
                started.append(PgBouncer(directory, server_port, options, cpu))
            else:
                started.append(Pglynx(directory, server_port, options, cpu))
        return started
    except BaseException:
        stop(started)
        raise


def stop(targets):
    for target in targets:
        if target.service:
            target.service.stop()
