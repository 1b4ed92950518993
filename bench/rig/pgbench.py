"""Runs pgbench and reads its output and its log of latencies."""

import contextlib
import glob
import os
import re
import subprocess

from rig import programs
from rig.load import SELECT, USER
from rig.processes import BenchError, run

# Every fifth transaction's latency is logged: enough for quantiles, little enough not to be felt.
SAMPLED = 0.2
SCRIPTS = {"transaction": f"BEGIN;\n{SELECT};\nCOMMIT;\n"}


class Pgbench:
    """pgbench with its scripts and logs in one directory."""

    def __init__(self, directory):
        self._program = programs.find("pgbench", "postgresql")
        self._prefix = os.path.join(directory, "latency")
        self._scripts = {}
        for name, text in SCRIPTS.items():
            self._scripts[name] = os.path.join(directory, name + ".sql")
            with open(self._scripts[name], "w") as file:
                file.write(text)

    def initialize(self, port, database):
        url = f"host=127.0.0.1 port={port} user={USER} dbname={database}"
        run([self._program, "-i", "-q", "-s", "1", url])

    def run(self, load, port, database, what):
        """Runs the load: the number of transactions and the figures."""
        with contextlib.suppress(FileNotFoundError):
            take_latencies(self._prefix)
        try:
            done = subprocess.run(
                [self._program, *self._arguments(load, port), database],
                capture_output=True,
                text=True,
                timeout=load.seconds + 120,
                # Never a prompt for a password: it would stop the whole process group.
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                env={**os.environ, "PGSSLMODE": "require" if load.tls else "disable"},
            )
        except subprocess.TimeoutExpired:
            raise BenchError(f"{what} has hung for {load.seconds + 120} s") from None
        if done.returncode != 0 or "aborted" in done.stderr:
            output = (done.stdout[-800:] + done.stderr[-800:]).strip()
            raise BenchError(f"{what} failed:\n{output}")
        transactions, tps = parse_output(done.stdout)
        found = {"tps": tps, **quantiles(take_latencies(self._prefix))}
        if found["p50_us"]:
            found["tail"] = found["p99_us"] / found["p50_us"]
        return transactions, found

    def _arguments(self, load, port):
        words = ["-n", "-c", load.clients, "-j", 1, "-T", round(load.seconds)]
        words += ["-l", "--log-prefix", self._prefix, "--sampling-rate", SAMPLED]
        words += ["-h", "127.0.0.1", "-p", port, "-U", load.user]
        if load.mode in self._scripts:
            words += ["-f", self._scripts[load.mode]]
        else:
            words += ["-S", "-M", load.mode]
        if load.churn:
            words.append("-C")
        if load.rate:
            words += ["-R", load.rate]
        return [str(word) for word in words]


def parse_output(text):
    """The number of transactions and those a second; without the connecting where that is told."""
    processed = re.search(r"actually processed: (\d+)", text)
    tps = re.search(r"^tps = ([\d.]+) \((?:without|including)", text, re.MULTILINE)
    if not processed or not tps:
        raise BenchError(f"pgbench printed no result:\n{text[-800:]}")
    return int(processed[1]), float(tps[1])


def take_latencies(prefix):
    """Reads and removes pgbench's logs: latencies in µs, sorted."""
    found = []
    for path in glob.glob(prefix + ".*"):
        with open(path) as log:
            found += [int(line.split()[2]) for line in log]
        os.remove(path)
    return sorted(found)


def quantiles(latencies):
    shares = {"p50_us": 0.5, "p99_us": 0.99, "p999_us": 0.999}
    return {name: quantile(latencies, share) for name, share in shares.items()}


def quantile(ordered, share):
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None
