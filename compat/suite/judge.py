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


def judge(client, scenario, way, direct, outcome, reason):
    """
    The verdict about a scenario on a way.

    reason is why the scenario cannot pass on this way, if that is known; it must then fail, so
    that a reason that has become wrong is found.
    """
    wrong = fault(way, direct, outcome)
    if reason and wrong:
        return Verdict(client, scenario, way.name, CANNOT, reason, outcome.seconds)
    if wrong:
        return Verdict(client, scenario, way.name, FAIL, wrong, outcome.seconds)
    note = "passes, though listed in cannot.toml" if reason else ""
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
