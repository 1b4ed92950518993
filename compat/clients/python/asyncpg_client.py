"""asyncpg: binary, named prepared statements for everything, a pool that resets its connections."""

import asyncio
import datetime
import decimal
import io
import uuid

import asyncpg
from scenarios import Scenarios, same, truth

scenario = Scenarios()


async def connect(**options):
    return await asyncpg.connect(**options)


@scenario("values of many types")
async def types(tell):
    c = await connect()
    sent = [
        (7, "int4"), (1 << 60, "int8"), (decimal.Decimal("1234.0000005"), "numeric"), (1.5, "float8"), ("Grüße 世界", "text"),
        (True, "bool"), (b"\x00\xff", "bytea"), (datetime.date(1999, 12, 31), "date"), (datetime.timedelta(days=3), "interval"),
        ([1, None, 3], "int4[]"), (uuid.UUID(int=5), "uuid"), (asyncpg.Range(1, 5), "int4range"), ('{"a": 1}', "json"), (None, "text"),
        (asyncpg.Point(1, 2), "point"),
    ]
    for value, kind in sent:
        same(await c.fetchval(f"SELECT $1::{kind}", value), value)
    await c.close()


@scenario("composite, enum and domain types are introspected")
async def introspection(tell):
    c = await connect()
    await c.execute("DROP SCHEMA IF EXISTS ap CASCADE; CREATE SCHEMA ap; CREATE TYPE ap.mood AS ENUM ('sad', 'ok');"
                    "CREATE TYPE ap.pair AS (a int, m ap.mood); CREATE DOMAIN ap.pos AS int CHECK (VALUE > 0)")
    row = await c.fetchrow("SELECT (1, 'ok')::ap.pair AS p, ARRAY['sad']::ap.mood[] AS m, 5::ap.pos AS d")
    same((tuple(row["p"]), row["m"], row["d"]), ((1, "ok"), ["sad"], 5))
    await c.set_type_codec("mood", schema="ap", encoder=lambda v: v.lower(), decoder=lambda v: v.upper(), format="text")
    same(await c.fetchval("SELECT $1::ap.mood", "SAD"), "SAD")
    try:
        await c.fetchval("SELECT $1::ap.pos", -1)
        truth(False, "no error")
    except asyncpg.CheckViolationError as e:
        tell(e.sqlstate, e.message)
    await c.close()


@scenario("more statements than the cache keeps")
async def cache(tell):
    c = await connect(statement_cache_size=10)
    for turn in range(4):
        for n in range(25):
            same(await c.fetchval(f"SELECT $1::int + {n}", turn), turn + n)
    await c.close()


@scenario("statements prepared by hand")
async def prepared(tell):
    c = await connect()
    s = await c.prepare("SELECT $1::int AS n, $2::text AS t")
    tell([(a.name, a.kind) for a in s.get_parameters()], [(a.name, a.type.name) for a in s.get_attributes()])
    for n in range(20):
        same(tuple(await s.fetchrow(n, "x")), (n, "x"))
    tell(await s.explain(1, "x") is not None)
    await c.close()


@scenario("transactions, nested")
async def transactions(tell):
    c = await connect()
    await c.execute("DROP TABLE IF EXISTS ap_tx; CREATE TABLE ap_tx(n int)")
    async with c.transaction(isolation="serializable"):
        await c.execute("INSERT INTO ap_tx VALUES (1)")
        try:
            async with c.transaction():
                await c.execute("INSERT INTO ap_tx VALUES (2)")
                await c.fetch("SELECT 1/0")
        except asyncpg.DivisionByZeroError:
            pass
        same(await c.fetchval("SHOW transaction_isolation"), "serializable")
    same([r["n"] for r in await c.fetch("SELECT n FROM ap_tx")], [1])
    await c.close()


@scenario("a cursor with prefetch")
async def cursor(tell):
    c = await connect()
    async with c.transaction():
        same([r[0] async for r in c.cursor("SELECT generate_series(1, $1::int)", 500, prefetch=37)], list(range(1, 501)))
        cur = await c.cursor("SELECT generate_series(1, 100)")
        await cur.forward(10)
        same([r[0] for r in await cur.fetch(3)], [11, 12, 13])
    await c.close()


@scenario("binary COPY in and out")
async def copy(tell):
    c = await connect()
    await c.execute("DROP TABLE IF EXISTS ap_copy; CREATE TABLE ap_copy(n int, t text)")
    status = await c.copy_records_to_table("ap_copy", records=[(n, f"t{n}") for n in range(30000)])
    same(status, "COPY 30000")
    out = io.BytesIO()
    await c.copy_from_query("SELECT * FROM ap_copy WHERE n < $1 ORDER BY n", 20000, output=out, format="csv")
    same(out.getvalue().count(b"\n"), 20000)
    out.seek(0)
    same(await c.copy_to_table("ap_copy", source=out, format="csv"), "COPY 20000")
    try:
        await c.copy_to_table("ap_copy", source=io.BytesIO(b"x,y\n"), format="csv")
        truth(False, "no error")
    except asyncpg.InvalidTextRepresentationError as e:
        tell(e.message)
    same(await c.fetchval("SELECT count(*) FROM ap_copy"), 50000)
    await c.close()


