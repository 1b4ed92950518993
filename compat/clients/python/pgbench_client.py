"""pgbench: every protocol, many clients, connections that come and go; the balances must agree."""

import os
import re
import subprocess
import tempfile

from scenarios import Scenarios, same, truth

scenario = Scenarios()
BALANCES = """
SELECT (SELECT sum(abalance) FROM pgbench_accounts), (SELECT sum(bbalance) FROM pgbench_branches),
  (SELECT sum(tbalance) FROM pgbench_tellers), (SELECT sum(delta) FROM pgbench_history)
"""


def psql(sql):
    done = subprocess.run(["psql", "-XAtc", sql], capture_output=True, text=True)
    same((done.returncode, done.stderr), (0, ""))
    return done.stdout.strip()


def pgbench(*arguments, transactions):
    """Runs it to its end, which must have done exactly so many transactions."""
    done = subprocess.run(["pgbench", "-n", *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    problems = [line for line in done.stderr.splitlines() if "error" in line.lower() or "abort" in line.lower()]
    same((done.returncode, problems), (0, []))
    processed = re.search(r"actually processed: (\d+)", done.stdout)
    failed = re.search(r"failed transactions: (\d+)", done.stdout)
    same(int(processed[1]), transactions)
    same(failed[1] if failed else "0", "0")


def balances_agree():
    sums = psql(BALANCES).split("|")
    same(len(set(sums)), 1)


def script(text):
    file = tempfile.NamedTemporaryFile("w", suffix=".pgbench")
    file.write(text)
    file.flush()
    return file


@scenario("initialised with COPY, vacuum and keys")
def initialise(tell):
    done = subprocess.run(["pgbench", "-i", "-q", "-s", "1", "--foreign-keys"], capture_output=True, text=True)
    same(done.returncode, 0)
    same(psql("SELECT count(*), max(aid) FROM pgbench_accounts"), "100000|100000")
    same(psql("SELECT count(*) FROM pg_constraint WHERE conrelid::regclass::text LIKE 'pgbench%'"), "8")
    done = subprocess.run(["pgbench", "-i", "-q", "-s", "1", "-I", "dtGvp"], capture_output=True, text=True)
    same(done.returncode, 0)
    same(psql("SELECT count(*), max(aid) FROM pgbench_accounts"), "100000|100000")


def tpcb(protocol):
    def run(tell):
        psql("TRUNCATE pgbench_history; UPDATE pgbench_accounts SET abalance = 0 WHERE abalance <> 0;"
             " UPDATE pgbench_branches SET bbalance = 0; UPDATE pgbench_tellers SET tbalance = 0")
        # A thread for each client: pgbench waits for PREPARE, and with it all the thread's clients,
        # of whose transactions it would be waiting for the server connections.
        pgbench("-M", protocol, "-c", "10", "-j", "10", "-t", "50", transactions=500)
        balances_agree()
        same(psql("SELECT count(*) FROM pgbench_history"), "500")

    return run


for each in ("simple", "extended", "prepared"):
    scenario.add(f"TPC-B, {each} protocol, 10 clients", tpcb(each))


@scenario("-C: a connection for each transaction")
def connect_each(tell):
    for protocol in ("simple", "prepared"):
        pgbench("-S", "-M", protocol, "-C", "-c", "8", "-t", "20", transactions=160)


@scenario("1000 clients", heavy=True)
def thousand(tell):
    for protocol in ("simple", "extended", "prepared"):
        pgbench("-S", "-M", protocol, "-c", "1000", "-j", "2", "-t", "3", transactions=3000)


@scenario("more clients than server connections wait their turn")
def queue(tell):
    second = os.environ["PGDATABASE"] + "_copy"
    with script("SELECT 1;\nSELECT 2;\n") as file:
        for protocol in ("simple", "extended"):
            pgbench("-M", protocol, "-f", file.name, "-c", "100", "-t", "5", second, transactions=500)


@scenario("200 clients, select only")
def two_hundred(tell):
    pgbench("-S", "-M", "prepared", "-c", "200", "-t", "10", transactions=2000)


def pipeline(protocol):
    def run(tell):
        text = (
            "\\set a random(1, 100000)\n\\startpipeline\nBEGIN;\nSELECT abalance FROM pgbench_accounts WHERE aid = :a;\n"
            "SELECT count(*) FROM pgbench_branches;\nEND;\n\\endpipeline\n"
            "\\startpipeline\nSELECT 1;\nSELECT :a;\n\\endpipeline\n"
        )
        with script(text) as file:
            pgbench("-M", protocol, "-f", file.name, "-c", "10", "-t", "40", transactions=400)

    return run


for each in ("extended", "prepared"):
    scenario.add(f"pipelines, {each} protocol", pipeline(each))


@scenario("variables from results, several results at once")
def results(tell):
    text = (
        "BEGIN;\nSELECT :client_id AS c, 7 AS n \\gset\n"
        "SELECT 1/(CASE WHEN :c = :client_id AND :n = 7 THEN 1 ELSE 0 END);\nEND;\n"
        "SELECT 1 AS one \\; SELECT 2 AS two \\aset p_\nSELECT 1/(:p_two - :p_one);\n"
    )
    with script(text) as file:
        pgbench("-f", file.name, "-c", "10", "-t", "30", transactions=300)


@scenario("serialization failures are retried")
def retries(tell):
    text = (
        "\\set d random(-9, 9)\nBEGIN ISOLATION LEVEL SERIALIZABLE;\n"
        "UPDATE pgbench_branches SET bbalance = bbalance + :d;\n"
        "UPDATE pgbench_tellers SET tbalance = tbalance + :d WHERE tid = 1;\nEND;\n"
    )
    psql("UPDATE pgbench_branches SET bbalance = 0")
    psql("UPDATE pgbench_tellers SET tbalance = 0")
    with script(text) as file:
        pgbench("-f", file.name, "-c", "5", "-t", "20", "--max-tries", "1000", transactions=100)
    same(psql("SELECT (SELECT sum(bbalance) FROM pgbench_branches) = (SELECT sum(tbalance) FROM pgbench_tellers)"), "t")


@scenario("a client that fails does not disturb the others")
def failing(tell):
    text = "SELECT 1/(CASE WHEN :client_id = 3 THEN 0 ELSE 1 END);\n"
    with script(text) as file:
        done = subprocess.run(["pgbench", "-n", "-f", file.name, "-c", "6", "-t", "10"], capture_output=True, text=True)
    truth("division by zero" in done.stderr, done.stderr)
    same(done.returncode, 2)
    truth("actually processed: 50/60" in done.stdout, done.stdout)


if __name__ == "__main__":
    os.environ["PATH"] += "".join(":" + p for p in subprocess.run(
        "ls -d /usr/lib/postgresql/*/bin", shell=True, capture_output=True, text=True).stdout.split())
    try:
        version = subprocess.run(["pgbench", "--version"], capture_output=True, text=True, check=True).stdout
    except FileNotFoundError:
        raise SystemExit("pgbench is missing: apt-get install postgresql") from None
    scenario.main(version.split()[2])
