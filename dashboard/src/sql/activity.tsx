import { get, post } from '../api.ts';
import { useAnswer, usePolling } from '../hooks.ts';
import { shown } from '../shown.ts';
import type { Row } from '../types.ts';
import { Action, Failure, Table } from '../ui.tsx';

const EVERY = 3000;

/** A transaction that waits for its client does nothing that could be cancelled. */
const WORKS = ['active', 'fastpath function call'];

const cancel = (row: Row, again: () => Promise<void>) => async () => {
  const { cancelled } = await post<{ cancelled: boolean }>('/api/activity/cancel', { pid: row.pid, began: row.began });
  await again();
  if (!cancelled) throw new Error(`Process ${row.pid} could not be told: it has ended, or runs on.`);
};

const columns = (again: () => Promise<void>) => [
  { name: 'process', of: (row: Row) => row.pid, number: true },
  { name: 'user', of: (row: Row) => shown(row.user) },
  { name: 'seconds', of: (row: Row) => shown(row.seconds), number: true },
  { name: 'state', of: (row: Row) => shown(row.state) },
  { name: 'waits for', of: (row: Row) => shown(row.wait_event) },
  { name: 'statement', of: (row: Row) => <code>{row.query}</code> },
  {
    name: 'actions',
    of: (row: Row) =>
      WORKS.includes(String(row.state)) && (
        <Action
          label="Cancel"
          title={`Cancel the statement of process ${row.pid}`}
          question="Its statement ends with an error, if you may cancel it."
          danger
          run={cancel(row, again)}
        />
      ),
  },
];

/** What runs in the database. */
export function Activity() {
  const answer = useAnswer(() => get<Row[]>('/api/activity'), []);
  usePolling(answer.again, EVERY);
  return (
    <>
      <Failure error={answer.error} />
      {answer.data && <Table caption="Statements that run in the database, the longest first" columns={columns(answer.again)} rows={answer.data} keyOf={(row) => `${row.pid} ${row.began}`} />}
    </>
  );
}
