import { post } from '../api.ts';
import { shown } from '../shown.ts';
import type { Row } from '../types.ts';
import { Action, Table } from '../ui.tsx';
import type { Overview } from './live.ts';

/** A server of a shard; what is known of its health and log, if it is one of several. */
interface Place {
  database: string;
  shard: number;
  server: string;
  role: string;
  active: number;
  idle: number;
  host: Row | undefined;
  ban: Row | undefined;
}

const address = (row: Row) => `${row.host}:${row.port}`;

/** Users share servers: each is shown once for a database. */
function places(answer: Overview): Place[] {
  const hosts = new Map(answer.replication.map((row) => [`${row.database} ${address(row)}`, row]));
  const bans = new Map(answer.bans.map((row) => [`${row.db} ${address(row)}`, row]));
  const found = new Map<string, Place>();
  for (const row of answer.shards) {
    const key = `${row.database} ${row.shard} ${row.server} ${row.server_database}`;
    const host = hosts.get(`${row.database} ${row.server}`);
    const place = found.get(key) ?? {
      database: row.database,
      shard: row.shard,
      server: row.server,
      role: host?.role ?? (row.role === 'auto' ? 'primary' : row.role),
      active: 0,
      idle: 0,
      host,
      ban: bans.get(`${row.database} ${row.server}`),
    };
    found.set(key, { ...place, active: place.active + row.sv_active, idle: place.idle + row.sv_idle });
  }
  return [...found.values()];
}

function State({ host }: { host: Row | undefined }) {
  // Of a single server nobody asks how it is: sessions find out.
  if (!host) return <>–</>;
  const kind = host.state === 'healthy' ? 'badge good' : host.state === 'draining' ? 'badge' : 'badge bad';
  return <span class={kind}>{host.state}</span>;
}

function Ban({ place, ask }: { place: Place; ask: () => Promise<void> }) {
  const { ban, server } = place;
  const does = (verb: string) => async () => {
    await post(`/api/cluster/${verb}`, { host: server });
    await ask();
  };
  if (!place.host) return <>–</>;
  return (
    <>
      {ban && `${ban.why || ban.reason}, ${shown(ban.ban_remaining_seconds)} s left `}
      {ban ? (
        <Action key="unban" label="Unban" title={`Unban ${server}`} question="It takes sessions again." run={does('unban')} />
      ) : (
        <Action key="ban" label="Ban" title={`Ban ${server}`} question="It gets no sessions for ban_time." danger run={does('ban')} />
      )}
    </>
  );
}

/** Where databases live: their shards and servers, with roles, how far behind they are, and bans. */
export function Topology({ answer, ask }: { answer: Overview; ask: () => Promise<void> }) {
  const rows = places(answer);
  const sharded = rows.some((place) => place.shard > 0);
  const columns = [
    { name: 'database', of: (place: Place) => place.database },
    ...(sharded ? [{ name: 'shard', of: (place: Place) => place.shard, number: true }] : []),
    { name: 'server', of: (place: Place) => place.server },
    { name: 'role', of: (place: Place) => place.role },
    { name: 'state', of: (place: Place) => <State host={place.host} /> },
    { name: 'lag', of: ({ host }: Place) => (host?.lag_ms === undefined || host.lag_ms === null ? '–' : `${shown(host.lag_ms)} ms`), number: true },
    {
      name: 'behind',
      of: ({ host }: Place) => (host?.lag_bytes === undefined || host.lag_bytes === null ? '–' : `${shown(host.lag_bytes)} bytes`),
      number: true,
    },
    { name: 'active', of: (place: Place) => shown(place.active), number: true },
    { name: 'idle', of: (place: Place) => shown(place.idle), number: true },
    { name: 'ban', of: (place: Place) => <Ban place={place} ask={ask} /> },
  ];
  return <Table caption="Servers" columns={columns} rows={rows} keyOf={(place) => `${place.database} ${place.shard} ${place.server}`} />;
}
