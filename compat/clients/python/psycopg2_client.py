"""psycopg 2, the most used client in Python: simple queries only."""

import io
import select
import threading

import psycopg2
import psycopg2.errorcodes
import psycopg2.errors
import psycopg2.extensions
import psycopg2.extras
import psycopg2.pool
from scenarios import Scenarios, same, truth

scenario = Scenarios()


def connect(**options):
    return psycopg2.connect("", **options)


def fresh(cursor, table, columns):
    cursor.execute(f"DROP TABLE IF EXISTS {table}; CREATE TABLE {table} ({columns})")


@scenario("values of many types come back as sent")
def types(tell):
    import datetime
    import decimal
    import uuid

    psycopg2.extras.register_uuid()
    sent = (
        7, 1 << 60, decimal.Decimal("123456789.000000001"), 1.5, "Grüße, 世界 🐘", True, None,
        b"\x00\x01\xff", datetime.date(1999, 12, 31), datetime.datetime(2020, 2, 29, 23, 59, 59, 999999),
        datetime.timedelta(days=3, seconds=7), [1, 2, 3], ["a", None, 'q"u,ote\\'],
        uuid.UUID("12345678-1234-5678-1234-567812345678"),
    )
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT " + ",".join(["%s"] * len(sent)), sent)
        got = cursor.fetchone()
        same([bytes(v) if isinstance(v, memoryview) else v for v in got], list(sent))
        tell([column.type_code for column in cursor.description])


@scenario("a transaction is committed, another rolled back")
def transaction(tell):
    with connect() as connection, connection.cursor() as cursor:
        fresh(cursor, "p2_tx", "n int")
        connection.commit()
        cursor.execute("INSERT INTO p2_tx VALUES (1), (2)")
        same(cursor.rowcount, 2)
        connection.commit()
        cursor.execute("DELETE FROM p2_tx")
        connection.rollback()
        cursor.execute("SELECT array_agg(n ORDER BY n) FROM p2_tx")
        same(cursor.fetchone(), ([1, 2],))


@scenario("errors carry all their fields, and the session goes on")
def errors(tell):
    with connect() as connection, connection.cursor() as cursor:
        fresh(cursor, "p2_err", "n int CONSTRAINT small CHECK (n < 10)")
        connection.commit()
        for sql in (
            "INSERT INTO p2_err VALUES (11)", "SELECT * FROM nowhere", "SELEC", "SELECT 1/0",
            "SELECT 'x'::int", "SELECT 1; SELECT 1/0; SELECT 2",
        ):
            try:
                cursor.execute(sql)
                truth(False, "no error: " + sql)
            except psycopg2.Error as e:
                diag = e.diag
                tell(e.pgcode, diag.severity, diag.message_primary, diag.message_detail, diag.message_hint,
                     diag.statement_position, diag.constraint_name, diag.table_name, diag.schema_name,
                     diag.source_function)
            same(connection.status, psycopg2.extensions.STATUS_BEGIN)
            try:
                cursor.execute("SELECT 1")
                truth(False, "no error in a failed transaction")
            except psycopg2.errors.InFailedSqlTransaction:
                connection.rollback()
        cursor.execute("SELECT 'alive'")
        same(cursor.fetchone(), ("alive",))


@scenario("savepoints bring a failed transaction back")
def savepoints(tell):
    with connect() as connection, connection.cursor() as cursor:
        fresh(cursor, "p2_save", "n int")
        cursor.execute("INSERT INTO p2_save VALUES (1)")
        cursor.execute("SAVEPOINT a")
        try:
            cursor.execute("SELECT 1/0")
        except psycopg2.errors.DivisionByZero:
            cursor.execute("ROLLBACK TO SAVEPOINT a")
        cursor.execute("INSERT INTO p2_save VALUES (2)")
        connection.commit()
        cursor.execute("SELECT sum(n) FROM p2_save")
        same(cursor.fetchone(), (3,))


@scenario("a named cursor fetches in pieces")
def named_cursor(tell):
    with connect() as connection, connection.cursor("pieces", scrollable=True) as cursor:
        cursor.itersize = 77
        cursor.execute("SELECT generate_series(1, 1000)")
        same([n for (n,) in cursor], list(range(1, 1001)))
        cursor.scroll(10, "absolute")
        same(cursor.fetchone(), (11,))


