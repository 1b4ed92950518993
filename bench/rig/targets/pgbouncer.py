"""PgBouncer: the installed one, and a newer one of --peers."""

import os
import signal

from rig import credentials, programs
from rig.load import USER
from rig.peers import Peers, version
from rig.processes import Service, free_port, hand_over, unprivileged
from rig.targets.target import DATABASE, Target

# The pool for prepared statements where this version cannot share them between clients.
SESSION_DATABASE = "bench_session"


class PgBouncer(Target):
    """The installed PgBouncer in transaction mode, one thread as always."""

    name = "pgbouncer"

    def __init__(self, directory, server_port, options, cpu):
        super().__init__()
        self.port = free_port()
        self._directory = directory
        self._cpu = cpu
        self._program = self.program(options)
        # Across server connections, since 1.21.
        self._shares_prepared = version(self._program) >= (1, 21)
        users = f'"{USER}" ""\n"{credentials.SCRAM_USER}" ' + (
            f'"{credentials.scram_verifier(credentials.SCRAM_PASSWORD)}"\n'
        )
        hba = f"host all {USER} 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        self._write(self.name + "-users.txt", users)
        self._write(self.name + "-hba.conf", hba)
        self._config = self._write(self.name + ".ini", self._settings(server_port, options))

    @staticmethod
    def program(options):
        return (programs.find("pgbouncer", "pgbouncer"),)

    def _write(self, name, text):
        path = os.path.join(self._directory, name)
        with open(path, "w") as file:
            file.write(text)
        hand_over(path)
        return path

    def _settings(self, server_port, options):
        certificate, key = credentials.certificate(self._directory)
        server = f"host=127.0.0.1 port={server_port} dbname={DATABASE} user={USER}"
        prepared = "max_prepared_statements = 500\n" if self._shares_prepared else ""
        return (
            "[databases]\n"
            f"{DATABASE} = {server} pool_size={options.pool_size}\n"
            f"{SESSION_DATABASE} = {server} pool_mode=session pool_size={options.most_clients()}\n"
            "[pgbouncer]\n"
            f"listen_addr = 127.0.0.1\nlisten_port = {self.port}\nunix_socket_dir =\n"
            f"auth_type = hba\nauth_hba_file = {self._directory}/{self.name}-hba.conf\n"
            f"auth_file = {self._directory}/{self.name}-users.txt\n"
            f"client_tls_sslmode = allow\nclient_tls_cert_file = {certificate}\n"
            f"client_tls_key_file = {key}\n"
            "pool_mode = transaction\n"
            f"max_client_conn = {options.most_clients() + 1000}\nlisten_backlog = 1024\n"
            "ignore_startup_parameters = extra_float_digits\n"
            "log_connections = 0\nlog_disconnections = 0\nlog_stats = 0\n" + prepared
        )

    def start(self, ready=True):
        self.service = Service(
            self.name,
            [*self._program, self._config],
            os.path.join(self._directory, self.name + ".log"),
            self.port,
            signal.SIGINT,
            self._cpu,
            **unprivileged(),
        )
        if ready:
            self.service.await_port(10)

    def database(self, load, real):
        return SESSION_DATABASE if real and self._is_untracked(load) else DATABASE

    def note(self, load, real):
        if not self._is_untracked(load):
            return ""
        # The fake server knows every statement name, a real one only those it has seen.
        return "session pool" if real else "passes names untracked"

    def _is_untracked(self, load):
        return load.mode == "prepared" and not self._shares_prepared


class NewPgBouncer(PgBouncer):
    """The PgBouncer of --peers: since 1.21 it does with prepared statements what pglynx does."""

    name = "pgbouncer-new"

    @staticmethod
    def program(options):
        return tuple(Peers(options.peers).command("usr/sbin/pgbouncer"))
