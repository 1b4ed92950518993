import { render, type ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { logout, session as askSession, sessionListener } from './api.ts';
import { Cluster } from './cluster/cluster.tsx';
import { Login } from './login.tsx';
import { Model } from './model/model.tsx';
import { Project } from './projects/project.tsx';
import { Projects } from './projects/projects.tsx';
import { Snapshot } from './snapshots/snapshot.tsx';
import { Snapshots } from './snapshots/snapshots.tsx';
import { Notebook } from './sql/notebook.tsx';
import type { Session } from './types.ts';
import { Failure } from './ui.tsx';
import { Upload } from './upload/upload.tsx';
import { Wizard } from './wizard/wizard.tsx';
import './app.css';

/** An address that somebody has typed may have a bare percent sign. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** '#/project/a%20b' is ['project', 'a b']. */
function place(): string[] {
  return location.hash.replace(/^#\/?/, '').split('/').map(decoded);
}

function usePlace() {
  const [at, setAt] = useState(place);
  useEffect(() => {
    const moved = () => setAt(place());
    addEventListener('hashchange', moved);
    return () => removeEventListener('hashchange', moved);
  }, []);
  return at;
}

const PAGES = [
  { name: 'cluster', label: 'Cluster' },
  { name: 'projects', label: 'Projects' },
  { name: 'train', label: 'Train' },
  { name: 'snapshots', label: 'Snapshots' },
  { name: 'upload', label: 'Upload' },
  { name: 'sql', label: 'SQL' },
];

function View({ at, session }: { at: string[]; session: Session }) {
  const [page, argument = ''] = at;
  const needs = (name: 'console' | 'database', view: ComponentChildren) =>
    session[name] ? view : <Login session={session} first={name} key={name} />;
  switch (page) {
    case 'cluster':
      return <>{needs('console', <Cluster />)}</>;
    case 'projects':
      return <>{needs('database', <Projects />)}</>;
    case 'project':
      return <>{needs('database', <Project name={argument} key={argument} />)}</>;
    case 'model':
      return <>{needs('database', <Model id={argument} key={argument} />)}</>;
    case 'snapshots':
      return <>{needs('database', <Snapshots />)}</>;
    case 'snapshot':
      return <>{needs('database', <Snapshot id={argument} key={argument} />)}</>;
    case 'train':
      return <>{needs('database', <Wizard relation={argument} key={argument} />)}</>;
    case 'upload':
      return <>{needs('database', <Upload />)}</>;
    case 'sql':
      return <>{needs('database', session.database && <Notebook who={session.database} />)}</>;
    case 'login':
      return <Login session={session} first={argument || 'database'} key={argument} />;
    default:
      if (session.console) return <Cluster />;
      return session.database ? <Projects /> : <Login session={session} first="database" />;
  }
}

function Who({ session, error }: { session: Session; error: (e: unknown) => void }) {
  const both = [session.console, session.database].filter((each) => each !== null);
  if (!both.length) return null;
  const leave = () => {
    logout().then(() => {
      location.hash = '#/login';
    }, error);
  };
  return (
    <div class="who">
      {both.map((each) => (
        <span key={each.database}>
          {each.user}@{each.database}
        </span>
      ))}
      <button type="button" class="small" onClick={leave}>
        Log out
      </button>
    </div>
  );
}

const WITHIN: Record<string, string> = { project: 'projects', model: 'projects', snapshot: 'snapshots' };

function App() {
  const [session, setSession] = useState<Session | null>(null);
  const [error, setError] = useState<unknown>(null);
  const at = usePlace();
  useEffect(() => {
    sessionListener((found) => {
      if (found) setSession(found);
      else askSession().catch(setError);
    });
    askSession().catch(setError);
  }, []);
  const current = WITHIN[at[0]!] ?? at[0];
  const skip = (event: Event) => {
    event.preventDefault();
    document.getElementById('main')?.focus();
  };
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        To the content
      </a>
      <header>
        <a class="brand" href="#/">
          pglynx
        </a>
        <nav aria-label="Pages">
          {PAGES.map((page) => (
            <a key={page.name} href={`#/${page.name}`} aria-current={page.name === current ? 'page' : undefined}>
              {page.label}
            </a>
          ))}
        </nav>
        {session && <Who session={session} error={setError} />}
      </header>
      <main id="main" tabIndex={-1}>
        <Failure error={error} />
        {session && <View at={at} session={session} />}
      </main>
    </>
  );
}

render(<App />, document.getElementById('app')!);