@scenario("COPY goes in and out")
def copy(tell):
    rows = "".join(f"{n}\ttext {n} \\\\ ü\n" for n in range(30000))
    with connect() as connection, connection.cursor() as cursor:
        fresh(cursor, "p2_copy", "n int, t text")
        cursor.copy_expert("COPY p2_copy FROM STDIN", io.StringIO(rows))
        same(cursor.rowcount, 30000)
        out = io.StringIO()
        cursor.copy_expert("COPY (SELECT * FROM p2_copy ORDER BY n) TO STDOUT", out)
        same(out.getvalue() == rows, True)
        binary = io.BytesIO()
        cursor.copy_expert("COPY p2_copy TO STDOUT (FORMAT binary)", binary)
        binary.seek(0)
        cursor.execute("TRUNCATE p2_copy")
        cursor.copy_expert("COPY p2_copy FROM STDIN (FORMAT binary)", binary)
        cursor.execute("SELECT count(*), sum(n) FROM p2_copy")
        same(cursor.fetchone(), (30000, sum(range(30000))))


@scenario("a COPY that fails leaves the session usable")
def copy_fails(tell):
    with connect() as connection, connection.cursor() as cursor:
        fresh(cursor, "p2_copyfail", "n int")
        connection.commit()
        try:
            cursor.copy_expert("COPY p2_copyfail FROM STDIN", io.StringIO("1\n" * 50000 + "x\n" + "2\n" * 50000))
            truth(False, "no error")
        except psycopg2.errors.InvalidTextRepresentation as e:
            tell(e.diag.message_primary, e.diag.context)
        connection.rollback()

        class Broken(io.StringIO):
            def read(self, size=-1):
                raise RuntimeError("the source broke")

        try:
            cursor.copy_expert("COPY p2_copyfail FROM STDIN", Broken())
            truth(False, "no error")
        except psycopg2.errors.QueryCanceled as e:
            tell(e.pgcode)
        connection.rollback()
        cursor.execute("SELECT count(*) FROM p2_copyfail")
        same(cursor.fetchone(), (0,))


@scenario("large objects are written and read")
def large_objects(tell):
    data = bytes(range(256)) * 4096
    with connect() as connection:
        large = connection.lobject(0, "wb")
        same(large.write(data), len(data))
        large.close()
        again = connection.lobject(large.oid, "rb")
        again.seek(1000)
        same(again.read(16), data[1000:1016])
        again.seek(0)
        same(again.read() == data, True)
        again.unlink()


@scenario("notices arrive in order, also amid rows")
def notices(tell):
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            "DO $$BEGIN FOR i IN 1..20 LOOP RAISE NOTICE 'number %', i; END LOOP; RAISE WARNING 'w' USING HINT = 'h'; END$$"
        )
        cursor.execute("SET LOCAL client_min_messages = debug1; SELECT 1")
        for notice in connection.notices:
            tell(notice.strip())
        same(len(connection.notices) >= 21, True)


@scenario("a statement is cancelled from another thread")
def cancel(tell):
    connection = connect()
    cursor = connection.cursor()
    timer = threading.Timer(0.3, connection.cancel)
    timer.start()
    try:
        cursor.execute("SELECT pg_sleep(30)")
        truth(False, "not cancelled")
    except psycopg2.errors.QueryCanceled as e:
        tell(e.pgcode, e.diag.message_primary)
    timer.join()
    connection.rollback()
    cursor.execute("SELECT 'alive'")
    same(cursor.fetchone(), ("alive",))
    connection.close()


@scenario("two-phase commit over two connections")
def two_phase(tell):
    with connect() as connection, connection.cursor() as cursor:
        fresh(cursor, "p2_xa", "n int")
    first = connect()
    xid = first.xid(42, "global of psycopg2", "branch")
    first.tpc_begin(xid)
    first.cursor().execute("INSERT INTO p2_xa VALUES (1)")
    first.tpc_prepare()
    first.close()
    second = connect()
    truth(any(x.gtrid == xid.gtrid for x in second.tpc_recover()), "the prepared transaction is not listed")
    second.tpc_commit(xid)
    cursor = second.cursor()
    cursor.execute("SELECT n FROM p2_xa")
    same(cursor.fetchall(), [(1,)])
    second.close()


@scenario("isolation level, read only and autocommit of the connection")
def session_characteristics(tell):
    connection = connect()
    connection.set_session(isolation_level="SERIALIZABLE", readonly=True, deferrable=True)
    cursor = connection.cursor()
    for _ in range(5):
        cursor.execute("SHOW transaction_isolation")
        same(cursor.fetchone(), ("serializable",))
        cursor.execute("SHOW transaction_read_only")
        same(cursor.fetchone(), ("on",))
        connection.rollback()
    connection.close()


@scenario("session settings hold over transactions")
def settings(tell):
    connection = connect(options="-c statement_timeout=12345 -c search_path=pg_catalog,public")
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("SET work_mem = '7MB'")
    cursor.execute("SET TimeZone = 'Asia/Tokyo'")
    cursor.execute("SET my.custom = 'mine'")
    for _ in range(20):
        cursor.execute(
            "SELECT current_setting('work_mem'), current_setting('TimeZone'), current_setting('my.custom'),"
            " current_setting('statement_timeout'), current_setting('search_path')"
        )
        same(cursor.fetchone(), ("7MB", "Asia/Tokyo", "mine", "12345ms", "pg_catalog,public"))
    connection.close()


