"""
PostgreSQL's own regression tests, one after the other in a session each, in the order of its schedule. They are no
part of this repository: compat/fetch-tests unpacks them. Their outputs are compared with those direct, not with the
expected files, which hold for an installation built with them.
"""

import os
import re
import subprocess

from scenarios import Scenarios, same, truth

scenario = Scenarios()
COMPAT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
REGRESS = os.path.join(COMPAT, "target", "postgresql", "src", "test", "regress")
# Of the whole cluster, and so of no use to three runs on one: roles, tablespaces and databases that
# stay, statistics of the moment, other sessions' doings.
LEFT_OUT = {
    "tablespace": "needs a directory of the server's",
    "stats": "statistics of the moment",
    "misc_functions": "lists files of the server",
    "largeobject": "writes files where it stands",
}
# Varies from run to run on the server itself.
VARYING = (
    (re.compile(r"\b(oid|OID|PID|pid|xid) \d+"), r"\1 N"),
    (re.compile(r"pg_(toast|temp)(_temp)?_\d+"), r"pg_\1\2_N"),
    (re.compile(r"\b\d\d:\d\d:\d\d\.\d+|\b\d+\.\d+ ms"), "TIME"),
    (re.compile(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d"), "MOMENT"),
)


def environment():
    return {
        **os.environ, "PGDATABASE": os.environ["PGDATABASE"] + "_regress",
        "LC_MESSAGES": "C", "PGTZ": "PST8PDT", "PGDATESTYLE": "Postgres, MDY",
        "PGOPTIONS": "-c intervalstyle=postgres_verbose", "PG_ABS_SRCDIR": REGRESS, "PG_ABS_BUILDDIR": REGRESS,
        "PG_LIBDIR": "/usr/lib/postgresql/15/lib", "PG_DLSUFFIX": ".so", "PG_ABS_TESTDIR": REGRESS,
    }


def neutral(line):
    for pattern, replacement in VARYING:
        line = pattern.sub(replacement, line)
    return line


def test(name):
    def run(tell):
        with open(os.path.join(REGRESS, "sql", name + ".sql"), "rb") as file:
            done = subprocess.run(
                ["psql", "-X", "-a", "-q", "-v", "HIDE_TABLEAM=on", "-v", "HIDE_TOAST_COMPRESSION=on"],
                stdin=file, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment(), cwd=REGRESS,
            )
        lines = done.stdout.decode(errors="replace").splitlines()
        same(done.returncode, 0)
        truth(len(lines) > 5, "hardly any output")
        for line in lines:
            tell(neutral(line))

    return run


CLEANING = """
SELECT format('DROP OWNED BY %I CASCADE', rolname) FROM pg_roles WHERE rolname ~ '^regress_' \\gexec
SELECT format('DROP ROLE %I', rolname) FROM pg_roles WHERE rolname ~ '^regress_' \\gexec
SELECT count(*) FROM pg_roles WHERE rolname ~ '^regress_';
"""


def clean(tell):
    """Roles are of the whole cluster: those that the tests leave would disturb the next way's run."""
    done = subprocess.run(["psql", "-XAtq"], input=CLEANING, capture_output=True, text=True, env=environment())
    same(done.stdout.split()[-1], "0")


def names():
    with open(os.path.join(REGRESS, "parallel_schedule")) as schedule:
        for line in schedule:
            if line.startswith("test:"):
                yield from line.split()[1:]


if __name__ == "__main__":
    if not os.path.isdir(REGRESS):
        raise SystemExit("PostgreSQL's tests are missing: compat/fetch-tests")
    for each in names():
        if each not in LEFT_OUT:
            scenario.add(each, test(each), each != "test_setup" and each not in ("boolean", "int4", "text", "numeric", "date", "errors"))
    scenario.add("what the tests leave is taken away", clean)
    version = subprocess.run(["psql", "--version"], capture_output=True, text=True, check=True).stdout
    scenario.main("of PostgreSQL 15, run by psql " + version.split()[2])
