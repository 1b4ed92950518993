// No mouse: to the wizard, through it, and to the model that it gives.
import assert from 'node:assert/strict';

export default async function (person) {
  const { page } = person;
  const { keyboard } = page;
  const focused = () =>
    page.evaluate(() => {
      const at = document.activeElement;
      return `${at.tagName} ${at.getAttribute('aria-label') ?? at.labels?.[0]?.innerText ?? at.innerText ?? ''}`.replace(/\s+/g, ' ').trim();
    });
  /** Goes on with the key until the focus is there. */
  const until = async (wanted, key = 'Tab') => {
    for (let i = 0; i < 400; i++) {
      if (wanted.test(await focused())) return;
      await keyboard.press(key);
    }
    assert.fail(`${wanted} is not reached; the focus is on ${await focused()}`);
  };
  await page.goto(`${person.url}/#/projects`);
  await person.heading('Projects').waitFor();
  await until(/^A To the content/, 'Shift+Tab');
  await keyboard.press('Enter');
  assert.match(await focused(), /^MAIN/);
  await until(/^A To the content/, 'Shift+Tab');
  await until(/^A Train$/);
  await keyboard.press('Enter');
  await person.heading('Train').waitFor();
  await page.waitForFunction(() => document.activeElement.tagName === 'H1');
  assert.match(await focused(), /^H1 Train/, 'the new page is read out');
  await until(/1\. Project/);
  await keyboard.type('by hand');
  await until(/^INPUT Regression/);
  await until(/3\. Table/);
  // By arrows: a browser that is slow forgets the letters before.
  const chosen = () => page.evaluate(() => document.activeElement.value);
  for (let i = 0; i < 100 && (await chosen()) !== 'pgml.diabetes'; i++) await keyboard.press('ArrowDown');
  await page.getByLabel(/^target/).waitFor();
  await until(/^INPUT target/);
  await keyboard.press('Space');
  await until(/^INPUT linear/);
  await until(/^BUTTON Train 1 model/);
  await keyboard.press('Enter');
  await page.getByText('The training is done.').waitFor({ timeout: 60000 });
  await until(/^BUTTON Deploy model/);
  await keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await until(/^BUTTON Leave it/);
  await keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await until(/^A model \d+/, 'Shift+Tab');
  await keyboard.press('Enter');
  await person.heading(/^linear/).waitFor();
}
