import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { bytes, shown } from '../shown.ts';
import { Button, Failure, Title } from '../ui.tsx';
import { guessDelimiter, scan, type Found, type Layout } from './file.ts';
import { Columns } from './columns.tsx';
import { LayoutForm } from './layout.tsx';
import { send } from './send.ts';

const tableName = (file: File) =>
  file.name
    .replace(/\.[^.]*$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')
    .replace(/^(\d)/, 't_$1') || 'uploaded';

interface Chosen {
  file: File;
  layout: Layout;
  found: Found | null;
}

/** Looks at the file whenever its layout is told anew. */
function useFile(onFile: (file: File) => void) {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [share, setShare] = useState<number | null>(null);
  const [error, setError] = useState<unknown>(null);
  const look = async (file: File, layout: Layout) => {
    setError(null);
    setShare(0);
    setChosen({ file, layout, found: null });
    try {
      setChosen({ file, layout, found: await scan(file, layout, setShare) });
    } catch (e) {
      setError(e instanceof TypeError ? new Error(`The file is not ${layout.encoding}; choose another encoding.`) : e);
    }
    setShare(null);
  };
  const choose = async (event: JSX.TargetedEvent<HTMLInputElement>) => {
    const file = event.currentTarget.files?.[0];
    if (!file) return;
    onFile(file);
    await look(file, { encoding: 'utf-8', delimiter: await guessDelimiter(file, 'utf-8'), header: true });
  };
  return { chosen, setChosen, share, error, choose, look };
}

function Done({ table, rows }: { table: string; rows: number }) {
  const relation = table.includes('.') ? table : `public.${table}`;
  return (
    <p role="status">
      {shown(rows)} rows are in {table}. <a href={`#/train/${encodeURIComponent(relation)}`}>Train with them</a>
    </p>
  );
}

/** A CSV file becomes a table, with the rights of who has logged in. */
export function Upload() {
  const [table, setTable] = useState('');
  const [done, setDone] = useState<{ table: string; rows: number } | null>(null);
  const { chosen, setChosen, share, error, choose, look } = useFile((file) => {
    setTable(tableName(file));
    setDone(null);
  });
  const [sent, setSent] = useState<number | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const cancelled = useRef(false);
  const upload = async (event: Event) => {
    event.preventDefault();
    if (!chosen?.found) return;
    cancelled.current = false;
    setFailure(null);
    setDone(null);
    setSent(0);
    try {
      const target = { table, columns: chosen.found.names, types: chosen.found.types };
      setDone({ table, rows: await send(chosen.file, chosen.layout, target, setSent, () => cancelled.current) });
    } catch (e) {
      setFailure(e);
    }
    setSent(null);
  };
  return (
    <>
      <Title>Upload</Title>
      <form onSubmit={upload}>
        <label>
          CSV file, at most 256 MB
          <input type="file" accept=".csv,.tsv,.txt,text/csv" onChange={choose} />
        </label>
        {share !== null && (
          <p>
            <progress max={1} value={share} aria-label="Reading the file" /> Reading …
          </p>
        )}
        <Failure error={error} />
        {chosen && <LayoutForm layout={chosen.layout} change={(layout) => look(chosen.file, layout)} />}
        {chosen?.found && (
          <>
            <p>
              {shown(chosen.found.rows)} rows, {bytes(chosen.file.size)}.
            </p>
            {chosen.found.faults.length > 0 && <Failure error={new Error(chosen.found.faults.join(' '))} />}
            <Columns found={chosen.found} change={(found) => setChosen({ ...chosen, found })} />
            <label>
              Table
              <input value={table} required spellcheck={false} autocomplete="off" onInput={(e) => setTable(e.currentTarget.value)} />
            </label>
            <Button type="submit" class="primary" off={sent !== null || chosen.found.faults.length > 0 || !table}>
              Create the table
            </Button>
          </>
        )}
      </form>
      {sent !== null && (
        <p>
          <progress max={1} value={sent} aria-label="Sending the file" /> {Math.round(100 * sent)} %{' '}
          <button
            type="button"
            class="danger small"
            onClick={() => {
              cancelled.current = true;
            }}
          >
            Cancel the upload
          </button>
        </p>
      )}
      <Failure error={failure} />
      {done && <Done {...done} />}
    </>
  );
}
