// A training that runs is cancelled: 300,000 rows and hundreds of trees take minutes.
export default async function (person) {
  const { page } = person;
  await person.sql('CREATE TABLE IF NOT EXISTS page_rows AS SELECT random() AS a, random() AS b, random() AS c, random() AS target FROM generate_series(1, 300000)');
  await person.goto('Projects');
  await person.goto('Train');
  await page.getByLabel('1. Project').fill('long');
  await page.getByLabel('3. Table or view').selectOption('public.page_rows');
  await page.getByLabel(/^target/).check();
  await page.getByLabel(/^linear usual/).uncheck();
  await page.getByLabel(/^extra trees/).check();
  await page.getByLabel(/^gradient boosting trees/).check();
  await person.button('Train 2 models').click();
  await page.getByRole('listitem').filter({ hasText: / of \d+/ }).waitFor({ timeout: 60000 });
  await person.checked('training');
  await person.button('Cancel the training').click();
  await page.getByText('The training is cancelled.').waitFor({ timeout: 30000 });
}