@scenario("executemany, and one that fails half way")
async def many(tell):
    c = await connect()
    await c.execute("DROP TABLE IF EXISTS ap_many; CREATE TABLE ap_many(n int PRIMARY KEY)")
    await c.executemany("INSERT INTO ap_many VALUES ($1)", [(n,) for n in range(3000)])
    try:
        await c.executemany("INSERT INTO ap_many VALUES ($1)", [(n,) for n in range(5000, 2500, -1)])
        truth(False, "no error")
    except asyncpg.UniqueViolationError as e:
        tell(e.message, e.detail)
    same(await c.fetchval("SELECT count(*) FROM ap_many"), 3000)
    await c.close()


@scenario("a time-out cancels the statement on the server")
async def timeout(tell):
    c = await connect()
    try:
        await c.fetch("SELECT pg_sleep(30) /* ap_timeout */", timeout=0.3)
        truth(False, "no time-out")
    except asyncio.TimeoutError:
        pass
    same(await c.fetchval("SELECT 'alive'"), "alive")
    same(await c.fetchval("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%/* ap_time' || 'out */' AND state = 'active'"), 0)
    await c.close()


@scenario("listeners")
async def listeners(tell):
    c, sender = await connect(), await connect()
    got = asyncio.Queue()
    await c.add_listener("ap_channel", lambda _c, _pid, _channel, payload: got.put_nowait(payload))
    for n in range(5):
        await sender.execute("SELECT pg_notify('ap_channel', $1)", str(n))
    same([await asyncio.wait_for(got.get(), 10) for _ in range(5)], [str(n) for n in range(5)])
    await c.close()
    await sender.close()


@scenario("a pool, many tasks, each connection reset when given back")
async def pool(tell):
    async with asyncpg.create_pool(min_size=2, max_size=10) as p:
        async def work(n):
            async with p.acquire() as c:
                await c.execute("SET work_mem = '9MB'")
                same(await c.fetchval("SHOW work_mem"), "9MB")
                return await c.fetchval("SELECT $1::int", n)

        same(await asyncio.gather(*(work(n) for n in range(100))), list(range(100)))
        truth(await p.fetchval("SHOW work_mem") != "9MB", "a setting was left on the connection")


@scenario("server settings of the connection, temporary tables, advisory locks")
async def session(tell):
    c = await connect(server_settings={"search_path": "pg_catalog", "jit": "off", "application_name": "mine"})
    await c.execute("CREATE TEMP TABLE mine(n int)")
    await c.fetch("SELECT pg_advisory_lock(99886)")
    for n in range(15):
        await c.execute("INSERT INTO mine VALUES ($1)", n)
    row = await c.fetchrow("SELECT count(*), current_setting('search_path'), current_setting('jit') FROM mine")
    same(tuple(row), (15, "pg_catalog", "off"))
    same(await c.fetchval("SELECT pg_advisory_unlock(99886)"), True)
    await c.close()


@scenario("errors leave the connection usable")
async def errors(tell):
    c = await connect()
    for statement, arguments in (("SELECT 1/0", ()), ("SELEC", ()), ("SELECT * FROM nowhere", ()), ("SELECT $1::int / 0", (1,))):
        try:
            await c.fetch(statement, *arguments)
            truth(False, "no error")
        except asyncpg.PostgresError as e:
            tell(e.sqlstate, e.message, e.position, e.server_source_function)
        same(await c.fetchval("SELECT 'alive'"), "alive")
    logs = []
    c.add_log_listener(lambda _c, message: logs.append((message.severity, message.message)))
    await c.execute("DO $$BEGIN RAISE WARNING 'look out'; END$$")
    await asyncio.sleep(0)
    same(logs, [("WARNING", "look out")])
    await c.close()


@scenario("reset, reload of types after a change")
async def reset(tell):
    c = await connect()
    await c.execute("DROP TABLE IF EXISTS ap_change; CREATE TABLE ap_change(a int); INSERT INTO ap_change VALUES (1)")
    for _ in range(3):
        same(tuple(await c.fetchrow("SELECT * FROM ap_change")), (1,))
    await c.execute("ALTER TABLE ap_change ADD COLUMN b int DEFAULT 2")
    same(tuple(await c.fetchrow("SELECT * FROM ap_change")), (1, 2))
    await c.reset()
    same(await c.fetchval("SELECT 'alive'"), "alive")
    await c.close()


if __name__ == "__main__":
    scenario.main(asyncpg.__version__)
