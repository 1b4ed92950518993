// The cluster, with the console's login beside the database's.
import assert from 'node:assert/strict';

const { DASHBOARD_DATABASE: database, DASHBOARD_USER: user } = process.env;

export default async function (person) {
  const { page } = person;
  await person.goto('Cluster');
  await person.login('console');
  await person.heading('Cluster').waitFor();
  const pause = `Pause ${user}@${database}`;
  await person.button(pause).waitFor();
  const servers = page.getByRole('region', { name: 'Servers' });
  await servers.getByText('primary').first().waitFor();
  assert.equal(await servers.getByText('replica').count(), 2);
  // A database of two shards beside it, and one of a single server.
  for (const [place, count] of [['parts', 2], ['alone', 1]]) {
    assert.equal(await servers.getByRole('row').filter({ has: page.getByRole('cell', { name: place, exact: true }) }).count(), count, place);
  }
  await servers.getByText('healthy').first().waitFor();
  assert.match(await servers.innerText(), /\d ms/);
  // There is something to be seen.
  const work = page.evaluate(async () => {
    const { token } = await (await fetch('/api/session')).json();
    for (const end = Date.now() + 12000; Date.now() < end; ) {
      await fetch('/api/sql', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': token },
        body: JSON.stringify({ sql: `SELECT count(*) FROM generate_series(1, ${Math.round(50000 * Math.random())})` }),
      });
    }
  });
  await page.waitForTimeout(9000);
  await person.checked('cluster');
  await work;

  // A replica is banned for a while, alone of those on its machine.
  const replica = servers.getByRole('row').filter({ hasText: 'replica' }).first();
  const ban = await replica.getByRole('button', { name: /^Ban/ }).getAttribute('aria-label');
  await person.confirm(ban);
  await person.button(ban.replace('Ban', 'Unban')).waitFor();
  assert.equal(await servers.getByRole('button', { name: /^Unban/ }).count(), 1);
  await person.checked('banned');
  await person.confirm(ban.replace('Ban', 'Unban'));
  await person.button(ban).waitFor();

  // A pool is paused; who thinks again leaves it.
  await person.button(pause).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Leave it' }).click();
  await person.button(pause).waitFor();
  await person.confirm(pause);
  await person.confirm(`Resume ${user}@${database}`);
  await person.button(pause).waitFor();

  // What runs is seen, and cancelled.
  const sleeps = page.evaluate(async () => {
    const { token } = await (await fetch('/api/session')).json();
    const answer = await fetch('/api/sql', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': token },
      body: JSON.stringify({ sql: 'SELECT pg_sleep(25)' }),
    });
    return (await answer.json()).error?.sqlstate;
  });
  const running = page.getByRole('row').filter({ hasText: 'pg_sleep' });
  await running.first().waitFor();
  await person.confirm((await running.getByRole('button').first().getAttribute('aria-label')));
  assert.equal(await sleeps, '57014');
  await page.getByRole('region', { name: 'Slow kinds of statements' }).getByText('pg_sleep').first().waitFor();
  await person.confirm('Reload the configuration');
}
