"""psql: scripts whose whole output is compared, and what its command line does."""

import os
import re
import signal
import subprocess
import time

from scenarios import Scenarios, same, truth

scenario = Scenarios()
SCRIPTS = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "sql")

TITLES = {
    "types": "values of every type, in every format",
    "queries": "joins, CTEs, windows, MERGE, \\gexec, \\gset, \\crosstabview",
    "plpgsql": "functions, triggers, procedures, notices",
    "errors": "errors, savepoints, ON_ERROR_ROLLBACK, AUTOCOMMIT off",
    "cursors": "cursors in transactions, FETCH_COUNT",
    "copying": "COPY and \\copy, also failing",
    "large_results": "large results",
    "wide": "wide rows, long statements, thousands of statements at once",
    "catalog": "\\d of everything",
    "large_objects": "large objects",
    "two_phase": "PREPARE TRANSACTION",
    "roles": "SET LOCAL",
    "session_settings": "SET, RESET, set_config, SET ROLE over transactions",
    "session_prepared": "PREPARE, EXECUTE, DEALLOCATE",
    "session_temporary": "temporary tables, views, sequences",
    "session_locks": "advisory locks of the session",
    "session_cursors": "cursors WITH HOLD",
    "session_sequences": "currval and lastval",
    "session_listen": "LISTEN and NOTIFY",
}
HEAVY = {"large_results"}
# Of the process or the moment, and so never the same twice.
VARYING = (
    (re.compile(r"from server process with PID \d+"), "from server process with PID PID"),
    (re.compile(r"port \d{4,5} failed"), "port PORT failed"),
)


def psql(*arguments, standard_input="", environment=None):
    done = subprocess.run(
        ["psql", "-X", *arguments], input=standard_input, capture_output=True, text=True,
        env={**os.environ, **(environment or {})},
    )
    return done.returncode, done.stdout, done.stderr


def neutral(text):
    for pattern, replacement in VARYING:
        text = pattern.sub(replacement, text)
    return text


def script(name):
    def run(tell):
        done = subprocess.run(
            ["psql", "-X", "-a", "-e", "-f", os.path.join(SCRIPTS, name + ".sql")],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "LANG": "C.UTF-8"}, cwd=SCRIPTS,
        )
        text = neutral(done.stdout.decode())
        same(done.returncode, 0)
        truth(len(text.splitlines()) > 10, "hardly any output: " + text[:200])
        for line in text.splitlines():
            tell(line)

    return run


for each, title in TITLES.items():
    scenario.add(title, script(each), each in HEAVY)


@scenario("exit codes")
def exit_codes(tell):
    same(psql("-c", "SELECT 1")[0], 0)
    same(psql("-c", "SELECT 1/0")[0], 1)
    same(psql("-f", "-", standard_input="SELECT 1/0;\nSELECT 2;\n")[0], 0)
    code, out, err = psql("-v", "ON_ERROR_STOP=1", "-f", "-", standard_input="SELECT 1/0;\nSELECT 2;\n")
    same((code, out), (3, ""))
    tell(err)


@scenario("several -c, --single-transaction, and a failure amid them")
def single_transaction(tell):
    psql("-qc", "DROP TABLE IF EXISTS psql_single", "-c", "CREATE TABLE psql_single(n int)")
    code, out, err = psql(
        "-1", "-v", "ON_ERROR_STOP=1", "-c", "INSERT INTO psql_single VALUES (1)", "-c", "SELECT 1/0"
    )
    tell(code, out, err)
    same(psql("-Atc", "SELECT count(*) FROM psql_single")[1], "0\n")
    psql("-1", "-c", "INSERT INTO psql_single VALUES (1)", "-c", "INSERT INTO psql_single VALUES (2)")
    same(psql("-Atc", "SELECT count(*) FROM psql_single")[1], "2\n")


@scenario("statements in one -c are one transaction")
def implicit_transaction(tell):
    psql("-qc", "DROP TABLE IF EXISTS psql_implicit", "-c", "CREATE TABLE psql_implicit(n int)")
    tell(*psql("-c", "INSERT INTO psql_implicit VALUES (1); SELECT 1/0"))
    same(psql("-Atc", "SELECT count(*) FROM psql_implicit")[1], "0\n")
    tell(*psql("-c", "INSERT INTO psql_implicit VALUES (1); COMMIT; INSERT INTO psql_implicit VALUES (2); SELECT 1/0"))
    same(psql("-Atc", "SELECT count(*) FROM psql_implicit")[1], "1\n")


@scenario("Ctrl-C cancels the statement, not the session")
def interrupt(tell):
    process = subprocess.Popen(
        ["psql", "-XAt"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )
    process.stdin.write("SELECT 'first';\n")
    process.stdin.flush()
    same(process.stdout.readline(), "first\n")
    process.stdin.write("SELECT pg_sleep(30);\nSELECT 'second';\n")
    process.stdin.flush()
    time.sleep(0.7)
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    truth(time.monotonic() - started < 10, "the statement went on")
    tell(out, err)
    truth("canceling statement due to user request" in err, err)


@scenario("\\c connects anew, also to an unknown database")
def reconnect(tell):
    code, out, err = psql(
        "-At", standard_input="SELECT 1;\n\\c\nSELECT 2;\n\\c -\nSELECT 3;\n\\c postgres_nowhere\nSELECT 4;\n"
    )
    same(out.split()[0:1], ["1"])
    truth("3" in out, out)
    same(code, 2)


@scenario("PGOPTIONS set parameters at login")
def options(tell):
    environment = {"PGOPTIONS": "-c work_mem=3MB -c search_path=a,b --statement-timeout=1234ms -c DateStyle=German"}
    code, out, err = psql(
        "-At", environment=environment,
        standard_input="SHOW work_mem;\nSHOW search_path;\nSHOW statement_timeout;\nSELECT date '2024-12-31';\n",
    )
    same((code, out.split("\n"), err), (0, ["3MB", "a,b", "1234ms", "31.12.2024", ""], ""))
    code, out, err = psql("-Atc", "SELECT 1", environment={"PGOPTIONS": "-c no_such_parameter=1"})
    same((code, out), (2, ""))
    tell(neutral(err))


@scenario("\\watch repeats, -L logs, -o writes")
def watch(tell):
    code, out, err = psql("-At", standard_input="SELECT 1/(3 - nextval('psql_watch'));\n")
    psql("-qc", "DROP SEQUENCE IF EXISTS psql_watch", "-c", "CREATE SEQUENCE psql_watch")
    code, out, err = psql("-At", standard_input="SELECT 10/(3 - nextval('psql_watch')) \\watch 0.05\n")
    tell([line for line in out.splitlines() if line and not line.endswith("(every 0.05s)")], err)


if __name__ == "__main__":
    try:
        version = subprocess.run(["psql", "--version"], capture_output=True, text=True, check=True).stdout
    except FileNotFoundError:
        raise SystemExit("psql is missing: apt-get install postgresql-client") from None
    scenario.main(version.split()[2])
