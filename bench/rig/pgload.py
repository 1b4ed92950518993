"""Runs bench/tools/pgload.c and reads what it prints."""

import json
import os
import subprocess

from rig import programs
from rig.processes import BenchError

# The load and the fake server share a core; the pooler has the other one to itself.
LOAD_CPU = 1


def arguments(load, port, database, watched=None):
    """pgload's command line for a load, without the program."""
    words = ["-p", port, "-d", database, "-u", load.user, "-c", load.clients]
    words += ["-m", load.mode, "-q", load.sql, "-k", load.depth, "-b", "%dx%d" % load.copied]
    if load.count:
        # The time is only a limit for a pooler that hangs.
        words += ["-n", load.count, "-t", 60]
    else:
        words += ["-w", load.warm, "-t", load.seconds]
    if load.rate:
        words += ["-r", load.rate]
    if load.patience:
        words += ["-a", load.patience]
    if load.hold:
        words.append("-i")
    if load.churn:
        words.append("-C")
    if load.tls:
        words.append("-s")
    if load.password:
        words += ["-W", load.password]
    if watched:
        words += ["-P", watched]
    return [str(word) for word in words]


def command(load, port, database, watched=None, pinned=True):
    before = ["taskset", "-c", str(LOAD_CPU)] if pinned and os.cpu_count() > 1 else []
    if load.yielding:
        before += ["nice", "-n", "19"]
    return [*before, programs.tool("pgload"), *arguments(load, port, database, watched)]


class Running:
    """A pgload command while it runs; a context manager that ends it."""

    def __init__(self, words, what):
        self._what = what
        self._process = subprocess.Popen(
            words,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def first_line(self):
        """Waits for the first line that it prints."""
        line = self._process.stdout.readline()
        if not line:
            self.result()
        return line

    def result(self, seconds=None):
        """Waits for its end: the figures that it printed."""
        try:
            printed, said = self._process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise BenchError(f"{self._what} has hung for {seconds} s") from None
        if self._process.returncode != 0:
            raise BenchError(f"{self._what} failed:\n{said[-800:].strip()}")
        return figures(json.loads(printed))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.poll() is None:
            self._process.terminate()
            self._process.communicate()


def run(words, what, seconds):
    """Runs a pgload command to its end and returns the figures it printed."""
    with Running(words, what) as running:
        return running.result(seconds)


def figures(printed):
    """pgload's counts as figures."""
    found = {
        "tps": printed["tps"],
        "mean_us": printed["mean_us"],
        "p50_us": printed["p50_us"],
        "p99_us": printed["p99_us"],
        "p999_us": printed["p999_us"],
        "first_answer": printed["first_answer"],
    }
    if printed["p50_us"]:
        found["tail"] = printed["p99_us"] / printed["p50_us"]
    gigabytes = (printed["bytes_in"] + printed["bytes_out"]) / 1e9
    found["mb_s"] = 1000 * gigabytes / printed["seconds"]
    # Without a pooler nobody was watched, and there is no memory to report.
    if printed["rss_kb"]:
        found["rss_kb"] = printed["rss_kb"]
        found["cpu_us"] = per(printed["cpu_seconds"] * 1e6, printed["transactions"])
        found["cpu_s_gb"] = per(printed["cpu_seconds"], gigabytes)
    return found


def per(amount, count):
    return amount / count if count else None
