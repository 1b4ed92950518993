"""Writes the results as JSON, and the table as Markdown."""

import dataclasses
import json
import os

from suite.judge import CANNOT, FAIL, NOT_RUN, PASS, Verdict

COMPAT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
TARGET = os.path.join(COMPAT, "target")
DOCUMENT = os.path.join(os.path.dirname(COMPAT), "docs", "compatibility.md")
WAYS = ("session", "transaction")
WORDS = {PASS: "passes", CANNOT: "cannot", FAIL: "**FAILS**", NOT_RUN: "not run"}

HEAD = """\
# Compatibility

Written by `compat/run`, not by hand ([how](../compat/README.md)): each scenario is run by a real client direct, through a
pool in session mode and through one in transaction mode. *passes* means that all its checks held and that all it was told
equals what the server tells direct. In transaction mode three server connections are shared with four other busy clients,
so that hardly two transactions of a client run on the same server connection.
"""


def write(verdicts, facts, whole):
    """
    Writes what a run has found. The document comes from runs of all scenarios only; one of some
    clients leaves the others' rows as the last such run has found them.
    """
    os.makedirs(TARGET, exist_ok=True)
    results = os.path.join(TARGET, "results.json" if whole else "partial.json")
    if whole:
        verdicts, facts = merged(results, verdicts, facts)
    with open(results, "w") as file:
        json.dump({"facts": facts, "verdicts": [dataclasses.asdict(v) for v in verdicts]}, file, indent=1)
    path = DOCUMENT if whole else os.path.join(TARGET, "compatibility.md")
    with open(path, "w") as file:
        file.write(markdown(verdicts, facts))
    return path


def merged(path, verdicts, facts):
    """The rows of this run, and those of clients that it has left out."""
    if not os.path.exists(path):
        return verdicts, facts
    with open(path) as file:
        before = json.load(file)
    kept = [Verdict(**v) for v in before["verdicts"] if v["client"] not in facts["clients"]]
    names = {**before["facts"]["clients"], **facts["clients"]}
    return kept + verdicts, {**facts, "clients": names}


def markdown(verdicts, facts):
    lines = [HEAD, f"Server: {facts['server']}. Proxy: {facts['proxy']}.", ""]
    lines += ["| client | version | session mode | transaction mode |", "|---|---|---|---|"]
    for client, version in facts["clients"].items():
        cells = [summary([v for v in verdicts if v.client == client and v.way == way]) for way in WAYS]
        lines.append(f"| [{client}](#{anchor(client)}) | {version or 'not here'} | {cells[0]} | {cells[1]} |")
    for client in facts["clients"]:
        lines += ["", f"## {client}", ""]
        lines += table([v for v in verdicts if v.client == client])
    return "\n".join(lines) + "\n"


def anchor(title):
    return "".join(c for c in title.lower().replace(" ", "-") if c.isalnum() or c in "-_")


def summary(verdicts):
    counts = [(sum(v.outcome == kind for v in verdicts), WORDS[kind]) for kind in (PASS, CANNOT, FAIL, NOT_RUN)]
    words = {"passes": "pass", "**FAILS**": "**FAIL**"}
    return ", ".join(f"{n} {words.get(word, word)}" for n, word in counts if n)


def table(verdicts):
    lines = ["| scenario | session | transaction | why |", "|---|---|---|---|"]
    for title in dict.fromkeys(v.scenario for v in verdicts):
        cells = {v.way: v for v in verdicts if v.scenario == title}
        notes = dict.fromkeys(v.note for v in cells.values() if v.note and v.outcome != PASS)
        words = [WORDS[cells[way].outcome] if way in cells else "" for way in WAYS]
        lines.append(f"| {escape(title)} | {words[0]} | {words[1]} | {escape('; '.join(notes))} |")
    return lines


def escape(text):
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").split())[:400]
