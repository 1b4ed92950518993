// Classes: confusion, curves and calibration.
export default async function (person) {
  const { page } = person;
  await person.sql("SELECT * FROM pgml.load_dataset('iris')");
  await person.goto('Train');
  await page.getByLabel('1. Project').fill('flowers');
  await page.getByLabel(/^Classification/).check();
  await page.getByLabel('3. Table or view').selectOption('pgml.iris');
  await page.getByLabel(/^target/).check();
  await page.getByLabel(/^xgboost usual/).check();
  await page.getByLabel(/^linear usual/).uncheck();
  await person.button('Train 1 model').click();
  await page.getByText('The training is done.').waitFor({ timeout: 60000 });
  await page.getByRole('link', { name: /^xgboost/ }).first().click();
  await person.heading(/^xgboost/).waitFor();
  await page.getByRole('table', { name: /^Confusion matrix/ }).waitFor();
  for (const chart of [/^ROC/, /^Precision and recall/, /^Calibration/]) await page.getByRole('img', { name: chart }).waitFor();
  await person.button('Predict').click();
  await page.getByRole('table', { name: 'Probability of each class' }).waitFor();
  await person.checked('classifier');
}
