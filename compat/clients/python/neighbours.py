"""Busy and rude clients beside the one under test, each with settings and statements of its own."""

import contextlib
import threading
import time

import psycopg2

NEIGHBOURS = 4


def live(number):
    connection = psycopg2.connect(
        "", application_name=f"neighbour {number}", options=f"-c search_path=neighbour_{number}"
    )
    connection.autocommit = True
    cursor = connection.cursor()
    while True:
        cursor.execute("SHOW search_path")
        if cursor.fetchone() != (f"neighbour_{number}",):
            raise SystemExit("a neighbour's search_path was changed")
        cursor.execute(f"SET TimeZone = 'Etc/GMT+{number + 1}'")
        cursor.execute("SET DateStyle = 'SQL, DMY'")
        cursor.execute("SET statement_timeout = '29s'")
        cursor.execute("SET work_mem = '1234kB'")
        cursor.execute(f"PREPARE s AS SELECT 'neighbour {number}'")
        cursor.execute("BEGIN; SET LOCAL lock_timeout = '7s'; SELECT pg_sleep(0.004); COMMIT")
        with contextlib.suppress(psycopg2.errors.InvalidSqlStatementName):
            cursor.execute("DEALLOCATE s")


if __name__ == "__main__":
    for each in range(NEIGHBOURS):
        threading.Thread(target=live, args=(each,), daemon=True).start()
    while threading.active_count() > NEIGHBOURS:
        time.sleep(0.1)
    raise SystemExit("a neighbour has ended")
