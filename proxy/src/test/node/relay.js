// What an application does with node's pg: prints "all done" if every reply is the right one.
const assert = require('node:assert');
const { Client, Pool } = require('pg');

async function queries(client) {
  const simple = await client.query('SELECT 1 AS one; SELECT 2 AS two');
  assert.deepStrictEqual(simple.map((result) => result.rows[0]), [{ one: 1 }, { two: 2 }]);
  const parameters = await client.query('SELECT $1::int + 1 AS n, $2::text AS t', [41, 'é']);
  assert.deepStrictEqual(parameters.rows[0], { n: 42, t: 'é' });
  for (let i = 0; i < 5; i++) {
    const named = await client.query({ name: 'named', text: 'SELECT $1::int AS n', values: [i] });
    assert.strictEqual(named.rows[0].n, i);
  }
}

async function errors(client) {
  await assert.rejects(client.query('SELECT 1/0'), { code: '22012' });
  await assert.rejects(client.query('SELECT $1::int', ['x']), { code: '22P02' });
  await client.query('BEGIN');
  await assert.rejects(client.query('SELEC'), { code: '42601' });
  await assert.rejects(client.query('SELECT 1'), { code: '25P02' });
  await client.query('ROLLBACK');
}

async function manyAtATime() {
  const pool = new Pool({ max: 12 });
  const jobs = Array.from({ length: 200 }, async (_, i) => {
    const result = await pool.query({ name: 'many', text: 'SELECT $1::int AS n', values: [i] });
    assert.strictEqual(result.rows[0].n, i);
  });
  await Promise.all(jobs);
  await pool.end();
}

async function main() {
  const client = new Client();
  const notices = [];
  client.on('notice', (notice) => notices.push(notice.message));
  await client.connect();
  await queries(client);
  await errors(client);
  await client.query("DO $$BEGIN RAISE NOTICE 'noted'; END$$");
  assert.deepStrictEqual(notices, ['noted']);
  await client.end();
  await manyAtATime();
  console.log('all done');
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
