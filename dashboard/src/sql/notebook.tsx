import { useState } from 'preact/hooks';
import { post } from './api.js';
import { Failure, Result, Table, Title, shown, usePolling } from './ui.jsx';
import { get } from './api.js';

const FEW = 200;

function Activity() {
  const [rows, setRows] = useState(null);
  const [error, setError] = useState(null);
  const ask = () =>
    get('/api/activity').then((found) => { setRows(found); setError(null); }, setError);
  usePolling(ask, 3000);
  const columns = [
    { name: 'process', of: (row) => row.pid, number: true },
    { name: 'user', of: (row) => shown(row.user) },
    { name: 'seconds', of: (row) => shown(row.seconds), number: true },
    { name: 'state', of: (row) => shown(row.state) },
    { name: 'waits for', of: (row) => shown(row.wait_event) },
    { name: 'statement', of: (row) => <code>{row.query}</code> },
  ];
  return (
    <>
      <Failure error={error} />
      {rows && <Table caption="Statements that run in the database, the longest first" columns={columns} rows={rows} />}
    </>
  );
}

export function Sql() {
  const [text, setText] = useState('SELECT * FROM pgml.load_dataset(\'diabetes\')');
  const [cells, setCells] = useState([]);
  const [busy, setBusy] = useState(false);
  const run = async (event) => {
    event.preventDefault();
    setBusy(true);
    const start = performance.now();
    const cell = { id: Date.now(), sql: text };
    try {
      cell.table = await post('/api/sql', { sql: text, rows: FEW });
    } catch (error) {
      cell.error = error;
    }
    cell.millis = Math.round(performance.now() - start);
    setCells([cell, ...cells].slice(0, 20));
    setBusy(false);
  };
  return (
    <>
      <Title>SQL</Title>
      <form onSubmit={run}>
        <label>
          A statement
          <textarea
            rows="5"
            value={text}
            spellcheck={false}
            onInput={(e) => setText(e.target.value)}
            onKeyDown={(e) => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) e.target.form.requestSubmit(); }}
          />
        </label>
        <button type="submit" class="primary" disabled={busy || !text.trim()}>
          {busy ? 'Runs …' : 'Run'}
        </button>{' '}
        <span class="quiet">Ctrl+Enter. Each statement has a session of its own.</span>
      </form>
      <div aria-live="polite">
        {cells.map((cell) => (
          <section key={cell.id} class="cell">
            <pre>{cell.sql}</pre>
            <p class="quiet">
              {cell.table ? `${cell.table.tag || cell.table.rows.length + ' rows'}, ` : ''}
              {cell.millis} ms{cell.table && cell.table.more ? `; the first ${FEW} rows` : ''}
            </p>
            <Failure error={cell.error} />
            {cell.table && cell.table.columns.length > 0 && <Result caption="Result" table={cell.table} />}
          </section>
        ))}
      </div>
      <Activity />
    </>
  );
}
