'use strict';
// postgres ("postgres.js"): pipelines everything, prepares everything by name.

const postgres = require('postgres');
const { scenario, main, fails, assert } = require('./scenarios');

const { PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE } = process.env;

async function connected(work, options = {}) {
  const sql = postgres({ host: PGHOST, port: Number(PGPORT), user: PGUSER, pass: PGPASSWORD, database: PGDATABASE, ssl: false, max: 1, onnotice: () => {}, ...options });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 2 });
  }
}

const range = (n) => Array.from({ length: n }, (_, i) => i);

scenario('values of many types', () =>
  connected(async (sql) => {
    const [row] = await sql`SELECT ${7}::int AS i, ${'Grüße 世界'}::text AS t, ${sql.json({ a: [1, null] })}::jsonb AS j,
      ${[1, 2]}::int[] AS a, ${true}::bool AS o, ${Buffer.from([0, 255])}::bytea AS b, ${null}::text AS z`;
    assert.deepEqual({ ...row }, { i: 7, t: 'Grüße 世界', j: { a: [1, null] }, a: [1, 2], o: true, b: Buffer.from([0, 255]), z: null });
  }));

scenario('the same statements prepared on many connections', () =>
  connected(async (sql) => {
    const rows = await Promise.all(range(400).map((n) => sql`SELECT ${n}::int + 1 AS n`));
    assert.deepEqual(rows.map(([r]) => r.n), range(400).map((n) => n + 1));
  }, { max: 12 }));

scenario('a pipeline on one connection', () =>
  connected(async (sql) => {
    const rows = await Promise.all(range(300).map((n) => sql.unsafe(`SELECT $1::int AS n, ${n % 30} AS m`, [n], { prepare: true })));
    assert.deepEqual(rows.map(([r]) => [r.n, r.m]), range(300).map((n) => [n, n % 30]));
  }));

scenario('an error amid a pipeline hits its own statement only', () =>
  connected(async (sql) => {
    const outcomes = await Promise.allSettled(range(60).map((n) => sql`SELECT 100 / ${n % 10}::int AS n`));
    outcomes.forEach((o, n) => {
      if (n % 10 === 0) assert.equal(o.reason.code, '22012');
      else assert.equal(o.value[0].n, Math.trunc(100 / (n % 10)));
    });
  }));

scenario('transactions with savepoints', () =>
  connected(async (sql) => {
    await sql`DROP TABLE IF EXISTS pjs_tx`;
    await sql`CREATE TABLE pjs_tx(n int)`;
    await sql.begin(async (tx) => {
      await tx`INSERT INTO pjs_tx VALUES (1)`;
      await fails(tx.savepoint(async (s) => {
        await s`INSERT INTO pjs_tx VALUES (2)`;
        await s`SELECT 1/0`;
      }), '22012');
      await tx`INSERT INTO pjs_tx VALUES (3)`;
    });
    await fails(sql.begin(async (tx) => {
      await tx`INSERT INTO pjs_tx VALUES (4)`;
      throw Object.assign(new Error('no'), { code: 'no' });
    }), 'no');
    assert.deepEqual((await sql`SELECT n FROM pjs_tx ORDER BY n`).map((r) => r.n), [1, 3]);
  }));

scenario('several statements at once, and simple queries', () =>
  connected(async (sql) => {
    const results = await sql.unsafe('SELECT 1 AS a; SELECT 2 AS b');
    assert.deepEqual(results.map((r) => ({ ...r[0] })), [{ a: 1 }, { b: 2 }]);
    assert.equal((await sql`SELECT 1 AS n`.simple())[0].n, 1);
  }));

scenario('a cursor, also left early', () =>
  connected(async (sql) => {
    let sum = 0;
    await sql`SELECT generate_series(1, 1000) AS n`.cursor(77, (rows) => rows.forEach((r) => (sum += r.n)));
    assert.equal(sum, 500500);
    let seen = 0;
    for await (const rows of sql`SELECT generate_series(1, 1000) AS n`.cursor(10)) {
      seen += rows.length;
      if (seen >= 30) break;
    }
    assert.equal(seen, 30);
    assert.equal((await sql`SELECT 5 AS n`)[0].n, 5);
  }));

scenario('rows one by one, and bulk inserts', () =>
  connected(async (sql) => {
    await sql`DROP TABLE IF EXISTS pjs_bulk`;
    await sql`CREATE TABLE pjs_bulk(id int, name text)`;
    await sql`INSERT INTO pjs_bulk ${sql(range(2000).map((n) => ({ id: n, name: `n${n}` })))}`;
    let count = 0;
    await sql`SELECT * FROM pjs_bulk`.forEach(() => count++);
    assert.equal(count, 2000);
  }));

scenario('COPY in and out as streams', () =>
  connected(async (sql) => {
    await sql`DROP TABLE IF EXISTS pjs_copy`;
    await sql`CREATE TABLE pjs_copy(n int)`;
    const into = await sql`COPY pjs_copy FROM STDIN`.writable();
    await new Promise((resolve, reject) => {
      into.on('finish', resolve).on('error', reject);
      for (const n of range(5000)) into.write(`${n}\n`);
      into.end();
    });
    let bytes = 0;
    for await (const chunk of await sql`COPY pjs_copy TO STDOUT`.readable()) bytes += chunk.length;
    assert.equal(bytes, range(5000).map((n) => `${n}\n`).join('').length);
  }));

scenario('a query is cancelled', () =>
  connected(async (sql) => {
    const slow = sql`SELECT pg_sleep(20)`.execute();
    setTimeout(() => slow.cancel(), 300);
    await fails(slow, '57014');
    assert.equal((await sql`SELECT 5 AS n`)[0].n, 5);
  }));

scenario('a listener', () =>
  connected(async (sql) => {
    const got = [];
    const heard = new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error(`only ${got}`)), 10000);
      sql.listen('pjs', (payload) => got.push(payload) === 3 && resolve(), () => [1, 2, 3].forEach((n) => sql.notify('pjs', String(n))));
    });
    await heard;
    assert.deepEqual(got.sort(), ['1', '2', '3']);
  }));

scenario('statements without preparation, and described ones', () =>
  connected(async (sql) => {
    for (const n of range(20)) assert.equal((await sql`SELECT ${n}::int AS n`)[0].n, n);
    const { types, columns } = await sql`SELECT ${'x'}::text AS t`.describe();
    assert.deepEqual([types, columns.map((c) => c.name)], [[25], ['t']]);
  }, { prepare: false }));

scenario('errors carry their fields', (tell) =>
  connected(async (sql) => {
    for (const text of ['SELEC', 'SELECT * FROM nowhere', "SELECT 'x'::int"]) {
      const e = await fails(sql.unsafe(text));
      tell(e.code, e.message, e.position, e.routine, e.severity);
    }
    assert.equal((await sql`SELECT 5 AS n`)[0].n, 5);
  }));

scenario('reserved connections keep their session', () =>
  connected(async (sql) => {
    const own = await sql.reserve();
    await own`SET work_mem = '7MB'`;
    await own`CREATE TEMP TABLE mine(n int)`;
    for (const n of range(10)) await own`INSERT INTO mine VALUES (${n})`;
    const [row] = await own`SELECT count(*)::int AS n, current_setting('work_mem') AS w FROM mine`;
    assert.deepEqual({ ...row }, { n: 10, w: '7MB' });
    own.release();
  }, { max: 3 }));

// Its package.json is not among what it exports.
const path = require.resolve('postgres').replace(/(node_modules\/postgres\/).*/, '$1package.json');
main(`${JSON.parse(require('node:fs').readFileSync(path)).version} on node ${process.versions.node}`);
