"""
What the drivers in Python share: a list of scenarios, run one after the other.

A driver prints a line of JSON when a scenario begins and one when it has ended. What a scenario
tells is compared with what it told when run direct; a wrong result raises an exception.
"""

import asyncio
import inspect
import json
import sys
import traceback


class Wrong(Exception):
    """A result that is not the expected one."""


def same(actual, expected):
    if actual != expected:
        raise Wrong(f"{actual!r} instead of {expected!r}")


def truth(condition, otherwise):
    if not condition:
        raise Wrong(otherwise)


class Scenarios:
    """The scenarios of a driver, in the order of their definition."""

    def __init__(self):
        self._all = {}
        self._heavy = set()

    def __call__(self, title, heavy=False):
        def take(function):
            if title in self._all:
                raise ValueError(f"two scenarios called {title!r}")
            self._all[title] = function
            if heavy:
                self._heavy.add(title)
            return function

        return take

    def add(self, title, function, heavy=False):
        self(title, heavy)(function)

    def main(self, version):
        """Runs as the command line says: --version, --list, --quick, --after TITLE, --only TITLE, --prove."""
        arguments = sys.argv[1:]
        if "--version" in arguments:
            print(version)
            return
        if "--prove" in arguments:
            self._all = {"a wrong result": lambda tell: same(1, 2), "a result": lambda tell: tell(1)}
            self._heavy = set()
        titles = [t for t in self._all if "--quick" not in arguments or t not in self._heavy]
        if "--after" in arguments:
            titles = titles[titles.index(arguments[arguments.index("--after") + 1]) + 1 :]
        if "--only" in arguments:
            titles = [t for t in titles if t == arguments[arguments.index("--only") + 1]]
        for title in titles:
            self._run(title)

    def _run(self, title):
        print(json.dumps({"begin": title}), flush=True)
        transcript = []
        error = None
        try:
            function = self._all[title]
            done = function(lambda *what: transcript.append(" ".join(map(str, what))))
            if inspect.iscoroutine(done):
                asyncio.run(done)
        except Exception as e:
            where = traceback.extract_tb(e.__traceback__)
            line = next((f.lineno for f in where if f.filename == sys.argv[0]), 0)
            error = f"line {line}: {type(e).__name__}: {e}".strip()
        print(json.dumps({"end": title, "error": error, "transcript": transcript}), flush=True)
