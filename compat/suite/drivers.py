"""Runs the driver of a client and reads what it reports."""

import contextlib
import json
import os
import selectors
import signal
import subprocess
import time
from dataclasses import dataclass, field

# Longer than any scenario takes on a busy machine, unless the client says otherwise.
LIMIT_SECONDS = 60


@dataclass
class Outcome:
    """What one scenario did on one way."""

    error: str | None
    transcript: list = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True)
class Client:
    """A client under test: its driver's command, and how long a scenario may take."""

    name: str
    command: tuple
    limit: int = LIMIT_SECONDS
    # The ways through the proxy that the client is run on.
    ways: tuple = ("session", "transaction")

    def version(self):
        """The client's version, or None and why it cannot be run."""
        try:
            done = subprocess.run(
                [*self.command, "--version"], capture_output=True, text=True, timeout=60,
                stdin=subprocess.DEVNULL,
            )
        except OSError as e:
            return None, str(e)
        if done.returncode != 0:
            return None, last_line(done.stderr) or f"its driver ended with {done.returncode}"
        return done.stdout.strip(), None


def last_line(text):
    lines = text.strip().splitlines()
    return lines[-1] if lines else ""


def run(client, way, arguments=()):
    """The outcomes of a client's scenarios by title; one that hangs is ended, the next ones go on."""
    outcomes = {}
    more = list(arguments)
    while True:
        hung = _run_once(client, way, more, outcomes)
        if hung is None:
            return outcomes
        more = [*arguments, "--after", hung]


def _run_once(client, way, arguments, outcomes):
    """Runs the driver until it ends, or until a scenario hangs or kills it; that one's title."""
    process = subprocess.Popen(
        [*client.command, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **way.environment()},
        # A process group of its own, so that all that the driver has started can be ended.
        start_new_session=True,
    )
    running, since = None, time.monotonic()
    errors = bytearray()
    hung = False
    try:
        for source, line in _lines(process, lambda: since + client.limit):
            if source == "stderr":
                errors += line
                continue
            event = json.loads(line)
            if "begin" in event:
                running, since = event["begin"], time.monotonic()
            else:
                outcomes[running] = Outcome(
                    event["error"], event["transcript"], time.monotonic() - since
                )
                running, since = None, time.monotonic()
    except TimeoutError:
        hung = True
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        code = process.wait()
    if running is None:
        if code != 0 and not hung:
            outcomes["(the driver)"] = Outcome(f"ended with {code}: {_tail(errors)}")
        return None
    how = f"no end within {client.limit} s" if hung else f"its driver ended with {code}"
    outcomes[running] = Outcome(f"{how} {_tail(errors)}".strip(), [], time.monotonic() - since)
    return running


def _tail(errors):
    return errors.decode(errors="replace").strip()[-500:]


def _lines(process, deadline):
    """Lines of both outputs as they come; TimeoutError when the deadline passes without an end."""
    with selectors.DefaultSelector() as selector:
        pending = {}
        for name in ("stdout", "stderr"):
            stream = getattr(process, name)
            selector.register(stream, selectors.EVENT_READ, name)
            pending[name] = b""
        while selector.get_map():
            ready = selector.select(max(0.0, deadline() - time.monotonic()))
            if not ready:
                raise TimeoutError
            for key, _ in ready:
                data = os.read(key.fd, 1 << 16)
                if not data:
                    selector.unregister(key.fileobj)
                    continue
                *whole, pending[key.data] = (pending[key.data] + data).split(b"\n")
                for line in whole:
                    yield key.data, line
