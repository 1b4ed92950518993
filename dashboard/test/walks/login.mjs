// A wrong password opens nothing, the right one does.
export default async function (person) {
  await person.page.goto(`${person.url}/`);
  await person.heading('Log in').waitFor();
  await person.checked('login');
  await person.login('database', 'wrong');
  await person.page.getByText('28P01').waitFor();
  await person.login('database');
  await person.heading('Projects').waitFor();
}
