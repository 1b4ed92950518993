import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { post } from '../api.ts';
import type { Who } from '../types.ts';
import { Action, Button, Failure, Title } from '../ui.tsx';
import { Activity } from './activity.tsx';
import { CellView, run, type Outcome } from './cell.tsx';
import { load, newCell, parse, save, write, type Cell } from './store.ts';

function moved(cells: Cell[], from: number, by: number): Cell[] {
  const to = from + by;
  if (to < 0 || to >= cells.length) return cells;
  const next = [...cells];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

/** Runs statements, one at a time; what nobody could cancel or see any more is cancelled. */
function useRuns(cells: Cell[]) {
  const [outcomes, setOutcomes] = useState<Record<number, Outcome>>({});
  const [busy, setBusy] = useState<number | null>(null);
  const name = useRef('');
  const left = useRef(false);
  const running = useRef<number | null>(null);
  const go = async (cell: Cell): Promise<boolean> => {
    if (left.current) return false;
    name.current = `${cell.id} ${Date.now()} ${Math.random()}`;
    running.current = cell.id;
    setBusy(cell.id);
    setOutcomes(({ [cell.id]: _, ...others }) => others);
    const outcome = await run(cell.text, name.current);
    running.current = null;
    if (left.current) return false;
    setOutcomes((old) => ({ ...old, [cell.id]: outcome }));
    setBusy(null);
    return !outcome.error;
  };
  const cancel = () => post('/api/sql/cancel', { run: name.current });
  // Its outcome says the rest: that it was cancelled, or has ended meanwhile.
  const drop = () => cancel().catch(() => {});
  useEffect(() => {
    if (running.current !== null && !cells.some((each) => each.id === running.current)) drop();
  }, [cells]);
  useEffect(
    () => () => {
      left.current = true;
      if (running.current !== null) drop();
    },
    [],
  );
  return { outcomes, busy, go, cancel };
}

function Files({ cells, take }: { cells: Cell[]; take: (cells: Cell[]) => void }) {
  const [error, setError] = useState<unknown>(null);
  const download = () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([write(cells)], { type: 'application/json' }));
    link.download = 'notebook.json';
    link.click();
    // The browser reads it after the click.
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  const open = async (event: JSX.TargetedEvent<HTMLInputElement>) => {
    const file = event.currentTarget.files?.[0];
    if (!file) return;
    const found = parse(await file.text());
    setError(found ? null : new Error(`${file.name} is no notebook.`));
    if (found) take(found);
  };
  return (
    <details>
      <summary>Save as a file, or open one</summary>
      <div class="buttons">
        <button type="button" class="small" onClick={download}>
          Save as a file
        </button>
        <label>
          Open a file
          <input type="file" accept=".json,application/json" onChange={open} />
        </label>
      </div>
      <Failure error={error} />
    </details>
  );
}

/** Statements and notes, kept by this browser; see docs/dashboard.md. */
export function Notebook({ who }: { who: Who }) {
  const [cells, setCells] = useState(() => load(who));
  const { outcomes, busy, go, cancel } = useRuns(cells);
  const newest = useRef(cells);
  newest.current = cells;
  useEffect(() => save(who, cells), [cells]);
  const runAll = async () => {
    for (const cell of newest.current.filter((each) => each.kind === 'sql' && each.text.trim())) {
      const removed = !newest.current.some((each) => each.id === cell.id);
      if (!removed && !(await go(cell))) return;
    }
  };
  const change = (cell: Cell) => setCells((old) => old.map((each) => (each.id === cell.id ? cell : each)));
  return (
    <>
      <Title>SQL</Title>
      <p class="quiet">Ctrl+Enter runs a statement, in a session of its own, and is cancelled if you leave this page. This browser keeps the texts, not the results.</p>
      {cells.map((cell, i) => (
        <CellView
          key={cell.id}
          cell={cell}
          place={i + 1}
          busy={busy !== null}
          runs={busy === cell.id}
          cancel={cancel}
          outcome={outcomes[cell.id]}
          change={change}
          go={() => go(cell)}
          move={(by) => setCells(moved(cells, i, by))}
          remove={() => setCells(cells.filter((each) => each.id !== cell.id))}
        />
      ))}
      <div class="buttons">
        <button type="button" onClick={() => setCells([...cells, newCell('sql')])}>
          Add a statement
        </button>
        <button type="button" onClick={() => setCells([...cells, newCell('note')])}>
          Add a note
        </button>
        <Button class="primary" off={busy !== null || !cells.length} onClick={runAll}>
          Run all
        </Button>
        <Action label="Empty" title="Empty the notebook" question="All cells are deleted." danger run={async () => setCells([])} />
      </div>
      <Files cells={cells} take={setCells} />
      <Activity />
    </>
  );
}
