import { get, post } from '../api.ts';
import { useAnswer, usePolling } from '../hooks.ts';
import { shown, time } from '../shown.ts';
import type { Row } from '../types.ts';
import { Action, Failure, Table } from '../ui.tsx';

const EVERY = 2000;
const seconds = (micros: number) => `${shown(micros / 1e6)} s`;

/** What sessions are at, and what was slow. */
export function Statements() {
  const running = useAnswer(() => get<Row[]>('/api/cluster/queries'), []);
  const slow = useAnswer(() => get<Row[]>('/api/cluster/slow'), []);
  usePolling(async () => {
    await Promise.all([running.again(), slow.again()]);
  }, EVERY);
  const cancel = (row: Row) => async () => {
    await post('/api/cluster/cancel', { id: row.id });
    await running.again();
  };
  const current = [
    { name: 'client', of: (row: Row) => row.id, number: true },
    { name: 'user', of: (row: Row) => `${row.user}@${row.database}` },
    { name: 'from', of: (row: Row) => row.addr },
    { name: 'application', of: (row: Row) => shown(row.application_name) },
    { name: 'state', of: (row: Row) => row.state },
    { name: 'statement for', of: (row: Row) => seconds(row.query_us), number: true },
    { name: 'transaction for', of: (row: Row) => seconds(row.xact_us), number: true },
    { name: 'waits for', of: (row: Row) => seconds(row.wait_us), number: true },
    { name: 'server', of: (row: Row) => shown(row.server) },
    {
      name: 'statement',
      of: (row: Row) => (row.query ? <code>{row.query}</code> : <span class="quiet">shown with track_queries</span>),
    },
    {
      name: 'actions',
      of: (row: Row) => (
        <Action
          label="Cancel"
          title={`Cancel the statement of client ${row.id}`}
          question="Its statement ends with an error; its session goes on."
          danger
          run={cancel(row)}
        />
      ),
    },
  ];
  const kinds = [
    { name: 'user', of: (row: Row) => `${row.user}@${row.database}` },
    { name: 'times', of: (row: Row) => shown(row.count), number: true },
    // The median is known as well as its bucket of a histogram is narrow, the longest exactly.
    { name: 'median', of: (row: Row) => seconds(Math.min(row.p50, row.max_us)), number: true },
    { name: 'longest', of: (row: Row) => seconds(row.max_us), number: true },
    { name: 'last', of: (row: Row) => time(row.last_seen) },
    { name: 'statement', of: (row: Row) => <code>{row.query}</code> },
  ];
  return (
    <>
      <Failure error={running.error ?? slow.error} />
      <Table
        caption="Statements that run or wait, and open transactions"
        columns={current}
        rows={(running.data ?? []).filter((row) => row.database !== 'pglynx')}
      />
      <Table caption="Slow kinds of statements" columns={kinds} rows={slow.data ?? []} empty="none, or slow_query_ms is 0." />
    </>
  );
}
