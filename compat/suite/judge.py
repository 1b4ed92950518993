"""Compares what a client saw through the proxy with what it saw direct."""

import difflib
from dataclasses import dataclass

PASS, CANNOT, FAIL, NOT_RUN = "pass", "cannot", "FAIL", "not run"


@dataclass
class Verdict:
    """One cell of the table."""

    client: str
    scenario: str
    way: str
    outcome: str
    note: str = ""
    seconds: float = 0.0


@dataclass
class Known:
    """
    Why a scenario cannot pass on a way.

    differs is a text that the difference then has; sometimes says that it may pass, too.
    """

    reason: str
    differs: str = ""
    sometimes: bool = False


def judge(client, scenario, way, direct, outcome, known):
    """
    The verdict about a scenario on a way.

    known is why the scenario cannot pass on this way, or None; it must then fail, and by what is
    known, so that a reason that has become wrong is found.
    """
    wrong = fault(way, direct, outcome)
    if known and wrong and known.differs in wrong:
        return Verdict(client, scenario, way.name, CANNOT, known.reason, outcome.seconds)
    if wrong:
        return Verdict(client, scenario, way.name, FAIL, wrong, outcome.seconds)
    stale = known and not known.sometimes
    note = "passes, though listed in cannot.toml" if stale else ""
    return Verdict(client, scenario, way.name, PASS, note, outcome.seconds)


def fault(way, direct, outcome):
    """What is wrong with an outcome, or None."""
    if outcome is None:
        return "it was not run"
    if outcome.error:
        return outcome.error
    expected, told = list(direct[1].transcript), list(outcome.transcript)
    expected = [direct[0].neutral(line) for line in expected]
    told = [way.neutral(line) for line in told]
    if expected == told:
        return None
    return "differs from direct: " + first_difference(expected, told)


def first_difference(expected, told):
    changes = [
        line
        for line in difflib.unified_diff(expected, told, "direct", way_label(), lineterm="", n=0)
        if not line.startswith(("---", "+++", "@@"))
    ]
    return " | ".join(line[:160] for line in changes[:6])


def way_label():
    return "proxy"
