"""Newer poolers than those installed, out of another root directory: see bench/peers."""

import functools
import glob
import os
import re

from rig.processes import BenchError, run


class Peers:
    """A root directory of another Debian, whose programs run with its own libraries, without chroot."""

    def __init__(self, root):
        self._root = root

    def command(self, program):
        """The words that start a program, such as usr/sbin/pgbouncer."""
        path = os.path.join(self._root, program)
        loaders = glob.glob(os.path.join(self._root, "usr/lib/*-linux-gnu*/ld-linux*.so.*"))
        if not loaders or not os.path.exists(path):
            raise BenchError(f"{self._root} has no {program}; bench/peers DIR makes such a directory")
        return [loaders[0], "--library-path", os.path.dirname(loaders[0]), path]


@functools.cache
def version(words):
    """The version of a pooler as a tuple, from the line that it prints; words are a tuple, too."""
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", run([*words, "--version"]))
    return tuple(int(part) for part in found.groups(default="0"))
