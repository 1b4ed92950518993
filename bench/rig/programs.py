"""Finds or builds the programs of a comparison, and describes them and the machine."""

import functools
import glob
import os
import platform
import re
import shutil

from rig.processes import BenchError, run

BENCH = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
CHECKOUT = os.path.dirname(BENCH)
LAUNCHER = os.path.join(CHECKOUT, "pglynx")
BUILT = os.path.join(BENCH, "target", "tools")


def find(program, package):
    """The path of an installed program, also off the PATH where Debian puts some."""
    places = [os.environ.get("PATH", ""), "/usr/sbin", *postgres_directories()]
    found = shutil.which(program, path=":".join(places))
    if not found:
        raise BenchError(f"{program} is missing. Install it: apt-get install {package}")
    return found


def postgres_directories():
    """Directories of installed PostgreSQL versions, newest first."""
    found = glob.glob("/usr/lib/postgresql/*/bin")
    return sorted(found, key=lambda path: float(path.split("/")[-2]), reverse=True)


@functools.cache
def tool(name):
    """The path of a C program of bench/tools, built if a source is newer."""
    find("gcc", "gcc libssl-dev")
    run([find("make", "make"), "-s", "-C", os.path.join(BENCH, "tools"), f"DIRECTORY={BUILT}"])
    return os.path.join(BUILT, name)


def build_pglynx(checkout=CHECKOUT):
    """Lets the launcher build the jar, so that no measured start does."""
    return run([os.path.join(checkout, "pglynx"), "--version"]).strip().splitlines()[0]


def commit(checkout=CHECKOUT):
    """The measured state of the sources."""
    changed = run(["git", "-C", checkout, "status", "--porcelain", "--untracked-files=no"]).strip()
    return run(["git", "-C", checkout, "rev-parse", "--short", "HEAD"]).strip() + (
        " with local changes" if changed else ""
    )


def machine():
    """What a reader has to know of the machine to judge the figures."""
    with open("/proc/cpuinfo") as cpuinfo:
        model = re.search(r"model name\s*:\s*(.*)", cpuinfo.read())
    with open("/proc/meminfo") as meminfo:
        memory = int(re.search(r"MemTotal:\s*(\d+)", meminfo.read())[1]) / 1048576
    name = model[1].strip() if model else platform.machine()
    return f"{os.cpu_count()} cores {name}, {memory:.0f} GB, Linux {platform.release()}"
