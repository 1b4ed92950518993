import { Plot, type Point } from '../charts/plot.tsx';
import { shown } from '../shown.ts';
import type { ResultTable, Value } from '../types.ts';
import type { ChartChoice } from './store.ts';

const KINDS: { kind: ChartChoice['kind']; label: string }[] = [
  { kind: '', label: 'no chart' },
  { kind: 'line', label: 'line' },
  { kind: 'bars', label: 'bars' },
  { kind: 'dots', label: 'scatter' },
];

const numeric = (table: ResultTable, i: number) =>
  table.rows.some((row) => typeof row[i] === 'number') && table.rows.every((row) => row[i] === null || typeof row[i] === 'number');

const instant = (value: Value | undefined) => (typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : NaN);

interface Drawn {
  points: Point[];
  labels?: string[];
}

/** Numbers and times lie where they are; other values side by side. */
function drawn(table: ResultTable, x: number, y: number): Drawn {
  const rows = table.rows.filter((row) => typeof row[y] === 'number');
  if (numeric(table, x)) {
    return { points: rows.filter((row) => row[x] !== null).map((row) => ({ x: row[x] as number, y: row[y] as number })) };
  }
  const times = rows.map((row) => instant(row[x]));
  const labels = rows.map((row) => shown(row[x]));
  if (times.length && times.every(Number.isFinite)) {
    const order = rows.map((_, i) => i).sort((a, b) => times[a]! - times[b]!);
    return { points: order.map((i, place) => ({ x: place, y: rows[i]![y] as number })), labels: order.map((i) => labels[i]!) };
  }
  return { points: rows.map((row, i) => ({ x: i, y: row[y] as number })), labels };
}

function Select({ label, value, choices, choose }: { label: string; value: string; choices: string[]; choose: (name: string) => void }) {
  return (
    <label>
      {label}
      <select value={value} onChange={(e) => choose(e.currentTarget.value)}>
        {choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </select>
    </label>
  );
}

/** A result as a chart: of which columns, and how, is chosen here. */
export function ResultChart({ table, chart, change }: { table: ResultTable; chart: ChartChoice; change: (chart: ChartChoice) => void }) {
  const names = table.columns.map((column) => column.name);
  const numbers = names.filter((_, i) => numeric(table, i));
  if (!numbers.length) return null;
  const x = names.includes(chart.x) ? chart.x : names[0]!;
  const y = numbers.includes(chart.y) ? chart.y : (numbers.find((name) => name !== x) ?? numbers[0]!);
  return (
    <>
      <div class="row">
        <label>
          Chart
          <select value={chart.kind} onChange={(e) => change({ kind: e.currentTarget.value as ChartChoice['kind'], x, y })}>
            {KINDS.map((each) => (
              <option key={each.kind} value={each.kind}>
                {each.label}
              </option>
            ))}
          </select>
        </label>
        {chart.kind && (
          <>
            <Select label="Across" value={x} choices={names} choose={(name) => change({ ...chart, x: name, y })} />
            <Select label="Up" value={y} choices={numbers} choose={(name) => change({ ...chart, x, y: name })} />
          </>
        )}
      </div>
      {chart.kind && <Chart table={table} kind={chart.kind} x={x} y={y} />}
    </>
  );
}

function Chart({ table, kind, x, y }: { table: ResultTable; kind: 'line' | 'bars' | 'dots'; x: string; y: string }) {
  const place = (name: string) => table.columns.findIndex((column) => column.name === name);
  const { points, labels } = drawn(table, place(x), place(y));
  const ordered = kind === 'line' ? [...points].sort((a, b) => a.x - b.x) : points;
  return <Plot title={`${y} by ${x}`} x={x} y={y} labels={labels} series={[{ name: y, kind, points: ordered }]} />;
}
