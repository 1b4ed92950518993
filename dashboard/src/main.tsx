import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { logout, session as askSession, sessionListener } from './api.js';
import { Failure } from './ui.jsx';
import { Login } from './login.jsx';
import { Cluster } from './cluster.jsx';
import { Project, Projects } from './projects.jsx';
import { Model } from './model.jsx';
import { Wizard } from './wizard.jsx';
import { Sql } from './sql.jsx';
import './app.css';

/** '#/project/a%20b' is ['project', 'a b']. */
function place() {
  return location.hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
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
  { name: 'cluster', label: 'Cluster', needs: 'console' },
  { name: 'projects', label: 'Projects', needs: 'database' },
  { name: 'train', label: 'Train', needs: 'database' },
  { name: 'sql', label: 'SQL', needs: 'database' },
];

function View({ at, session }) {
  const [page, argument] = at;
  const needs = (name, view) =>
    session[name] ? view : <Login session={session} first={name} key={name} />;
  switch (page) {
    case 'cluster':
      return needs('console', <Cluster />);
    case 'projects':
      return needs('database', <Projects />);
    case 'project':
      return needs('database', <Project name={argument} key={argument} />);
    case 'model':
      return needs('database', <Model id={argument} key={argument} />);
    case 'train':
      return needs('database', <Wizard session={session} />);
    case 'sql':
      return needs('database', <Sql />);
    case 'login':
      return <Login session={session} first={argument || 'database'} key={argument} />;
    default:
      return session.console ? <Cluster /> : session.database ? <Projects /> : <Login session={session} first="database" />;
  }
}

function Who({ session, error }) {
  const both = [session.console, session.database].filter(Boolean);
  if (!both.length) return null;
  return (
    <div class="who">
      {both.map((each) => (
        <span key={each.database}>
          {each.user}@{each.database}
        </span>
      ))}
      <button type="button" class="small" onClick={() => logout().then(() => (location.hash = '#/login'), error)}>
        Log out
      </button>
    </div>
  );
}

function App() {
  const [session, setSession] = useState(null);
  const [error, setError] = useState(null);
  const at = usePlace();
  useEffect(() => {
    sessionListener((found) => (found ? setSession(found) : askSession().catch(setError)));
    askSession().catch(setError);
  }, []);
  const current = at[0] === 'project' || at[0] === 'model' ? 'projects' : at[0];
  return (
    <>
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); document.getElementById('main').focus(); }}>
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
      <main id="main" tabindex="-1">
        <Failure error={error} />
        {session && <View at={at} session={session} />}
      </main>
    </>
  );
}

render(<App />, document.getElementById('app'));
