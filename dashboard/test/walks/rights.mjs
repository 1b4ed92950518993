// A table without rights is neither offered nor looked at.
import assert from 'node:assert/strict';

export default async function (person) {
  const { page } = person;
  const secret = process.env.DASHBOARD_SECRET;
  await person.goto('Train');
  await page.getByLabel('3. Table or view').waitFor();
  const offered = await page.getByLabel('3. Table or view').locator('option').allInnerTexts();
  assert.ok(offered.some((each) => each.startsWith('pgml.diabetes')));
  assert.ok(!offered.some((each) => each.includes(secret)), 'the table is offered');
  await page.goto(`${person.url}/#/train/${encodeURIComponent(`public.${secret}`)}`);
  await page.getByText('42501').first().waitFor();
}
