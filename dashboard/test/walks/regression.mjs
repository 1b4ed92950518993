// The whole wizard on a real data set, up to a rollback and a prediction.
import assert from 'node:assert/strict';

const PROJECT = 'progression';

export default async function (person) {
  const { page } = person;
  await person.goto('Train');
  await person.heading('Train').waitFor();
  assert.ok(await person.button(/^Train 1 model/).isDisabled());
  await page.getByLabel('1. Project').fill(PROJECT);
  await page.getByLabel(/^Regression/).check();
  await page.getByLabel('3. Table or view').selectOption('pgml.diabetes');
  await page.getByLabel(/^target/).check();
  await person.button('Look at the columns').click();
  await page.getByText('Correlation with target').waitFor();
  await page.getByRole('img', { name: /^bmi: rows by/ }).waitFor();
  await page.getByLabel(/^random forest usual/).check();
  await page.getByLabel(/^gaussian process/).check();

  // Hyperparameters come from the catalogue; several values are searched.
  await page.getByText('Hyperparameters of random forest').click();
  await page.locator('#random_forest-n_estimators').fill('20, 40');
  await page.locator('#random_forest-max_depth').fill('3, 6');
  await person.button('Train 3 models').click();
  await page.getByText('choose a search, or one of them').waitFor();
  await page.getByLabel(/^Grid/).check();
  await page.getByLabel('Folds of the cross-validation').fill('3');
  await page.getByText('By column: encode texts').click();
  await page.getByLabel('scale bmi').selectOption('standard');
  await person.checked('wizard');
  await person.button('Train 3 models').click();
  await page.getByText('The training is done.').waitFor({ timeout: 120000 });
  await page.getByText('3 models').first().waitFor();
  await person.checked('trained');

  // Deploy two, then roll back.
  const row = (id, text) =>
    page
      .getByRole('row')
      .filter({ has: page.getByRole('link', { name: new RegExp(` ${id}$`) }) })
      .filter({ has: page.getByText(text, { exact: true }) });
  const deploy = async () => (await person.confirm(/^Deploy model/)).replace('Deploy model ', '');
  const first = await deploy();
  await row(first, 'answers').waitFor();
  const second = await deploy();
  await row(second, 'answers').waitFor();
  await page.getByRole('link', { name: PROJECT }).click();
  await person.heading(PROJECT).waitFor();
  await person.confirm('Roll back to the model before');
  await row(first, 'rollback').waitFor();
  await person.checked('project');

  // The model that was searched for: charts, residuals, importance, and a prediction with its reasons.
  await page.getByRole('row').filter({ hasText: 'random_forest' }).getByRole('link').first().click();
  await person.heading(/^random_forest/).waitFor();
  for (const chart of [/^Score by n_estimators/, /^Score by max_depth/, /^Time to fit by max_depth/, /^Residuals of target: /, /^Residuals of target by/, /^target: actual/]) {
    await page.getByRole('img', { name: chart }).waitFor();
  }
  await page.getByText('How much each feature matters').waitFor();
  await page.getByLabel(/^bmi/).fill('32.1');
  await person.button('Predict').click();
  await page.getByText('What each feature adds to it').waitFor();
  const predicted = Number((await page.locator('.result').innerText()).replaceAll(',', ''));
  assert.ok(predicted > 25 && predicted < 346, `predicts ${predicted}`);
  await person.checked('model');
  await page.getByText('All 4 candidates').click();
  await page.getByRole('table', { name: 'Candidates, the best first' }).waitFor();
  await page.locator('figure', { hasText: 'Score by max_depth' }).first().getByText('As a table').click();
  await page.getByRole('table', { name: 'Score by max_depth' }).waitFor();

  // What it has learnt from.
  await page.getByRole('link', { name: 'pgml.diabetes' }).click();
  await person.heading(/^pgml.diabetes/).waitFor();
  await page.getByText('How columns go with target').waitFor();
  await page.getByRole('img', { name: /^bmi: rows by bmi/ }).waitFor();
  await person.checked('snapshot');
  await person.goto('Snapshots');
  await page.getByRole('link', { name: /^pgml.diabetes/ }).first().waitFor();
  await person.checked('snapshots');
  await person.goto('Projects');
  await page.getByRole('link', { name: PROJECT }).waitFor();
  await person.checked('projects');
}
