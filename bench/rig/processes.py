"""Starts, watches and stops processes, and reads what the kernel counts for them."""

import os
import pwd
import signal
import socket
import subprocess
import time

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


class BenchError(Exception):
    """Something is missing or failed; the text says what and what to do."""


def free_port():
    """A TCP port of the loopback interface that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def unprivileged():
    """Popen arguments that drop root, which PostgreSQL and PgBouncer refuse to run as."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise BenchError("running as root, and there is no user postgres or nobody to drop to")


def hand_over(path):
    """Gives a file or directory to the user that unprivileged() drops to."""
    identity = unprivileged()
    if identity:
        os.chown(path, identity["user"], identity["group"])


def run(command, **options):
    """Runs a command to its end and returns its standard output."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        output = (done.stdout + done.stderr).strip()[-2000:]
        raise BenchError(f"{command[0]} ended with {done.returncode}:\n{output}")
    return done.stdout


class Service:
    """A running server process with its log; a context manager that stops it."""

    def __init__(
        self, name, command, log_path, port, stop_signal=signal.SIGTERM, cpu=None, **options
    ):
        self.name = name
        self.port = port
        self._log_path = log_path
        self._stop_signal = stop_signal
        pinned = ["taskset", "-c", str(cpu)] if cpu is not None else []
        with open(log_path, "w") as log:
            # A session of its own keeps the terminal's Ctrl-C for us: we stop services in order.
            self._process = subprocess.Popen(
                pinned + command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **options,
            )

    @property
    def pid(self):
        return self._process.pid

    def await_port(self, seconds):
        """Waits until the service accepts connections."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise BenchError(f"{self.name} ended at its start:\n{self.log_tail()}")
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.1)
        raise BenchError(f"{self.name} does not listen after {seconds} s:\n{self.log_tail()}")

    def require_alive(self):
        """Raises an error with the end of the log if the service has ended by itself."""
        code = self._process.poll()
        if code is not None:
            raise BenchError(f"{self.name} has ended with {code}:\n{self.log_tail()}")

    def log_tail(self):
        with open(self._log_path, errors="replace") as log:
            return log.read()[-2000:].strip()

    def cpu_seconds(self):
        """User and system time of all the process's threads so far."""
        with open(f"/proc/{self.pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS

    def rss_kb(self):
        with open(f"/proc/{self.pid}/status") as status:
            for line in status:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1])
        return 0

    def stop(self):
        if self._process.poll() is None:
            self._process.send_signal(self._stop_signal)
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
