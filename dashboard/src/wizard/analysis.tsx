import { useState } from 'preact/hooks';
import { get } from '../api.ts';
import { Bars } from '../charts/bars.tsx';
import { Histogram } from '../charts/plot.tsx';
import { shown } from '../shown.ts';
import type { AnalysedColumn, Analysis as Found } from '../types.ts';
import { Button, Failure, Table } from '../ui.tsx';

const FEW = 10;

const outliers = (column: AnalysedColumn) =>
  column.outliers_below === undefined ? undefined : column.outliers_below + (column.outliers_above ?? 0);

const COLUMNS = [
  { name: 'column', of: (column: AnalysedColumn) => column.name },
  { name: 'type', of: (column: AnalysedColumn) => column.type },
  { name: 'missing', of: (column: AnalysedColumn) => shown(column.missing), number: true },
  { name: 'distinct', of: (column: AnalysedColumn) => shown(column.distinct), number: true },
  { name: 'min', of: (column: AnalysedColumn) => shown(column.min), number: true },
  { name: 'quartiles', of: (column: AnalysedColumn) => column.quartiles?.map(shown).join(' · ') ?? '–', number: true },
  { name: 'mean', of: (column: AnalysedColumn) => shown(column.mean), number: true },
  { name: 'max', of: (column: AnalysedColumn) => shown(column.max), number: true },
  { name: 'outliers', of: (column: AnalysedColumn) => shown(outliers(column)), number: true },
  { name: 'correlation', of: (column: AnalysedColumn) => shown(column.correlation), number: true },
];

function Distribution({ column }: { column: AnalysedColumn }) {
  if (column.kind === 'number' && column.histogram && typeof column.min === 'number' && typeof column.max === 'number') {
    return <Histogram title={column.name} x={column.name} low={column.min} high={column.max} counts={column.histogram} />;
  }
  if (!column.frequent?.length) return null;
  const rows = column.frequent.slice(0, FEW).map((each) => ({ name: each.value || '(empty)', value: each.rows }));
  return (
    <figure>
      <Bars caption={`${column.name}: rows by value`} name="value" rows={rows} />
    </figure>
  );
}

function Told({ found, target }: { found: Found; target: string | undefined }) {
  const correlated = found.columns
    .filter((column) => column.name !== target && typeof column.correlation === 'number')
    .sort((a, b) => Math.abs(b.correlation!) - Math.abs(a.correlation!));
  return (
    <>
      <p>
        {shown(found.rows)} rows{found.sampled && ', a sample of them'}.
      </p>
      <Table caption="Columns" columns={COLUMNS} rows={found.columns} />
      {target && correlated.length > 0 && (
        <Bars
          caption={`Correlation with ${target}`}
          name="column"
          rows={correlated.slice(0, 30).map((column) => ({ name: column.name, value: column.correlation! }))}
        />
      )}
      <div class="charts">
        {found.columns.map((column) => (
          <Distribution key={column.name} column={column} />
        ))}
      </div>
    </>
  );
}

/** What is in the columns: asked for, as a view may take a while to be read. */
export function Analysis({ relation, target }: { relation: string; target: string | undefined }) {
  const [found, setFound] = useState<Found | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    setError(null);
    try {
      setFound(await get<Found>('/api/analysis', { name: relation, ...(target && { target }) }));
    } catch (e) {
      setError(e);
    }
    setBusy(false);
  };
  return (
    <fieldset>
      <legend>5. Analysis</legend>
      <Button off={busy} onClick={run}>
        {busy ? 'Looks at the rows …' : 'Look at the columns'}
      </Button>
      <Failure error={error} />
      <div role="status">{found && !busy && <span class="hidden">The analysis is there.</span>}</div>
      {found && <Told found={found} target={target} />}
    </fieldset>
  );
}
