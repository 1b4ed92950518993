// A person with a browser: looks at pages, and sees at once what is wrong with them.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { chromium } from 'playwright-core';

const { DASHBOARD_DATABASE: database, DASHBOARD_USER: user, DASHBOARD_PASSWORD: password } = process.env;

/** What reaches over the right edge of the screen, and is not scrolled by itself. */
const tooWide = () =>
  [...document.querySelectorAll('body *')]
    .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth && !each.closest('.scroll'))
    .map((each) => each.outerHTML.slice(0, 100))
    .join(' ');

export class Person {
  static async at(url, out) {
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox'] });
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true });
    await context.addInitScript(await readFile('node_modules/axe-core/axe.min.js', 'utf8'));
    return new Person(url, out, browser, await context.newPage());
  }

  constructor(url, out, browser, page) {
    Object.assign(this, { url, out, browser, page, faults: [], requests: 0 });
    page.setDefaultTimeout(20000);
    page.on('pageerror', (error) => this.faults.push(`script: ${error}`));
    page.on('console', (message) => {
      // The browser itself tells of each answer that is an error; those are wanted.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) this.faults.push(message.text());
    });
    page.on('request', (request) => {
      this.requests++;
      if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(`${url}/`)) this.faults.push(`asks ${request.url()}`);
    });
  }

  heading(name) {
    return this.page.getByRole('heading', { level: 1, name });
  }

  button(name) {
    return this.page.getByRole('button', { name, exact: typeof name === 'string' });
  }

  /** To a page, by the links at its top. */
  async goto(label) {
    await this.page.getByRole('navigation', { name: 'Pages', exact: true }).getByRole('link', { name: label, exact: true }).click();
  }

  /** Presses a button that asks first, and says yes. */
  async confirm(name) {
    const button = this.button(name).first();
    const title = (await button.getAttribute('aria-label')) ?? (await button.innerText());
    await button.click();
    await this.page.getByRole('dialog').getByRole('button', { name: title, exact: true }).click();
    await this.page.getByRole('dialog').waitFor({ state: 'hidden' });
    return title;
  }

  /** No rule of axe is broken, in neither scheme of colours, nor is a phone scrolled aside. */
  async checked(name) {
    const { page } = this;
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      const broken = await page.evaluate(async () => {
        const found = await globalThis.axe.run(document, { resultTypes: ['violations'] });
        return found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(' ').slice(0, 400)}`);
      });
      assert.deepEqual(broken, [], `${name}, ${colorScheme}`);
      await page.screenshot({ path: `${this.out}/${name}-${colorScheme}.png` });
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.screenshot({ path: `${this.out}/${name}-whole.png`, fullPage: true });
    await page.setViewportSize({ width: 360, height: 740 });
    const aside = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await page.screenshot({ path: `${this.out}/${name}-phone.png` });
    assert.equal(aside, 0, `${name} scrolls aside on a phone: ${await page.evaluate(tooWide)}`);
    await page.setViewportSize({ width: 1280, height: 900 });
    console.log(`fine: ${name}`);
  }

  async login(where, word = password) {
    const { page } = this;
    if (where === 'console') {
      await page.getByLabel('The admin console').check();
      await page.getByLabel('User', { exact: true }).fill('admin');
    } else {
      await page.getByLabel('A database').check();
      await page.getByLabel('Database', { exact: true }).fill(database);
      await page.getByLabel('User', { exact: true }).fill(user);
    }
    await page.getByLabel('Password').fill(word);
    await this.button('Log in').click();
  }

  /** A statement, as the page would send it. */
  async sql(sql) {
    const { error } = await this.answer(sql);
    assert.equal(error, undefined, `${sql}: ${JSON.stringify(error)}`);
  }

  /** The rows of a statement, by the names of its columns. */
  async rows(sql) {
    const { error, columns, rows } = await this.answer(sql);
    assert.equal(error, undefined, `${sql}: ${JSON.stringify(error)}`);
    return rows.map((row) => Object.fromEntries(row.map((value, i) => [columns[i].name, value])));
  }

  async answer(sql) {
    return this.page.evaluate(async (text) => {
      const { token } = await (await fetch('/api/session')).json();
      const answer = await fetch('/api/sql', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': token },
        body: JSON.stringify({ sql: text }),
      });
      return answer.json();
    }, sql);
  }
}
