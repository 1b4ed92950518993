import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

/** Runs a question again whenever what it depends on changes, and on demand. */
export function useAnswer(question, depends) {
  const [state, setState] = useState({ loading: true });
  const newest = useRef(0);
  const ask = useCallback(async () => {
    const mine = ++newest.current;
    try {
      const data = await question();
      if (mine === newest.current) setState({ data });
    } catch (error) {
      if (mine === newest.current) setState((before) => ({ data: before.data, error }));
    }
  }, depends);
  useEffect(() => {
    setState({ loading: true });
    ask();
    return () => newest.current++;
  }, [ask]);
  return { ...state, again: ask };
}

/** Calls while the page is seen, each time a while after the call before has ended. */
export function usePolling(call, millis, on = true) {
  const newest = useRef(call);
  newest.current = call;
  useEffect(() => {
    if (!on) return undefined;
    let timer;
    let over = false;
    const next = async () => {
      if (!document.hidden) await newest.current();
      if (!over) timer = setTimeout(next, millis);
    };
    timer = setTimeout(next, millis);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [millis, on]);
}

/** An error in Postgres' words; read out when it comes. */
export function Failure({ error }) {
  if (!error) return <div role="alert" />;
  const told = error.error || { message: error.message };
  return (
    <div role="alert" class="failure">
      <strong>{told.message}</strong>
      {told.sqlstate && <span class="quiet"> SQLSTATE {told.sqlstate}</span>}
      {told.detail && <p>{told.detail}</p>}
      {told.hint && <p>Hint: {told.hint}</p>}
    </div>
  );
}

export function Waiting({ answer, children }) {
  return (
    <>
      <Failure error={answer.error} />
      {answer.loading && <p class="quiet">Loading …</p>}
      {answer.data !== undefined && children(answer.data)}
    </>
  );
}

/** A value for people. */
export function shown(value) {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number') {
    return Number.isInteger(value) ? value.toLocaleString('en') : Number(value.toPrecision(5)).toString();
  }
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

export const time = (text) => (text ? String(text).replace('T', ' ').slice(0, 19) : '–');

/** Columns are {name, of: row => cell, number}. On a narrow screen it scrolls by itself. */
export function Table({ caption, columns, rows, empty = 'None.' }) {
  if (!rows.length) {
    return (
      <p class="quiet">
        {caption}: {empty}
      </p>
    );
  }
  return (
    <div class="scroll" role="region" aria-label={caption} tabindex="0">
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th scope="col" class={column.number ? 'number' : ''} key={column.name}>
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={row.id ?? i}>
              {columns.map((column) => (
                <td class={column.number ? 'number' : ''} key={column.name}>
                  {column.of(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A result of any statement: {columns: [{name}], rows: [[…]]}. */
export function Result({ caption, table }) {
  const columns = table.columns.map((column, i) => ({
    name: column.name,
    of: (row) => shown(row[i]),
    number: table.rows.length > 0 && typeof table.rows[0][i] === 'number',
  }));
  return <Table caption={caption} columns={columns} rows={table.rows} empty={table.tag} />;
}

/** A button that asks first, does it, and tells what went wrong. */
export function Action({ label, title, question, run, danger }) {
  const dialog = useRef(null);
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    setError(null);
    try {
      await run();
      if (dialog.current) dialog.current.close();
    } catch (e) {
      setError(e);
    }
    setBusy(false);
  };
  return (
    <>
      <button type="button" class={danger ? 'danger small' : 'small'} aria-label={title || label} onClick={() => { setError(null); dialog.current.showModal(); }}>
        {label}
      </button>
      <dialog ref={dialog} aria-label={title || label}>
        <p>{question}</p>
        <Failure error={error} />
        <div class="buttons">
          <button type="button" class={danger ? 'danger' : 'primary'} disabled={busy} onClick={go}>
            {title || label}
          </button>
          <button type="button" onClick={() => dialog.current.close()}>
            Leave it
          </button>
        </div>
      </dialog>
    </>
  );
}

/** A heading that gets the focus when its view appears, so that it is read out. */
export function Title({ children }) {
  const heading = useRef(null);
  useEffect(() => {
    if (heading.current) heading.current.focus();
  }, []);
  return (
    <h1 ref={heading} tabindex="-1">
      {children}
    </h1>
  );
}

/** Horizontal bars around a zero line, each with its number. */
export function Bars({ caption, name, rows }) {
  const most = Math.max(...rows.map((row) => Math.abs(row.value)), 1e-300);
  const signed = rows.some((row) => row.value < 0);
  return (
    <table class="bars">
      <caption>{caption}</caption>
      <thead class="hidden">
        <tr>
          <th scope="col">{name}</th>
          <th scope="col">value</th>
          <th scope="col">bar</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <th scope="row">{row.name}</th>
            <td class="number">{shown(row.value)}</td>
            <td class="bar" aria-hidden="true">
              <svg viewBox="0 0 200 10" preserveAspectRatio="none">
                <rect
                  class={row.value < 0 ? 'minus' : 'plus'}
                  x={signed ? 100 - (row.value < 0 ? (100 * -row.value) / most : 0) : 0}
                  y="1"
                  height="8"
                  width={((signed ? 100 : 200) * Math.abs(row.value)) / most}
                />
              </svg>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
