import { get } from '../api.ts';
import { Bars } from '../charts/bars.tsx';
import { Histogram } from '../charts/plot.tsx';
import { useAnswer } from '../hooks.ts';
import { bytes, projectLink, shown, time } from '../shown.ts';
import type { SnapshotColumn, SnapshotDetail } from '../types.ts';
import { Table, Title, Waiting } from '../ui.tsx';

const FEW = 12;

const outliers = (column: SnapshotColumn) =>
  column.statistics?.categories ? null : (column.statistics?.outliers_below ?? 0) + (column.statistics?.outliers_above ?? 0);

const OVERVIEW = [
  { name: 'column', of: (column: SnapshotColumn) => (column.label ? <strong>{column.name}, target</strong> : column.name) },
  { name: 'type', of: (column: SnapshotColumn) => column.pg_type },
  { name: 'missing', of: (column: SnapshotColumn) => shown(column.statistics?.missing), number: true },
  { name: 'distinct', of: (column: SnapshotColumn) => shown(column.statistics?.distinct), number: true },
  { name: 'min', of: (column: SnapshotColumn) => shown(column.statistics?.min), number: true },
  { name: 'median', of: (column: SnapshotColumn) => shown(column.statistics?.median), number: true },
  { name: 'mean', of: (column: SnapshotColumn) => shown(column.statistics?.mean), number: true },
  { name: 'max', of: (column: SnapshotColumn) => shown(column.statistics?.max), number: true },
  { name: 'deviation', of: (column: SnapshotColumn) => shown(column.statistics?.std_dev), number: true },
  { name: 'outliers', of: (column: SnapshotColumn) => shown(outliers(column)), number: true },
];

const MEASURES: Record<string, string> = {
  pearson: 'correlation',
  eta: 'correlation ratio',
  cramers_v: "Cramér's V",
};

/** How the columns go with one target, the strongest first. */
function Associations({ target, columns }: { target: string; columns: SnapshotColumn[] }) {
  const rows = columns
    .map((column) => ({ column, found: column.associations?.[target] }))
    .filter(({ found }) => found && found.strength !== null)
    .map(({ column, found }) => ({
      name: `${column.name} (${MEASURES[found!.measure] ?? found!.measure})`,
      value: found!.strength!,
    }))
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  if (!rows.length) return null;
  return <Bars caption={`How columns go with ${target}`} name="column" rows={rows.slice(0, 40)} />;
}

function Distribution({ column }: { column: SnapshotColumn }) {
  const { statistics } = column;
  if (!statistics) return null;
  if (statistics.categories) {
    const rows = Object.entries(statistics.categories)
      .map(([name, found]) => ({ name: name === '__NULL__' ? 'missing' : name, value: found.members }))
      .sort((a, b) => b.value - a.value);
    return (
      <figure>
        <Bars caption={`${column.name}: rows by value`} name="value" rows={rows.slice(0, FEW)} />
        {rows.length > FEW && <p class="quiet">and {rows.length - FEW} more</p>}
      </figure>
    );
  }
  if (!statistics.histogram || statistics.min === null || statistics.max === null) return null;
  return <Histogram title={column.name} x={column.name} low={statistics.min} high={statistics.max} counts={statistics.histogram} />;
}

const MODELS = [
  {
    name: 'model',
    of: (row: SnapshotDetail['models'][number]) => (
      <a href={`#/model/${row.id}`}>
        {row.algorithm} {row.id}
      </a>
    ),
  },
  { name: 'project', of: (row: SnapshotDetail['models'][number]) => <a href={projectLink(row.project)}>{row.project}</a> },
  { name: 'status', of: (row: SnapshotDetail['models'][number]) => row.status },
];

function Told({ snapshot }: { snapshot: SnapshotDetail }) {
  const columns = snapshot.columns ?? [];
  const features = columns.filter((column) => !column.label);
  return (
    <>
      <p>
        {shown(snapshot.analysis?.samples)} rows, {features.length} features
        {snapshot.targets && <>, to predict {snapshot.targets.join(', ')}</>}; {shown(snapshot.test_size)} held out,{' '}
        {snapshot.test_sampling}; taken {time(snapshot.created_at)}
        {snapshot.materialized && <>, kept in {bytes(snapshot.bytes)}</>}.
      </p>
      <p class="quiet">
        The figures are of the rows that are learnt from, all of them. Outliers lie further from the quartiles than 1.5 times their distance.
      </p>
      <Table caption="Columns" columns={OVERVIEW} rows={columns} />
      {(snapshot.targets ?? []).map((target) => (
        <Associations key={target} target={target} columns={features} />
      ))}
      <h2>Distributions</h2>
      <div class="charts">
        {columns.map((column) => (
          <Distribution key={column.name} column={column} />
        ))}
      </div>
      <Table caption="Models that have learnt from it" columns={MODELS} rows={snapshot.models} />
    </>
  );
}

export function Snapshot({ id }: { id: string }) {
  const answer = useAnswer(() => get<SnapshotDetail>('/api/snapshot', { id }), [id]);
  return (
    <Waiting answer={answer}>
      {(snapshot) => (
        <>
          <Title>
            {snapshot.relation} {snapshot.id}
          </Title>
          <Told snapshot={snapshot} />
        </>
      )}
    </Waiting>
  );
}
