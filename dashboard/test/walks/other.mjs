// Groups, dimensions, several targets, and ranking.
export default async function (person) {
  const { page } = person;
  await person.sql(
    'CREATE TABLE results AS SELECT q AS query, d AS score, d * q % 7 AS noise, (d > 5)::int AS relevance FROM generate_series(1, 20) q, generate_series(1, 10) d',
  );
  const train = async (project, task, relation, more = async () => {}) => {
    await person.goto('Projects');
    await person.goto('Train');
    await page.getByLabel('1. Project').fill(project);
    await page.getByLabel(task).check();
    await page.getByLabel('3. Table or view').selectOption(relation);
    await more();
    await person.button('Train 1 model').click();
    await page.getByText('The training is done.').waitFor({ timeout: 60000 });
    await page.locator('.steps a').click();
    await person.heading(/\d+$/).waitFor();
  };
  await train('groups', /^Clustering/, 'pgml.iris');
  await page.getByText('silhouette').first().waitFor();
  await page.getByRole('table', { name: 'Rows by group' }).getByText('group 0').waitFor();
  await person.checked('groups');
  await train('axes', /^Decomposition/, 'pgml.iris');
  await page.getByText('Share of the variance').waitFor();
  await person.checked('axes');
  await train('order', /^Ranking/, 'public.results', async () => {
    await page.getByLabel(/^relevance/).check();
    await page.getByLabel(/^Group column/).selectOption('query');
  });
  await page.getByText('ndcg').first().waitFor();
  await page.getByRole('img', { name: /^The first places: / }).waitFor();
  await page.getByRole('img', { name: /^Groups by ndcg: groups by ndcg/ }).waitFor();
  await person.checked('ranking');
  await train('both', /^Regression/, 'public.results', async () => {
    await page.getByLabel(/^noise/).check();
    await page.getByLabel(/^relevance/).check();
  });
  await page.getByRole('img', { name: /^Residuals of noise: / }).waitFor();
  await page.getByRole('img', { name: /^Residuals of relevance: / }).waitFor();
}
