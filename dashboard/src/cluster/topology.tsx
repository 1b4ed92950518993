import { post } from '../api.ts';
import { shown } from '../shown.ts';
import type { Row } from '../types.ts';
import { Action, Table } from '../ui.tsx';
import type { Overview } from './live.ts';

const address = (row: Row) => `${row.host}:${row.port}`;

/** Databases with one server each. */
function Single({ answer }: { answer: Overview }) {
  const columns = [
    { name: 'database', of: (row: Row) => row.name },
    { name: 'server', of: address },
    { name: 'database there', of: (row: Row) => row.database },
    { name: 'connections', of: (row: Row) => shown(row.current_connections), number: true },
  ];
  const seen = new Map(answer.databases.filter((row) => row.host).map((row) => [row.name + address(row), row]));
  return <Table caption="Servers" columns={columns} rows={[...seen.values()]} />;
}

function Ban({ row, ban, ask }: { row: Row; ban: Row | undefined; ask: () => Promise<void> }) {
  const does = (verb: string) => async () => {
    await post(`/api/cluster/${verb}`, { host: address(row) });
    await ask();
  };
  if (ban) {
    return (
      <>
        {ban.why || ban.reason}, {shown(ban.ban_remaining_seconds)} s left{' '}
        <Action label="Unban" title={`Unban ${address(row)}`} question="It takes sessions again." run={does('unban')} />
      </>
    );
  }
  return (
    <Action label="Ban" title={`Ban ${address(row)}`} question="It gets no sessions for ban_time." danger run={does('ban')} />
  );
}

/** Where databases live: the servers with their roles, how far behind they are, and bans. */
export function Topology({ answer, ask }: { answer: Overview; ask: () => Promise<void> }) {
  if (!answer.replication.length) return <Single answer={answer} />;
  const banned = new Map(answer.bans.map((ban) => [address(ban), ban]));
  const columns = [
    { name: 'database', of: (row: Row) => row.database },
    { name: 'server', of: address },
    { name: 'role', of: (row: Row) => row.role },
    {
      name: 'state',
      of: (row: Row) => <span class={row.state === 'up' || row.state === 'online' ? 'badge good' : 'badge'}>{row.state}</span>,
    },
    { name: 'lag', of: (row: Row) => (row.lag_ms === null ? '–' : `${shown(row.lag_ms)} ms`), number: true },
    { name: 'behind', of: (row: Row) => (row.lag_bytes === null ? '–' : `${shown(row.lag_bytes)} bytes`), number: true },
    { name: 'ban', of: (row: Row) => <Ban row={row} ban={banned.get(address(row))} ask={ask} /> },
  ];
  return <Table caption="Servers" columns={columns} rows={answer.replication} />;
}
