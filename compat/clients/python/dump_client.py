"""pg_dump, pg_restore: what comes out and what arrives equals the database."""

import os
import subprocess
import tempfile

from scenarios import Scenarios, same, truth

scenario = Scenarios()
SQL = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "sql", "dumped.sql")
FILLED = []


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, **options)
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f"{command[0]} ended with {done.returncode}: {done.stderr.decode()[-600:]}")
    return done.stdout


def copy_database():
    return os.environ["PGDATABASE"] + "_copy"


def filled():
    """The source, once for each run of the driver, and an empty database to restore into."""
    if not FILLED:
        run("psql", "-Xq", "-o", "/dev/null", "-v", "ON_ERROR_STOP=1", "-f", SQL,
            env={**os.environ, "PGOPTIONS": "-c client_min_messages=error"})
        FILLED.append(True)
    run("psql", "-Xq", "-o", "/dev/null", "-d", copy_database(), "-c", "DROP SCHEMA IF EXISTS dumped CASCADE", "-c",
        "SELECT lo_unlink(oid) FROM pg_largeobject_metadata",
        env={**os.environ, "PGOPTIONS": "-c client_min_messages=error"})


def plain(database=None):
    """The dump as text, without what names the connection."""
    arguments = ["-d", database] if database else []
    text = run("pg_dump", "-n", "dumped", "-b", *arguments).decode()
    lines = [line for line in text.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))]
    truth(len(lines) > 20000, f"only {len(lines)} lines")
    return lines


@scenario("pg_dump writes what it writes direct")
def dump(tell):
    filled()
    for line in plain():
        tell(line)


@scenario("pg_dump | pg_restore, custom format")
def custom(tell):
    filled()
    archive = run("pg_dump", "-Fc", "-n", "dumped", "-b")
    run("pg_restore", "--exit-on-error", "-d", copy_database(), input=archive)
    same(plain(copy_database()) == plain(), True)


@scenario("pg_restore in a single transaction, with clean")
def single(tell):
    filled()
    archive = run("pg_dump", "-Fc", "-n", "dumped", "-b")
    run("pg_restore", "-1", "-d", copy_database(), input=archive)
    run("pg_restore", "-1", "--clean", "--if-exists", "-d", copy_database(), input=archive)
    same(plain(copy_database()) == plain(), True)


@scenario("parallel dump and restore, directory format")
def parallel(tell):
    filled()
    with tempfile.TemporaryDirectory() as directory:
        archive = os.path.join(directory, "archive")
        run("pg_dump", "-Fd", "-j", "2", "-n", "dumped", "-b", "-f", archive)
        run("pg_restore", "-j", "2", "--exit-on-error", "-d", copy_database(), archive)
    same(plain(copy_database()) == plain(), True)


@scenario("a plain dump, as INSERTs, restored with psql")
def inserts(tell):
    filled()
    text = run("pg_dump", "--inserts", "--rows-per-insert=100", "-n", "dumped", "-b")
    run("psql", "-Xq", "-o", "/dev/null", "-v", "ON_ERROR_STOP=1", "-d", copy_database(), input=text)
    same(plain(copy_database()) == plain(), True)


@scenario("vacuumdb, reindexdb, clusterdb")
def maintenance(tell):
    filled()
    for command in (["vacuumdb", "-q", "-z", "-j", "2", "-t", "dumped.base", "-t", "dumped.part_a"],
                    ["reindexdb", "-q", "-S", "dumped"], ["clusterdb", "-q", "-t", "dumped.base"]):
        run(*command)
    run("pg_isready", "-q")


if __name__ == "__main__":
    try:
        version = subprocess.run(["pg_dump", "--version"], capture_output=True, text=True, check=True).stdout
    except FileNotFoundError:
        raise SystemExit("pg_dump is missing: apt-get install postgresql-client") from None
    scenario.main(version.split()[2])
