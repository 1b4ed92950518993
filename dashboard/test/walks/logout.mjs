// Out, and what was seen is seen no more.
import assert from 'node:assert/strict';

export default async function (person) {
  const { page } = person;
  await person.button('Log out').click();
  await person.heading('Log in').waitFor();
  assert.equal(await page.evaluate(async () => (await fetch('/api/projects')).status), 401);
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage }) + document.cookie);
  assert.ok(!kept.includes(process.env.DASHBOARD_PASSWORD), 'no password is kept in the browser');
}
