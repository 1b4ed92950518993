// Ten thousand models in a project.
import assert from 'node:assert/strict';

export default async function (person) {
  const { page } = person;
  await person.sql("INSERT INTO pgml.projects (name, task) VALUES ('crowded', 'regression')");
  await person.sql(
    "INSERT INTO pgml.models (project_id, num_features, algorithm, hyperparams, status, metrics, search_params, search_args) SELECT p.id, 2, 'linear', '{}', 'successful', jsonb_build_object('r2', i / 10000.0), '{}', '{}' FROM pgml.projects p, generate_series(1, 10000) i WHERE p.name = 'crowded'",
  );
  const start = Date.now();
  await page.goto(`${person.url}/#/project/crowded`);
  await page.getByText('1 to 50 of 10,000').waitFor();
  assert.ok(Date.now() - start < 5000, `the first page takes ${Date.now() - start} ms`);
  // By keyboard: the focus stays where it is while the next page is on its way, and at the end.
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  await person.button('Further ones').focus();
  for (const shown of ['51 to 100', '101 to 150']) {
    await page.keyboard.press('Enter');
    assert.equal(await focused(), 'Further ones');
    await page.getByText(`${shown} of 10,000`).waitFor();
    assert.equal(await focused(), 'Further ones');
  }
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('9,951 to 10,000 of 10,000').waitFor();
  assert.equal(await focused(), 'Last');
  assert.ok(await person.button('Last').isDisabled(), 'and it is told that there is no more');
  assert.equal(await page.getByRole('row').count() < 120, true);
  await person.checked('many');
}
