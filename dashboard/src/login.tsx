import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { login } from './api.ts';
import type { Session } from './types.ts';
import { Button, Failure, Title } from './ui.tsx';

export function Login({ session, first }: { session: Session; first: string }) {
  const [console, setConsole] = useState(first === 'console');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: JSX.TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '');
    setBusy(true);
    setError(null);
    try {
      await login({ database: console ? 'pglynx' : text('database'), user: text('user'), password: text('password') });
      if (location.hash.startsWith('#/login') || !location.hash) location.hash = console ? '#/cluster' : '#/projects';
    } catch (e) {
      setError(e);
    }
    setBusy(false);
  };
  return (
    <section class="narrow">
      <Title>Log in</Title>
      <form onSubmit={submit}>
        <fieldset>
          <legend>Where</legend>
          <label class="choice">
            <input type="radio" name="where" checked={!console} onChange={() => setConsole(false)} />
            A database: projects, training, SQL, with that user's rights
          </label>
          <label class="choice">
            <input type="radio" name="where" checked={console} onChange={() => setConsole(true)} />
            The admin console: the cluster
          </label>
        </fieldset>
        {!console && (
          <label>
            Database
            <input name="database" required autocomplete="off" autocapitalize="none" spellcheck={false} />
          </label>
        )}
        <label>
          User
          <input name="user" required autocomplete="username" autocapitalize="none" spellcheck={false} />
        </label>
        <label>
          Password
          <input name="password" type="password" required autocomplete="current-password" />
        </label>
        <Failure error={error} />
        <Button type="submit" class="primary" off={busy}>
          Log in
        </Button>
      </form>
      {(session.console || session.database) && <p class="quiet">What you are logged in to already stays so.</p>}
    </section>
  );
}
