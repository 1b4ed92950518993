'use strict';
// pg ("node-postgres"): one statement at a time on a connection, named statements on request.

const { pipeline } = require('node:stream/promises');
const { Readable } = require('node:stream');
const pg = require('pg');
const Cursor = require('pg-cursor');
const QueryStream = require('pg-query-stream');
const copy = require('pg-copy-streams');
const { scenario, main, fails, assert } = require('./scenarios');

async function connected(work, options = {}) {
  const client = new pg.Client(options);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const fresh = (client, table, columns) =>
  client.query(`DROP TABLE IF EXISTS ${table}; CREATE TABLE ${table} (${columns})`);

scenario('values of many types, with and without parameters', () =>
  connected(async (c) => {
    const { rows, fields } = await c.query(
      'SELECT $1::int AS i, $2::text AS t, $3::jsonb AS j, $4::bytea AS b, $5::int[] AS a, $6::bool AS o, $7::timestamptz AS z',
      [7, 'Grüße 世界', { a: [1, null] }, Buffer.from([0, 255]), [1, 2], true, new Date(0)]);
    assert.deepEqual(rows[0], { i: 7, t: 'Grüße 世界', j: { a: [1, null] }, b: Buffer.from([0, 255]), a: [1, 2], o: true, z: new Date(0) });
    assert.equal(fields.length, 7);
    const several = await c.query('SELECT 1 AS a; SELECT 2 AS b; SELECT 3 WHERE false');
    assert.deepEqual(several.map((r) => r.rows), [[{ a: 1 }], [{ b: 2 }], []]);
  }));

scenario('named statements, again and again', () =>
  connected(async (c) => {
    for (let n = 0; n < 60; n++) {
      const name = `statement ${n % 3}`;
      const { rows } = await c.query({ name, text: `SELECT $1::int + ${n % 3} AS n`, values: [n] });
      assert.equal(rows[0].n, n + (n % 3));
    }
  }));

scenario('queries sent without waiting come back in order', () =>
  connected(async (c) => {
    const results = await Promise.all(Array.from({ length: 200 }, (_, n) => c.query('SELECT $1::int AS n', [n])));
    assert.deepEqual(results.map((r) => r.rows[0].n), Array.from({ length: 200 }, (_, n) => n));
  }));

scenario('a pool under many requests', async () => {
  const pool = new pg.Pool({ max: 10 });
  const results = await Promise.all(
    Array.from({ length: 300 }, (_, n) => pool.query({ name: 'pooled', text: 'SELECT $1::int AS n', values: [n] })));
  assert.deepEqual(results.map((r) => r.rows[0].n), Array.from({ length: 300 }, (_, n) => n));
  await pool.end();
});

scenario('a transaction, its failure, its rollback', (tell) =>
  connected(async (c) => {
    await fresh(c, 'npg_tx', 'n int PRIMARY KEY');
    await c.query('BEGIN');
    await c.query('INSERT INTO npg_tx VALUES ($1)', [1]);
    const e = await fails(c.query('INSERT INTO npg_tx VALUES ($1)', [1]), '23505');
    tell(e.severity, e.message, e.detail, e.table, e.constraint, e.schema, e.routine);
    await fails(c.query('SELECT 1'), '25P02');
    await c.query('ROLLBACK');
    assert.equal((await c.query('SELECT count(*)::int AS n FROM npg_tx')).rows[0].n, 0);
  }));

scenario('errors of every kind leave the client usable', (tell) =>
  connected(async (c) => {
    for (const [sql, values] of [['SELEC', []], ['SELECT 1/0', []], ['SELECT $1::int', ['x']], ['SELECT * FROM nowhere', []], ['SELECT $1', []]]) {
      const e = await fails(c.query(sql, values));
      tell(e.code, e.message, e.position, e.file, e.routine);
      assert.equal((await c.query('SELECT 5 AS n')).rows[0].n, 5);
    }
  }));

scenario('a cursor reads in pieces and is closed early', () =>
  connected(async (c) => {
    await c.query('BEGIN');
    const cursor = c.query(new Cursor('SELECT generate_series(1, $1::int) AS n', [1000]));
    assert.deepEqual((await cursor.read(3)).map((r) => r.n), [1, 2, 3]);
    assert.equal((await cursor.read(500)).length, 500);
    await cursor.close();
    await c.query('COMMIT');
    assert.equal((await c.query('SELECT 1 AS n')).rows[0].n, 1);
  }));

scenario('rows as a stream', () =>
  connected(async (c) => {
    let sum = 0;
    for await (const row of c.query(new QueryStream('SELECT generate_series(1, 20000) AS n', [], { batchSize: 333 }))) sum += row.n;
    assert.equal(sum, 200010000);
  }));

scenario('COPY as streams, in, out, and failing', (tell) =>
  connected(async (c) => {
    await fresh(c, 'npg_copy', 'n int, t text');
    const lines = Array.from({ length: 20000 }, (_, n) => `${n}\tt${n}\n`);
    await pipeline(Readable.from(lines), c.query(copy.from('COPY npg_copy FROM STDIN')));
    let bytes = 0;
    for await (const chunk of c.query(copy.to('COPY npg_copy TO STDOUT'))) bytes += chunk.length;
    assert.equal(bytes, lines.join('').length);
    const e = await fails(pipeline(Readable.from(['x\ty\n']), c.query(copy.from('COPY npg_copy FROM STDIN'))));
    tell(e.message);
    assert.equal((await c.query('SELECT count(*)::int AS n FROM npg_copy')).rows[0].n, 20000);
  }));

scenario('notices and notifications', (tell) =>
  connected(async (listener) => {
    const notices = [];
    listener.on('notice', (n) => notices.push([n.severity, n.message]));
    await listener.query("DO $$BEGIN RAISE NOTICE 'n'; RAISE WARNING 'w'; END$$");
    assert.deepEqual(notices, [['NOTICE', 'n'], ['WARNING', 'w']]);
    const heard = new Promise((resolve, reject) => {
      const got = [];
      setTimeout(() => reject(new Error(`only ${got}`)), 10000);
      listener.on('notification', (m) => got.push(m.payload) === 3 && resolve(got));
    });
    await listener.query('LISTEN npg');
    await connected(async (sender) => {
      for (const n of [1, 2, 3]) await sender.query("SELECT pg_notify('npg', $1)", [String(n)]);
    });
    assert.deepEqual(await heard, ['1', '2', '3']);
  }));

scenario('time-outs given at login', (tell) =>
  connected(async (c) => {
    const e = await fails(c.query('SELECT pg_sleep(20)'), '57014');
    tell(e.message);
    assert.equal((await c.query('SHOW application_name')).rows[0].application_name, 'compat of node');
  }, { statement_timeout: 300, application_name: 'compat of node' }));

scenario('settings and temporary tables of the session', () =>
  connected(async (c) => {
    await c.query("SET search_path = pg_temp, public; SET work_mem = '7MB'");
    await c.query('CREATE TEMP TABLE mine(n int)');
    for (let n = 0; n < 15; n++) await c.query('INSERT INTO mine VALUES ($1)', [n]);
    const { rows } = await c.query("SELECT count(*)::int AS n, current_setting('work_mem') AS w FROM mine");
    assert.deepEqual(rows, [{ n: 15, w: '7MB' }]);
  }));

scenario('a wrong password, an unknown database', async (tell) => {
  const wrong = await fails(connected(() => {}, { password: 'wrong' }), '28P01');
  tell(wrong.severity, wrong.message);
  await fails(connected(() => {}, { database: 'no_such_database' }), '3D000');
});

scenario('large values both ways', () =>
  connected(async (c) => {
    const big = 'z'.repeat(8000000);
    const { rows } = await c.query('SELECT $1::text AS t, length($1::text) AS n', [big]);
    assert.equal(rows[0].n, 8000000);
    assert.ok(rows[0].t === big);
  }));

main(`${require('pg/package.json').version} on node ${process.versions.node}`);
