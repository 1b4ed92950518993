// The proxy is away, the session is over, the server of a database is away.
import assert from 'node:assert/strict';

const { DASHBOARD_AWAY: away, DASHBOARD_USER: user, DASHBOARD_PASSWORD: password } = process.env;

export default async function (person) {
  const { page } = person;
  const context = page.context();

  // Away for a while: that is told, and what was shown stays and goes on.
  await person.goto('Cluster');
  await person.heading('Cluster').waitFor();
  await page.getByRole('region', { name: 'Servers' }).waitFor();
  await context.setOffline(true);
  await page.getByText('The proxy cannot be reached.').first().waitFor();
  await page.getByRole('region', { name: 'Servers' }).waitFor();
  await person.checked('away');
  await context.setOffline(false);
  await page.getByText('The proxy cannot be reached.').first().waitFor({ state: 'detached' });

  // The session is over: who logs in again is where they were.
  await page.goto(`${person.url}/#/project/progression`);
  await page.getByRole('link', { name: /^linear/ }).first().waitFor();
  await context.clearCookies();
  await page.getByRole('link', { name: /^linear/ }).first().click();
  await person.heading('Log in').waitFor();
  const there = page.url();
  await person.login('database');
  await person.heading(/^linear/).waitFor();
  assert.equal(page.url(), there);
  await page.goto(`${person.url}/#/project/no%such%%one`);
  await person.heading('no%such%%one').waitFor();

  // A server that is away is told of in its own words.
  await page.goto(`${person.url}/#/login/database`);
  await person.heading('Log in').waitFor();
  await page.getByLabel('Database', { exact: true }).fill(away);
  await page.getByLabel('User', { exact: true }).fill(user);
  await page.getByLabel('Password').fill(password);
  await person.button('Log in').click();
  await page.getByRole('alert').filter({ hasText: 'SQLSTATE' }).first().waitFor({ timeout: 40000 });
  await person.checked('server-away');
  await page.goto(`${person.url}/#/login/database`);
  await person.heading('Log in').waitFor();
  await person.login('database');
  await person.heading('Projects').waitFor();
}
