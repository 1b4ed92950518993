// Several statements, their charts and errors; the browser keeps the texts.
import assert from 'node:assert/strict';

export default async function (person) {
  const { page } = person;
  await person.goto('SQL');
  await person.heading('SQL').waitFor();
  await person.confirm('Empty the notebook');
  const add = async (text) => {
    const count = await page.getByRole('textbox', { name: /^Statement/ }).count();
    await person.button('Add a statement').click();
    await page.getByRole('textbox', { name: /^Statement/ }).nth(count).fill(text);
  };
  await add("SELECT * FROM pgml.load_dataset('diabetes')");
  await add('SELECT i AS step, i * i AS square FROM generate_series(1, 20) i');
  await add(`SELECT\n  nothing`);
  await person.button('Run all').click();
  const cell = (place) => page.getByRole('region', { name: `Cell ${place}`, exact: true });
  await cell(1).getByText('pgml.diabetes', { exact: true }).waitFor();
  await cell(3).getByText('Line 2, column 3').waitFor();
  await cell(3).getByText('42703').waitFor();
  for (const kind of ['line', 'bars', 'scatter']) {
    await cell(2).getByLabel('Chart').selectOption(kind);
    await cell(2).getByRole('img', { name: /^square by step/ }).waitFor();
  }
  await person.button('Add a note').click();
  await page.getByRole('textbox', { name: 'Note 4' }).fill('Squares grow.');
  await person.checked('sql');

  // More rows than a page is for.
  await cell(3).getByRole('textbox').fill('SELECT generate_series(1, 100000)');
  await cell(3).getByRole('textbox').press('Control+Enter');
  await cell(3).getByText('the first 500 rows').waitFor();

  // What takes too long is cancelled, in the cell or by the keyboard, and what runs is seen.
  await cell(3).getByRole('textbox').fill('SELECT pg_sleep(300)');
  await cell(3).getByRole('textbox').press('Control+Enter');
  await page.getByRole('row').filter({ hasText: 'pg_sleep' }).waitFor();
  await person.checked('running');
  await person.button('Cancel cell 3').click();
  await cell(3).getByText('57014').waitFor();
  await person.button('Run cell 3').focus();
  await page.keyboard.press('Enter');
  // The list is of a moment ago: what it still has of the statement before has ended.
  await page.waitForTimeout(4000);
  await person.confirm(/^Cancel the statement of process/);
  await cell(3).getByText('57014').waitFor();
  await page.waitForFunction(() => document.activeElement !== document.body);

  // Whoever leaves the notebook or deletes the cell leaves nothing running.
  const rows = page.getByRole('row').filter({ hasText: /pg_sleep/ });
  await person.button('Run cell 3').click();
  await rows.first().waitFor();
  await person.goto('Projects');
  await person.heading('Projects').waitFor();
  await person.goto('SQL');
  await person.heading('SQL').waitFor();
  await page.getByText(/^Statements that run in the database/).first().waitFor();
  await rows.first().waitFor({ state: 'detached', timeout: 10000 });
  await add('SELECT pg_sleep(301)');
  await person.button('Run cell 5').click();
  await rows.first().waitFor();
  await person.button('Delete cell 5').click();
  await rows.first().waitFor({ state: 'detached', timeout: 10000 });

  // A table without rights, which is an error in Postgres' words.
  await cell(3).getByRole('textbox').fill(`SELECT * FROM ${process.env.DASHBOARD_SECRET}`);
  await cell(3).getByRole('textbox').press('Control+Enter');
  await cell(3).getByText('42501').waitFor();

  await person.button('Move cell 4 up').click();
  const saved = page.waitForEvent('download');
  await page.getByText('Save as a file, or open one').click();
  await person.button('Save as a file').click();
  assert.equal((await saved).suggestedFilename(), 'notebook.json');
  const path = await (await saved).path();
  await page.reload();
  await person.heading('SQL').waitFor();
  assert.equal(await page.getByRole('textbox', { name: 'Note 3' }).inputValue(), 'Squares grow.');
  assert.equal(await cell(2).getByRole('table').count(), 0, 'results are not kept');
  await person.button('Delete cell 3').click();
  await page.getByText('Save as a file, or open one').click();
  await page.getByLabel('Open a file').setInputFiles(path);
  await page.getByRole('textbox', { name: 'Note 3' }).waitFor();
}
