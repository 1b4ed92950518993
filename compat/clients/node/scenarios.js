'use strict';
// What the drivers in JavaScript share; see ../python/scenarios.py for what a driver prints.

const assert = require('node:assert/strict');

const all = new Map();
const heavy = new Set();

function scenario(title, run, options = {}) {
  if (all.has(title)) throw new Error(`two scenarios called ${title}`);
  all.set(title, run);
  if (options.heavy) heavy.add(title);
}

function after(args, titles) {
  const title = args[args.indexOf('--after') + 1];
  return args.includes('--after') ? titles.slice(titles.indexOf(title) + 1) : titles;
}

async function run(title, body) {
  console.log(JSON.stringify({ begin: title }));
  const transcript = [];
  let error = null;
  try {
    await body((...what) => transcript.push(what.map(text).join(' ')));
  } catch (e) {
    const line = (e.stack || '').split('\n').find((l) => l.includes('_client.js')) || '';
    error = `${line.trim()}: ${e.message}`.slice(0, 800);
  }
  console.log(JSON.stringify({ end: title, error, transcript }));
}

const text = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

async function main(version) {
  const args = process.argv.slice(2);
  if (args.includes('--version')) {
    console.log(version);
    return;
  }
  if (args.includes('--prove')) {
    all.clear();
    all.set('a wrong result', () => assert.deepEqual(1, 2));
    all.set('a result', (tell) => tell(1));
  }
  let titles = after(args, [...all.keys()].filter((t) => !args.includes('--quick') || !heavy.has(t)));
  if (args.includes('--only')) titles = titles.filter((t) => t === args[args.indexOf('--only') + 1]);
  for (const title of titles) await run(title, all.get(title));
  // What a scenario has left open must not keep the driver.
  process.exit(0);
}

async function fails(promise, code) {
  try {
    await promise;
  } catch (e) {
    if (code) assert.equal(e.code, code);
    return e;
  }
  throw new assert.AssertionError({ message: 'no error' });
}

module.exports = { scenario, main, fails, assert };
