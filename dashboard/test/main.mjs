// What a person does with the page, from a failed login to a model that is rolled back.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';

const [url, out] = process.argv.slice(2);
const { DASHBOARD_DATABASE: database, DASHBOARD_USER: user, DASHBOARD_PASSWORD: password } = process.env;
const axe = await readFile('node_modules/axe-core/axe.min.js', 'utf8');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, bypassCSP: false });
const page = await context.newPage();
page.setDefaultTimeout(20000);
const faults = [];
page.on('pageerror', (error) => faults.push(`script: ${error}`));
page.on('console', (message) => {
  // The browser itself tells of each answer that is an error; those are wanted.
  if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) faults.push(message.text());
});
page.on('request', (request) => {
  if (!request.url().startsWith(url) && !request.url().startsWith('data:')) faults.push(`asks ${request.url()}`);
});

/** No rule of axe is broken, in neither scheme of colours, nor on a phone without scrolling aside. */
async function checked(name) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    const broken = await page.evaluate(async () => {
      const found = await globalThis.axe.run(document, { resultTypes: ['violations'] });
      return found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(' ').slice(0, 300)}`);
    });
    assert.deepEqual(broken, [], `${name}, ${colorScheme}`);
    await page.screenshot({ path: `${out}/${name}-${colorScheme}.png` });
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 360, height: 740 });
  const aside = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await page.screenshot({ path: `${out}/${name}-phone.png` });
  assert.equal(aside, 0, `${name} scrolls aside on a phone`);
  await page.setViewportSize({ width: 1280, height: 900 });
  console.log(`fine: ${name}`);
}

async function login(where, word) {
  if (where === 'console') {
    await page.getByLabel('The admin console').check();
    await page.getByLabel('User', { exact: true }).fill('admin');
  } else {
    await page.getByLabel('A database').check();
    await page.getByLabel('Database', { exact: true }).fill(database);
    await page.getByLabel('User', { exact: true }).fill(user);
  }
  await page.getByLabel('Password').fill(word);
  await page.getByRole('button', { name: 'Log in' }).click();
}

const heading = (name) => page.getByRole('heading', { level: 1, name });

try {
  await context.addInitScript(axe);
  await page.goto(`${url}/`);
  await heading('Log in').waitFor();
  await checked('login');
  await login('database', 'wrong');
  await page.getByText('28P01').waitFor();
  await login('database', password);
  await heading('Projects').waitFor();

  // SQL gives the data set.
  await page.getByRole('link', { name: 'SQL' }).click();
  await heading('SQL').waitFor();
  await page.getByLabel('A statement').fill("SELECT * FROM pgml.load_dataset('diabetes')");
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByText('pgml.diabetes', { exact: true }).waitFor();
  await page.getByLabel('A statement').fill(`SELECT * FROM ${process.env.DASHBOARD_SECRET}`);
  await page.getByRole('button', { name: 'Run' }).click();
  await page.getByText('42501').waitFor();
  await checked('sql');

  // The wizard, as far as a training that is cancelled.
  const plan = async (project, algorithms) => {
    await page.getByRole('link', { name: 'Train', exact: true }).click();
    await page.getByLabel('1. Project').fill(project);
    await page.getByLabel('Regression').check();
    await page.getByLabel('3. Table or view').selectOption('pgml.diabetes');
    await page.getByLabel(/^target/).check();
    await page.getByLabel(/^linear usual/).uncheck();
    for (const each of algorithms) await page.getByLabel(each).check();
  };
  await plan('progression', [/^linear usual/, /^random forest usual/, /^gaussian process/]);
  await checked('wizard');
  await page.getByRole('button', { name: 'Train 3 models' }).click();
  await page.getByText('The training is done.').waitFor({ timeout: 120000 });
  await page.getByText('3 models').first().waitFor();
  await checked('trained');

  // Deploy the two best, then roll back.
  const row = (id, text) =>
    page
      .getByRole('row')
      .filter({ has: page.getByRole('link', { name: new RegExp(` ${id}$`) }) })
      .filter({ has: page.getByText(text, { exact: true }) });
  const deploy = async (nth) => {
    const button = page.getByRole('button', { name: /^Deploy model/ }).nth(nth);
    const name = await button.getAttribute('aria-label');
    await button.click();
    await page.getByRole('dialog').getByRole('button', { name }).click();
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    return name.replace('Deploy model ', '');
  };
  const first = await deploy(0);
  await row(first, 'answers').waitFor();
  const second = await deploy(0);
  await row(second, 'answers').waitFor();
  await page.getByRole('link', { name: 'progression' }).click();
  await heading('progression').waitFor();
  await page.getByRole('button', { name: 'Roll back to the model before' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
  await row(first, 'rollback').waitFor();
  await checked('project');

  // A model, and a prediction with what each feature adds.
  await page.getByRole('row').filter({ hasText: 'random_forest' }).getByRole('link').first().click();
  await heading(/^random_forest/).waitFor();
  await page.getByLabel(/^bmi/).fill('32.1');
  await page.getByRole('button', { name: 'Predict' }).click();
  await page.getByText('What each feature adds to it').waitFor();
  const predicted = Number((await page.locator('.result').innerText()).replaceAll(',', ''));
  assert.ok(predicted > 25 && predicted < 346, `predicts ${predicted}`);
  await checked('model');

  // A training that runs is cancelled: 300,000 rows and a thousand trees take minutes.
  await page.evaluate(async (sql) => {
    const { token } = await (await fetch('/api/session')).json();
    await fetch('/api/sql', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': token },
      body: JSON.stringify({ sql }),
    });
  }, 'CREATE TABLE IF NOT EXISTS page_rows AS SELECT random() AS a, random() AS b, random() AS c, random() AS target FROM generate_series(1, 300000)');
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await page.getByLabel('1. Project').fill('long');
  await page.getByLabel('3. Table or view').selectOption('public.page_rows');
  await page.getByLabel(/^target/).check();
  await page.getByLabel(/^linear usual/).uncheck();
  await page.getByLabel(/^extra trees/).check();
  await page.getByLabel(/^gradient boosting trees/).check();
  await page.getByRole('button', { name: 'Train 2 models' }).click();
  await page.getByRole('listitem').filter({ hasText: / of \d+/ }).waitFor({ timeout: 60000 });
  await page.getByRole('button', { name: 'Cancel the training' }).click();
  await page.getByText('The training is cancelled.').waitFor({ timeout: 30000 });

  // The cluster, with the console's login beside the database's.
  await page.getByRole('link', { name: 'Cluster' }).click();
  await login('console', password);
  await heading('Cluster').waitFor();
  await page.getByRole('button', { name: `Pause ${user}@${database}` }).waitFor();
  await page.waitForTimeout(7000);
  await checked('cluster');
  await page.getByRole('button', { name: `Pause ${user}@${database}` }).click();
  await page.keyboard.press('Tab');
  await page.getByRole('dialog').getByRole('button', { name: /^Pause/ }).click();
  await page.getByRole('button', { name: `Resume ${user}@${database}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: /^Resume/ }).click();
  await page.getByRole('button', { name: `Pause ${user}@${database}` }).waitFor();

  // Out, and what was seen is seen no more.
  await page.getByRole('button', { name: 'Log out' }).click();
  await heading('Log in').waitFor();
  assert.equal(await page.evaluate(async () => (await fetch('/api/projects')).status), 401);
  assert.deepEqual(faults, []);
  console.log('the page works');
} catch (error) {
  await page.screenshot({ path: `${out}/failed.png` });
  console.error(faults.join('\n'));
  console.error(await page.locator('body').innerText());
  throw error;
} finally {
  await browser.close();
}
