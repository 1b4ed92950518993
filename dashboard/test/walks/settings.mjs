// The wizard's further settings: random search, weights of rows, texts and gaps brought to numbers.
import assert from 'node:assert/strict';

export default async function (person) {
  const { page } = person;
  await person.sql(
    `CREATE TABLE houses AS SELECT i AS size, CASE WHEN i % 7 > 0 THEN i % 5 END AS rooms,
       (ARRAY['north', 'south', 'west'])[i % 3 + 1] AS district, 1 + i % 4 AS importance,
       100.0 * i + 500 * (i % 3) + (i % 5) AS price FROM generate_series(1, 400) i`,
  );
  await person.goto('Projects');
  await person.goto('Train');
  await page.getByLabel('1. Project').fill('prices');
  await page.getByLabel('3. Table or view').selectOption('public.houses');
  await page.getByLabel(/^price/).check();
  await page.getByLabel(/^Weight column/).selectOption('importance');
  await page.getByLabel(/^linear usual/).uncheck();
  await page.getByLabel(/^random forest usual/).check();

  // What counts without being given is told; a name of another library says the same.
  await page.getByText('Hyperparameters of random forest').click();
  const trees = page.locator('#random_forest-n_estimators');
  assert.match(await page.locator('#random_forest-n_estimators-domain').innerText(), /Default 100\.$/);
  assert.equal(await trees.getAttribute('placeholder'), '100');
  assert.match(await page.locator('#random_forest-max_depth-domain').innerText(), /Default null\.$/);
  await trees.fill('5, 10, 15');
  await page.locator('#random_forest-max_depth').fill('2, 4, 6, null');

  await page.getByLabel(/^Random/).check();
  await page.getByLabel('Folds of the cross-validation').fill('2');
  await page.getByLabel('Candidates').fill('4');
  await page.getByText('By column: encode texts').click();
  assert.equal(await page.getByLabel('encode importance').count(), 0, 'a weight is no feature');
  await page.getByLabel('encode district').selectOption('one_hot');
  await page.getByLabel('impute rooms').selectOption('median');
  await page.getByLabel('scale size').selectOption('robust');
  await page.getByLabel(/^Share up to 1/).fill('0.2');
  await page.getByLabel('Which').selectOption('random');
  await person.checked('settings');
  await person.button('Train 1 model').click();
  await page.getByText('The training is done.').waitFor({ timeout: 60000 });
  await page.locator('.steps a').click();
  await person.heading(/^random_forest/).waitFor();
  await page.getByText('random tried 4 candidates on 2 folds').waitFor();
  await page.getByText('0.2 held out, random').waitFor();

  // All of it has reached the training.
  const [model] = await person.rows(
    `SELECT m.hyperparams, m.search, m.search_args, m.metrics->>'r2' AS r2, s.columns
     FROM pgml.models m JOIN pgml.projects p ON p.id = m.project_id JOIN pgml.snapshots s ON s.id = m.snapshot_id
     WHERE p.name = 'prices'`,
  );
  assert.equal(model.hyperparams.sample_weight_column, 'importance');
  assert.equal(model.search, 'random');
  assert.equal(model.search_args.n_iter, 4);
  assert.ok(Number(model.r2) > 0.5, `r2 is ${model.r2}`);
  const steps = Object.fromEntries(model.columns.map((column) => [column.name, JSON.stringify(column)]));
  assert.match(steps.district, /one_hot/);
  assert.match(steps.rooms, /median/);
  assert.match(steps.size, /robust/);

  // A gap is filled when one predicts, too, and a text is a text.
  await page.getByLabel(/^rooms/).fill('');
  await page.getByLabel(/^district/).fill('south');
  await person.button('Predict').click();
  await page.getByText('What each feature adds to it').waitFor();
}