@scenario("a temporary table lives as long as the session")
def temporary(tell):
    connection = connect()
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("CREATE TEMP TABLE mine(n int)")
    for n in range(20):
        cursor.execute("INSERT INTO mine VALUES (%s)", (n,))
    cursor.execute("SELECT count(*), sum(n) FROM mine")
    same(cursor.fetchone(), (20, 190))
    connection.close()


@scenario("notifications reach a listener")
def listen(tell):
    listener = connect()
    listener.autocommit = True
    listener.cursor().execute("LISTEN p2_channel")
    with connect() as sender, sender.cursor() as cursor:
        for n in range(5):
            cursor.execute("SELECT pg_notify('p2_channel', %s)", (f"payload {n}",))
        sender.commit()
    payloads = []
    while len(payloads) < 5:
        truth(select.select([listener], [], [], 10)[0], f"only {payloads} within 10 s")
        listener.poll()
        payloads += [notify.payload for notify in listener.notifies]
        listener.notifies.clear()
    same(payloads, [f"payload {n}" for n in range(5)])
    listener.close()


@scenario("a pool of connections used by many threads")
def pool(tell):
    connections = psycopg2.pool.ThreadedConnectionPool(1, 16, "")
    with connect() as connection, connection.cursor() as cursor:
        fresh(cursor, "p2_pool", "n int")
    failures = []

    def work(number):
        try:
            for n in range(20):
                mine = connections.getconn()
                with mine, mine.cursor() as cursor:
                    cursor.execute("INSERT INTO p2_pool VALUES (%s) RETURNING n", (number * 100 + n,))
                    same(cursor.fetchone(), (number * 100 + n,))
                connections.putconn(mine)
        except Exception as e:
            failures.append(repr(e))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    same(failures, [])
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT n) FROM p2_pool")
        same(cursor.fetchone(), (320, 320))
    connections.closeall()


@scenario("many rows and large values")
def large(tell):
    with connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT n, repeat(chr(65 + n %% 26), %s) FROM generate_series(1, 5000) n", (1000,))
        rows = cursor.fetchall()
        same((len(rows), sum(len(t) for _, t in rows)), (5000, 5000000))
        cursor.execute("SELECT repeat('x', 30000000)")
        same(len(cursor.fetchone()[0]), 30000000)
        text = "y" * 10000000
        cursor.execute("SELECT length(%s)", (text,))
        same(cursor.fetchone(), (10000000,))


@scenario("an asynchronous connection")
def asynchronous(tell):
    connection = psycopg2.connect("", async_=1)

    def wait():
        while True:
            state = connection.poll()
            if state == psycopg2.extensions.POLL_OK:
                return
            if state == psycopg2.extensions.POLL_READ:
                select.select([connection], [], [], 20)
            else:
                select.select([], [connection], [], 20)

    wait()
    cursor = connection.cursor()
    for n in range(30):
        cursor.execute("SELECT %s + pg_sleep(0.001)::text::int" if n < 0 else "SELECT %s", (n,))
        wait()
        same(cursor.fetchone(), (n,))
    connection.close()


@scenario("executemany and execute_values")
def many(tell):
    with connect() as connection, connection.cursor() as cursor:
        fresh(cursor, "p2_many", "n int, t text")
        cursor.executemany("INSERT INTO p2_many VALUES (%s, %s)", [(n, str(n)) for n in range(200)])
        psycopg2.extras.execute_values(cursor, "INSERT INTO p2_many VALUES %s", [(n, "v") for n in range(2000)])
        psycopg2.extras.execute_batch(cursor, "UPDATE p2_many SET t = %s WHERE n = %s", [("b", n) for n in range(100)])
        cursor.execute("SELECT count(*), count(*) FILTER (WHERE t = 'b') FROM p2_many")
        same(cursor.fetchone(), (2200, 200))


@scenario("what the server reports at login")
def login(tell):
    connection = connect(application_name="who am i", client_encoding="LATIN1")
    for name in ("server_version", "server_encoding", "client_encoding", "DateStyle", "IntervalStyle",
                 "integer_datetimes", "standard_conforming_strings", "application_name", "is_superuser",
                 "session_authorization", "TimeZone", "in_hot_standby", "default_transaction_read_only"):
        tell(name, connection.get_parameter_status(name))
    cursor = connection.cursor()
    cursor.execute("SELECT 'ä'")
    same(cursor.fetchone(), ("ä",))
    connection.close()


if __name__ == "__main__":
    scenario.main(psycopg2.__version__.split()[0])
