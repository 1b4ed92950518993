"""psycopg 3: the extended protocol, pipelines, prepared statements, COPY as a stream."""

import asyncio
import threading

import psycopg
from psycopg import errors, sql
from psycopg.rows import dict_row
from scenarios import Scenarios, same, truth

scenario = Scenarios()


def connect(**options):
    return psycopg.connect("", **options)


def fresh(connection, table, columns):
    connection.execute(f"DROP TABLE IF EXISTS {table}")
    connection.execute(f"CREATE TABLE {table} ({columns})")
    connection.commit() if not connection.autocommit else None


@scenario("values of many types, text and binary")
def types(tell):
    import datetime
    import decimal
    import uuid

    sent = (
        7, 1 << 60, decimal.Decimal("123456789.000000001"), 1.5, "Grüße, 世界 🐘", True, b"\x00\x01\xff",
        datetime.date(1999, 12, 31), datetime.timedelta(days=3, seconds=7), [1, 2, 3], [4.5, None, 6.5],
        uuid.UUID("12345678-1234-5678-1234-567812345678"),
    )
    with connect() as connection:
        for binary in (False, True):
            cursor = connection.cursor(binary=binary)
            mark = "%b" if binary else "%t"
            row = cursor.execute("SELECT " + ",".join([mark] * len(sent)), sent).fetchone()
            same(list(row), list(sent))
            tell([(c.name, c.type_code) for c in cursor.description])


@scenario("statements prepared by the driver, and more of them than it keeps")
def prepared(tell):
    with connect(autocommit=True, prepare_threshold=2) as connection:
        connection.prepared_max = 5
        for turn in range(8):
            for n in range(12):
                same(connection.execute(f"SELECT %s::int + {n}", (turn,)).fetchone(), (turn + n,))
        same(len(connection._prepared._names) <= 5, True)


@scenario("a prepared statement after its table has changed")
def changed(tell):
    with connect(autocommit=True, prepare_threshold=0) as connection:
        fresh(connection, "p3_changed", "a int")
        connection.execute("INSERT INTO p3_changed VALUES (1)")
        for _ in range(3):
            same(connection.execute("SELECT * FROM p3_changed").fetchone(), (1,))
        connection.execute("ALTER TABLE p3_changed ADD COLUMN b int DEFAULT 2")
        try:
            # In transaction mode another server connection may have prepared it only now.
            same(connection.execute("SELECT * FROM p3_changed").fetchone(), (1, 2))
        except errors.FeatureNotSupported as e:
            same(e.diag.message_primary, "cached plan must not change result type")
        connection.execute("DEALLOCATE ALL")


@scenario("pipeline mode")
def pipeline(tell):
    with connect(autocommit=True) as connection:
        fresh(connection, "p3_pipe", "n int PRIMARY KEY")
        with connection.pipeline():
            cursors = [connection.execute("SELECT %s::int", (n,)) for n in range(300)]
            same([c.fetchone()[0] for c in cursors], list(range(300)))
            cursor = connection.cursor()
            cursor.executemany("INSERT INTO p3_pipe VALUES (%s)", [(n,) for n in range(500)])
        same(connection.execute("SELECT count(*) FROM p3_pipe").fetchone(), (500,))


@scenario("an error in a pipeline aborts up to its end only")
def pipeline_error(tell):
    with connect(autocommit=True) as connection:
        try:
            with connection.pipeline() as pipe:
                first = connection.execute("SELECT 1")
                connection.execute("SELECT 1/0")
                connection.execute("SELECT 3")
                pipe.sync()
                truth(False, "no error")
        except errors.DivisionByZero as e:
            tell(e.diag.message_primary)
        with connection.pipeline():
            same(connection.execute("SELECT 'alive'").fetchone(), ("alive",))


@scenario("nested transaction blocks")
def nested(tell):
    with connect() as connection:
        fresh(connection, "p3_nested", "n int")
        with connection.transaction():
            connection.execute("INSERT INTO p3_nested VALUES (1)")
            try:
                with connection.transaction():
                    connection.execute("INSERT INTO p3_nested VALUES (2)")
                    connection.execute("SELECT 1/0")
            except errors.DivisionByZero:
                pass
            with connection.transaction():
                connection.execute("INSERT INTO p3_nested VALUES (3)")
        same(connection.execute("SELECT array_agg(n ORDER BY n) FROM p3_nested").fetchone(), ([1, 3],))


@scenario("a server-side cursor")
def server_cursor(tell):
    with connect() as connection:
        with connection.cursor("named", scrollable=True) as cursor:
            cursor.itersize = 33
            cursor.execute("SELECT generate_series(1, %s)", (500,))
            same([n for (n,) in cursor], list(range(1, 501)))
            cursor.scroll(7, "absolute")
            same(cursor.fetchmany(2), [(8,), (9,)])


@scenario("rows streamed one by one")
def stream(tell):
    with connect() as connection:
        rows = connection.cursor().stream("SELECT n, repeat('x', 100) FROM generate_series(1, %s) n", (20000,))
        same(sum(n for n, _ in rows), 200010000)
        try:
            for _ in connection.cursor().stream("SELECT 1/(1000 - n) FROM generate_series(1, 2000) n"):
                pass
            truth(False, "no error")
        except errors.DivisionByZero:
            connection.rollback()


