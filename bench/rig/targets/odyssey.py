"""Odyssey of --peers."""

import os

from rig import credentials
from rig.load import USER
from rig.peers import Peers
from rig.processes import Service, free_port, hand_over, unprivileged
from rig.targets.target import DATABASE, Target


class Odyssey(Target):
    """Odyssey in transaction mode with one worker thread."""

    name = "odyssey"

    def __init__(self, directory, server_port, options, cpu):
        super().__init__()
        self.port = free_port()
        self._directory = directory
        self._cpu = cpu
        self._program = self.program(options)
        self._config = os.path.join(directory, "odyssey.conf")
        with open(self._config, "w") as file:
            file.write(self._settings(server_port, options))
        hand_over(self._config)

    @staticmethod
    def program(options):
        return tuple(Peers(options.peers).command("usr/bin/odyssey"))

    def _settings(self, server_port, options):
        certificate, key = credentials.certificate(self._directory)
        verifier = credentials.scram_verifier(credentials.SCRAM_PASSWORD)
        pool = (
            f'storage "server"\nstorage_db "{DATABASE}"\nstorage_user "{USER}"\n'
            f'pool "transaction"\npool_size {options.pool_size}\npool_discard no\n'
            "pool_reserve_prepared_statement yes\n"
        )
        return (
            'log_format "%p %t %l [%i %s] (%c) %m\\n"\n'
            "daemonize no\nworkers 1\nresolvers 1\nlog_to_stdout yes\nlog_session no\n"
            "log_stats no\nlog_query no\nlog_debug no\nlog_config no\n"
            f'unix_socket_dir "{self._directory}"\nunix_socket_mode "0600"\n'
            f'locks_dir "{self._directory}"\n'
            f"client_max {options.most_clients() + 1000}\n"
            "listen {\n"
            f'host "127.0.0.1"\nport {self.port}\nbacklog 1024\n'
            f'tls "allow"\ntls_cert_file "{certificate}"\ntls_key_file "{key}"\n'
            "}\n"
            f'storage "server" {{\ntype "remote"\nhost "127.0.0.1"\nport {server_port}\n}}\n'
            f'database "{DATABASE}" {{\n'
            f'user "{USER}" {{\nauthentication "none"\n{pool}}}\n'
            f'user "{credentials.SCRAM_USER}" {{\nauthentication "scram-sha-256"\n'
            f'password "{verifier}"\n{pool}}}\n'
            "}\n"
        )

    def start(self, ready=True):
        self.service = Service(
            self.name,
            [*self._program, self._config],
            os.path.join(self._directory, "odyssey.log"),
            self.port,
            cpu=self._cpu,
            **unprivileged(),
        )
        if ready:
            self.service.await_port(10)
