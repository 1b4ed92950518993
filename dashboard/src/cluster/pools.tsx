import { post } from '../api.ts';
import { shown } from '../shown.ts';
import type { Row } from '../types.ts';
import { Action, Table } from '../ui.tsx';
import type { Overview } from './live.ts';

export function Pools({ answer, ask }: { answer: Overview; ask: () => Promise<void> }) {
  const does = (verb: string, row: Row) => async () => {
    await post(`/api/cluster/${verb}`, { database: row.database, user: row.user });
    await ask();
  };
  const paused = new Set(answer.databases.filter((row) => row.paused === 1).map((row) => `${row.name}/${row.force_user}`));
  const act = (row: Row) =>
    paused.has(`${row.database}/${row.user}`) ? (
      <>
        <span class="badge bad">paused</span> <Action key="resume" label="Resume" title={`Resume ${row.user}@${row.database}`} question="Transactions begin again." run={does('resume', row)} />
      </>
    ) : (
      <Action
        key="pause"
        label="Pause"
        title={`Pause ${row.user}@${row.database}`}
        question="Clients wait until it is resumed: no transaction begins, running ones end."
        run={does('pause', row)}
        danger
      />
    );
  const columns = [
    { name: 'database', of: (row: Row) => row.database },
    { name: 'user', of: (row: Row) => row.user },
    { name: 'mode', of: (row: Row) => row.pool_mode },
    { name: 'clients', of: (row: Row) => shown(row.cl_active + row.cl_waiting), number: true },
    { name: 'waiting', of: (row: Row) => shown(row.cl_waiting), number: true },
    { name: 'longest wait', of: (row: Row) => `${shown(row.maxwait + row.maxwait_us / 1e6)} s`, number: true },
    { name: 'servers active', of: (row: Row) => shown(row.sv_active), number: true },
    { name: 'idle', of: (row: Row) => shown(row.sv_idle), number: true },
    {
      name: 'pool use',
      of: (row: Row) => (
        <meter min={0} max={row.pool_size || 1} value={row.sv_active} aria-label={`${row.sv_active} of ${row.pool_size}`}>
          {row.sv_active} of {row.pool_size}
        </meter>
      ),
    },
    { name: 'actions', of: act },
  ];
  return <Table caption="Pools" columns={columns} rows={answer.pools.filter((row) => row.database !== 'pglynx')} keyOf={(row) => `${row.database} ${row.user}`} />;
}
