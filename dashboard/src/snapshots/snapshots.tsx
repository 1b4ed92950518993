import { get } from '../api.ts';
import { useAnswer } from '../hooks.ts';
import { shown, time } from '../shown.ts';
import type { SnapshotRow } from '../types.ts';
import { Table, Title, Waiting } from '../ui.tsx';

const COLUMNS = [
  { name: 'snapshot', of: (row: SnapshotRow) => <a href={`#/snapshot/${row.id}`}>{row.relation} {row.id}</a> },
  { name: 'target', of: (row: SnapshotRow) => row.targets?.join(', ') ?? 'none' },
  { name: 'rows', of: (row: SnapshotRow) => shown(row.rows), number: true },
  { name: 'models', of: (row: SnapshotRow) => shown(row.models), number: true },
  { name: 'status', of: (row: SnapshotRow) => row.status },
  { name: 'taken', of: (row: SnapshotRow) => time(row.created_at) },
];

export function Snapshots() {
  const answer = useAnswer(() => get<SnapshotRow[]>('/api/snapshots'), []);
  return (
    <>
      <Title>Snapshots</Title>
      <p class="quiet">What models have learnt from; those of your own projects.</p>
      <Waiting answer={answer}>
        {(rows) => <Table caption="Snapshots" columns={COLUMNS} rows={rows} empty="you have trained nothing here yet." />}
      </Waiting>
    </>
  );
}
