"""The clients under test."""

import os

from rig.processes import BenchError
from suite.drivers import Client

HERE = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "clients")
PYTHON = "/usr/bin/python3"


def python(name, **options):
    return (PYTHON, "-B", os.path.join(HERE, "python", name))


def java(argument):
    return (os.path.join(HERE, "java", "jdbc"), argument)


def node(name):
    return ("node", os.path.join(HERE, "node", name))


ALL = [
    Client("psql", python("psql_client.py")),
    Client("pgbench", python("pgbench_client.py"), limit=120),
    Client("pg_dump", python("dump_client.py")),
    Client("psycopg2", python("psycopg2_client.py")),
    Client("psycopg", python("psycopg_client.py")),
    Client("asyncpg", python("asyncpg_client.py")),
    Client("regression tests", python("regress_client.py"), limit=120,
           ways=("session",)),
    Client("pgjdbc", java("5"), limit=90),
    Client("pgjdbc, always by name", java("-1"), limit=90),
    Client("HikariCP", java("hikari"), limit=90),
    Client("libpq", (os.path.join(HERE, "c", "libpq"),)),
    Client("node pg", node("pg_client.js")),
    Client("node postgres", node("postgres_client.js")),
]


def chosen(names):
    if not names:
        return ALL
    unknown = set(names) - {client.name for client in ALL}
    if unknown:
        known = ", ".join(client.name for client in ALL)
        raise BenchError(f"no such client: {', '.join(sorted(unknown))} (there are {known})")
    return [client for client in ALL if client.name in names]
