"""pglynx: this checkout's, and another's to compare it with."""

import os

from rig import credentials, programs
from rig.load import USER
from rig.processes import Service, free_port
from rig.targets.target import DATABASE, Target


class Pglynx(Target):
    """This checkout's pglynx in transaction mode."""

    name = "pglynx"

    def __init__(self, directory, server_port, options, cpu):
        super().__init__()
        self.port = free_port()
        # The compiler's threads would count as its cost otherwise.
        self.warm_seconds = options.warm
        self._directory = directory
        self._cpu = cpu
        self._launcher = self.launcher(options)
        self._config = os.path.join(directory, self.name + ".toml")
        with open(self._config, "w") as file:
            file.write(self._settings(server_port, options))

    @staticmethod
    def launcher(options):
        return programs.LAUNCHER

    def _settings(self, server_port, options):
        certificate, key = credentials.certificate(self._directory)
        verifier = credentials.scram_verifier(credentials.SCRAM_PASSWORD)
        return (
            "[general]\n"
            'host = "127.0.0.1"\n'
            f"port = {self.port}\n"
            f'transport = "{options.transport}"\n'
            f"worker_threads = {options.workers}\n"
            f'tls_certificate = "{certificate}"\ntls_private_key = "{key}"\n'
            f"[pools.{DATABASE}]\n"
            'pool_mode = "transaction"\n'
            f"[pools.{DATABASE}.users.0]\n"
            f'username = "{USER}"\npassword = "{USER}"\nauth_type = "trust"\n'
            f"pool_size = {options.pool_size}\n"
            f"[pools.{DATABASE}.users.1]\n"
            f'username = "{credentials.SCRAM_USER}"\npassword = "{verifier}"\n'
            f'auth_type = "scram-sha-256"\npool_size = {options.pool_size}\n'
            f'server_username = "{USER}"\nserver_password = "{USER}"\n'
            f"[pools.{DATABASE}.shards.0]\n"
            f'database = "{DATABASE}"\n'
            f'servers = [["127.0.0.1", {server_port}, "primary"]]\n'
        )

    def start(self, ready=True):
        self.service = Service(
            self.name,
            [self._launcher, "run", self._config],
            os.path.join(self._directory, self.name + ".log"),
            self.port,
            cpu=self._cpu,
        )
        if ready:
            self.service.await_port(60)


class Base(Pglynx):
    """The pglynx of --base, another checkout: what a change is measured against."""

    name = "base"

    @staticmethod
    def launcher(options):
        return os.path.join(options.base, "pglynx")
