import { useEffect, useState } from 'preact/hooks';
import { post } from '../api.ts';
import { shown } from '../shown.ts';
import type { ResultTable } from '../types.ts';
import { Button, Failure, Result } from '../ui.tsx';
import { Pointer } from './pointer.tsx';
import { ResultChart } from './resultchart.tsx';
import type { Cell } from './store.ts';

/** More is for psql: a page that is read by a person shows a part. */
const MOST_ROWS = 500;

export interface Outcome {
  sql: string;
  millis: number;
  table?: ResultTable;
  error?: unknown;
}

/** Long enough for a training; a session without requests lasts longer. */
const MOST_SECONDS = 600;

export async function run(sql: string, name: string): Promise<Outcome> {
  const start = performance.now();
  const took = () => Math.round(performance.now() - start);
  try {
    const table = await post<ResultTable>('/api/sql', { sql, rows: MOST_ROWS, run: name, seconds: MOST_SECONDS });
    return { sql, table, millis: took() };
  } catch (error) {
    return { sql, error, millis: took() };
  }
}

interface CellProps {
  cell: Cell;
  place: number;
  busy: boolean;
  runs: boolean;
  outcome: Outcome | undefined;
  change: (cell: Cell) => void;
  go: () => void;
  cancel: () => Promise<unknown>;
  move: (by: number) => void;
  remove: () => void;
}

type OutcomeProps = Pick<CellProps, 'cell' | 'place' | 'change'> & { outcome: Outcome };

function Outcomes({ cell, place, outcome, change }: OutcomeProps) {
  const { table, error } = outcome;
  return (
    <>
      <p class="quiet">
        {table && `${table.tag || `${shown(table.rows.length)} rows`}, `}
        {shown(outcome.millis)} ms
        {table?.more && `; the first ${MOST_ROWS} rows`}
      </p>
      <Failure error={error} />
      <Pointer sql={outcome.sql} error={error} />
      {table && table.columns.length > 0 && (
        <>
          <Result caption={`Result ${place}`} table={table} />
          <ResultChart table={table} chart={cell.chart} change={(chart) => change({ ...cell, chart })} />
        </>
      )}
    </>
  );
}

function Buttons({ place, move, remove }: Pick<CellProps, 'place' | 'move' | 'remove'>) {
  const name = `cell ${place}`;
  return (
    <>
      <button type="button" class="small" aria-label={`Move ${name} up`} onClick={() => move(-1)}>
        ↑
      </button>
      <button type="button" class="small" aria-label={`Move ${name} down`} onClick={() => move(1)}>
        ↓
      </button>
      <button type="button" class="small danger" aria-label={`Delete ${name}`} onClick={remove}>
        Delete
      </button>
    </>
  );
}

/** How long a statement has run so far, and the way to end it. */
function Running({ place, cancel }: Pick<CellProps, 'place' | 'cancel'>) {
  const [start] = useState(() => performance.now());
  const [seconds, setSeconds] = useState(0);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    // Browsers slow the ticks down of a page that is not seen.
    const timer = setInterval(() => setSeconds(Math.floor((performance.now() - start) / 1000)), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <button type="button" class="danger small" aria-label={`Cancel cell ${place}`} onClick={() => cancel().catch(setError)}>
        Cancel
      </button>
      <span class="quiet">{seconds} s</span>
      <Failure error={error} />
    </>
  );
}

export function CellView(props: CellProps) {
  const { cell, place, busy, runs, outcome, change, go } = props;
  const [rows] = useState(() => Math.max(2, Math.min(12, cell.text.split('\n').length + 1)));
  const sql = cell.kind === 'sql';
  const key = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && sql && !busy) go();
  };
  return (
    <section class="cell" aria-label={`Cell ${place}`}>
      <label>
        {sql ? `Statement ${place}` : `Note ${place}`}
        <textarea
          class={sql ? '' : 'note'}
          rows={rows}
          value={cell.text}
          spellcheck={!sql}
          onInput={(e) => change({ ...cell, text: e.currentTarget.value })}
          onKeyDown={key}
        />
      </label>
      <div class="buttons">
        {sql && (
          <Button class="primary small" aria-label={`Run cell ${place}`} off={busy || !cell.text.trim()} onClick={go}>
            {runs ? 'Runs …' : 'Run'}
          </Button>
        )}
        {runs && <Running place={place} cancel={props.cancel} />}
        <Buttons {...props} />
      </div>
      <div aria-live="polite">{sql && outcome && <Outcomes cell={cell} place={place} outcome={outcome} change={change} />}</div>
    </section>
  );
}
