import type { Who } from '../types.ts';

/** One part of a notebook: a statement with the chart of its result, or a note. */
export interface Cell {
  id: number;
  kind: 'sql' | 'note';
  text: string;
  chart: ChartChoice;
}

export interface ChartChoice {
  kind: '' | 'line' | 'bars' | 'dots';
  x: string;
  y: string;
}

export const NO_CHART: ChartChoice = { kind: '', x: '', y: '' };

const FIRST = [
  "SELECT * FROM pgml.load_dataset('diabetes')",
  "SELECT * FROM pgml.train('progression', 'regression', 'pgml.diabetes', 'target')",
  "SELECT target, pgml.predict('progression', t) FROM pgml.diabetes t LIMIT 100",
];

const key = (who: Who) => `pglynx notebook ${who.user}@${who.database}`;

let last = Date.now();

export function newCell(kind: Cell['kind'], text = ''): Cell {
  last = Math.max(last + 1, Date.now());
  return { id: last, kind, text, chart: NO_CHART };
}

/** The cells of a text that was saved; null if it is none. */
export function parse(text: string): Cell[] | null {
  try {
    const cells = JSON.parse(text).cells as Partial<Cell>[];
    return cells.map((cell) => ({
      ...newCell(cell.kind === 'note' ? 'note' : 'sql', String(cell.text ?? '')),
      chart: { ...NO_CHART, ...cell.chart },
    }));
  } catch {
    return null;
  }
}

export const write = (cells: Cell[]) => JSON.stringify({ pglynx: 'notebook', cells }, null, 1);

/** What this browser keeps for the user: the texts, never a result. */
export function load(who: Who): Cell[] {
  const kept = localStorage.getItem(key(who));
  return (kept && parse(kept)) || FIRST.map((text) => newCell('sql', text));
}

export function save(who: Who, cells: Cell[]) {
  localStorage.setItem(key(who), write(cells));
}
