// What people do with the page: each walk begins where the one before has ended.
import assert from 'node:assert/strict';
import { Person } from './person.mjs';

const WALKS = ['login', 'notebook', 'upload', 'regression', 'settings', 'classes', 'other', 'rights', 'cancel', 'many', 'keyboard', 'cluster', 'trouble', 'logout'];

const [url, out] = process.argv.slice(2);
const person = await Person.at(url, out);
const broken = [];
for (const name of process.env.DASHBOARD_WALKS?.split(',') ?? WALKS) {
  const start = Date.now();
  try {
    await (await import(`./walks/${name}.mjs`)).default(person);
    console.log(`walked: ${name}, ${Date.now() - start} ms`);
  } catch (error) {
    broken.push(name);
    await person.page.screenshot({ path: `${out}/failed-${name}.png`, fullPage: true });
    console.error(`BROKEN: ${name}\n`, error, (await person.page.locator('body').innerText()).slice(0, 3000));
    // The next walk begins on a page that nothing is open on.
    await person.page.reload();
  }
}
await person.browser.close();
assert.deepEqual(person.faults, []);
assert.deepEqual(broken, []);
assert.ok(person.requests > 50, 'requests are seen');
console.log('the page works');