@scenario("COPY, text and binary, in and out")
def copy(tell):
    with connect() as connection, connection.cursor() as cursor:
        fresh(connection, "p3_copy", "n int, t text")
        with cursor.copy("COPY p3_copy FROM STDIN") as c:
            for n in range(20000):
                c.write_row((n, f"text\t{n}"))
        with cursor.copy("COPY p3_copy FROM STDIN (FORMAT binary)") as c:
            c.set_types(["int4", "text"])
            for n in range(20000):
                c.write_row((n, "binary"))
        with cursor.copy("COPY (SELECT * FROM p3_copy ORDER BY n, t) TO STDOUT (FORMAT binary)") as c:
            c.set_types(["int4", "text"])
            rows = list(c.rows())
        same((len(rows), rows[1]), (40000, (0, "text\t0")))


@scenario("a COPY given up by the client")
def copy_given_up(tell):
    with connect() as connection, connection.cursor() as cursor:
        fresh(connection, "p3_copyfail", "n int")
        try:
            with cursor.copy("COPY p3_copyfail FROM STDIN") as c:
                c.write("1\n")
                raise KeyError("given up")
            truth(False, "no error")
        except errors.QueryCanceled as e:
            tell(e.diag.message_primary)
            connection.rollback()
        same(cursor.execute("SELECT count(*) FROM p3_copyfail").fetchone(), (0,))
        with cursor.copy("COPY (SELECT generate_series(1, 1000000)) TO STDOUT") as c:
            same(sum(1 for _ in c), 1000000)
        same(cursor.execute("SELECT 'alive'").fetchone(), ("alive",))


@scenario("a statement is cancelled")
def cancel(tell):
    with connect(autocommit=True) as connection:
        timer = threading.Timer(0.3, connection.cancel)
        timer.start()
        try:
            connection.execute("SELECT pg_sleep(30)")
            truth(False, "not cancelled")
        except errors.QueryCanceled as e:
            tell(e.diag.message_primary)
        same(connection.execute("SELECT 'alive'").fetchone(), ("alive",))


@scenario("two-phase commit")
def two_phase(tell):
    with connect() as connection:
        fresh(connection, "p3_xa", "n int")
        xid = connection.xid(1, "global of psycopg", "branch")
    first = connect()
    first.tpc_begin(xid)
    first.execute("INSERT INTO p3_xa VALUES (1)")
    first.tpc_prepare()
    first.close()
    with connect() as second:
        second.tpc_commit(xid)
        same(second.execute("SELECT n FROM p3_xa").fetchall(), [(1,)])


@scenario("notifications")
def notifications(tell):
    with connect(autocommit=True) as listener, connect(autocommit=True) as sender:
        listener.execute("LISTEN p3_channel")
        for n in range(3):
            sender.execute("SELECT pg_notify('p3_channel', %s)", (str(n),))
        sender.execute("NOTIFY p3_channel, 'last'")
        timer = threading.Timer(15, listener.close)
        timer.start()
        got = []
        for notify in listener.notifies():
            got.append(notify.payload)
            if notify.payload == "last":
                break
        timer.cancel()
        same(got, ["0", "1", "2", "last"])


@scenario("settings, temporary tables and advisory locks of the session")
def session(tell):
    with connect(autocommit=True) as connection:
        connection.execute("SET work_mem = '7MB'")
        connection.execute("SELECT set_config('my.own', 'mine', false)")
        connection.execute("CREATE TEMP TABLE mine(n int)")
        connection.execute("SELECT pg_advisory_lock(99887)")
        for n in range(15):
            connection.execute("INSERT INTO mine VALUES (%s)", (n,))
        same(connection.execute("SELECT count(*), current_setting('work_mem'), current_setting('my.own') FROM mine").fetchone(),
             (15, "7MB", "mine"))
        same(connection.execute("SELECT pg_advisory_unlock(99887)").fetchone(), (True,))


@scenario("errors with all their fields; notices")
def diagnostics(tell):
    with connect(autocommit=True) as connection:
        notices = []
        connection.add_notice_handler(lambda d: notices.append((d.severity, d.message_primary, d.message_hint)))
        connection.execute("DO $$BEGIN RAISE NOTICE 'n'; RAISE WARNING 'w' USING HINT = 'h'; END$$")
        tell(notices)
        same(len(notices), 2)
        for statement in ("SELECT * FROM nowhere", "SELECT 1/0", "SELEC", "SELECT %s::int"):
            try:
                connection.execute(statement, ("x",) if "%s" in statement else None)
                truth(False, "no error")
            except psycopg.Error as e:
                d = e.diag
                tell(d.sqlstate, d.severity, d.message_primary, d.message_detail, d.statement_position, d.source_function)


@scenario("asynchronous connections, many at once")
async def asynchronous(tell):
    async def work(number):
        async with await psycopg.AsyncConnection.connect("", autocommit=True) as connection:
            for n in range(10):
                cursor = await connection.execute("SELECT %s::int * %s", (number, n))
                same(await cursor.fetchone(), (number * n,))
        return number

    same(await asyncio.gather(*(work(n) for n in range(20))), list(range(20)))


@scenario("executemany with RETURNING, dictionaries, composed SQL")
def many(tell):
    with connect(row_factory=dict_row) as connection, connection.cursor() as cursor:
        connection.execute("DROP TABLE IF EXISTS p3_many")
        connection.execute("CREATE TABLE p3_many(id serial, v text)")
        cursor.executemany("INSERT INTO p3_many(v) VALUES (%s) RETURNING id, v", [(f"v{n}",) for n in range(50)], returning=True)
        got = [cursor.fetchone()]
        while cursor.nextset():
            got.append(cursor.fetchone())
        same((len(got), got[49]), (50, {"id": 50, "v": "v49"}))
        query = sql.SQL("SELECT {} FROM {} WHERE id = %s").format(sql.Identifier("v"), sql.Identifier("p3_many"))
        same(cursor.execute(query, (7,)).fetchone(), {"v": "v6"})


if __name__ == "__main__":
    scenario.main(psycopg.__version__)
