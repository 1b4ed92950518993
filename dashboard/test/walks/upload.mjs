// A CSV file becomes a table; faults are told with their line.
import assert from 'node:assert/strict';

const HEAD = 'id,city,price,sold,"since when",zip\n';
const lines = (count, of) => Array.from({ length: count }, (_, i) => of(i)).join('');
const GOOD = HEAD + lines(5000, (i) => `${i},"Köln, ""${i % 7}""",${(i * 0.25).toFixed(2)},${i % 2 ? 'true' : 'false'},2026-01-${String((i % 28) + 1).padStart(2, '0')},0${1000 + i}\n`);

export default async function (person) {
  const { page } = person;
  const choose = (text, name = 'Houses 2026.csv') =>
    page.getByLabel(/^CSV file/).setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  await person.goto('Upload');
  await person.heading('Upload').waitFor();

  await choose(`${HEAD}1,Bonn,2.5,true,2026-01-01,01234\n2,Kiel,3\n`);
  await page.getByText('Line 3 has 3 values, not 6.').waitFor();
  assert.ok(await person.button('Create the table').isDisabled());

  await choose(GOOD);
  await page.getByText('5,000 rows').waitFor();
  assert.equal(await page.getByLabel('Table').inputValue(), 'houses_2026');
  const types = [];
  for (let i = 1; i <= 6; i++) types.push(await page.getByLabel(`Type of column ${i}`).inputValue());
  assert.deepEqual(types, ['integer', 'text', 'double precision', 'boolean', 'date', 'text']);
  await page.getByText('Köln, "3"').first().waitFor();
  await person.checked('upload');
  await page.getByLabel('Name of column 5').fill('since');

  // What the server finds, it tells with the line.
  await page.getByLabel('Type of column 2').selectOption('integer');
  await person.button('Create the table').click();
  await page.getByText(/^line 2: invalid input syntax for type integer/).waitFor();
  await page.getByLabel('Type of column 2').selectOption('text');

  await person.button('Create the table').click();
  await page.getByText('5,000 rows are in houses_2026.').waitFor();
  await person.sql("SELECT 1 / (count(*) = 5000 AND min(zip) = '01000' AND sum(price) = 0.25 * 4999 * 2500)::int FROM houses_2026");

  // The name is taken now.
  await person.button('Create the table').click();
  await page.getByText('42P07').waitFor();

  // Another encoding is told, and chosen.
  await page.getByLabel(/^CSV file/).setInputFiles({ name: 'old.csv', mimeType: 'text/csv', buffer: Buffer.from('place\nK\xf6ln\n', 'latin1') });
  await page.getByText('The file is not utf-8').waitFor();
  await page.getByLabel('Encoding').selectOption('windows-1252');
  await page.getByRole('cell', { name: 'Köln' }).waitFor();

  // A long one is cancelled on its way, and no table is left.
  await choose(`a;b\n${lines(800_000, (i) => `${i};text that is longer than it need be ${i}\n`)}`, 'long.csv');
  await page.getByText('800,000 rows').waitFor({ timeout: 60000 });
  await person.button('Create the table').click();
  await person.button('Cancel the upload').click();
  await page.getByText('The upload is cancelled; no table is left of it.').waitFor();
  await person.sql("SELECT 1 / (to_regclass('long') IS NULL)::int");
}
