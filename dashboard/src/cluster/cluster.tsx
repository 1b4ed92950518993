import { useEffect, useRef, useState } from 'preact/hooks';
import { get, post } from './api.js';
import { Chart } from './chart.jsx';
import { Action, Failure, shown, Table, time, Title, usePolling } from './ui.jsx';

const EVERY = 2000;
const KEPT = 150;

const sum = (rows, name) => rows.reduce((all, row) => all + (row[name] || 0), 0);
const most = (rows, name) => rows.reduce((all, row) => Math.max(all, row[name] || 0), 0);

const THROUGHPUT = [
  { name: 'queries', colour: '--one' },
  { name: 'transactions', colour: '--two' },
];
const LATENCY = [
  { name: 'median', colour: '--one' },
  { name: 'p99', colour: '--two' },
];
const CLIENTS = [
  { name: 'connected', colour: '--one' },
  { name: 'waiting', colour: '--two' },
];

/** One point of the charts, from two answers that follow each other. */
function point(before, after) {
  const seconds = (after.at - before.at) / 1000;
  const rate = (name) =>
    Math.max(0, (sum(after.stats, name) - sum(before.stats, name)) / seconds);
  return {
    at: after.at / 1000,
    throughput: [rate('total_query_count'), rate('total_xact_count')],
    latency: [most(after.stats, 'query_p50') / 1000, most(after.stats, 'query_p99') / 1000],
    clients: [sum(after.pools, 'cl_active') + sum(after.pools, 'cl_waiting'), sum(after.pools, 'cl_waiting')],
  };
}

function useLive() {
  const [live, setLive] = useState({ points: [] });
  const last = useRef(null);
  const ask = async () => {
    try {
      const answer = await get('/api/cluster');
      answer.at = Date.now();
      const before = last.current;
      last.current = answer;
      setLive((old) => ({
        answer,
        points: before ? [...old.points, point(before, answer)].slice(-KEPT) : old.points,
      }));
    } catch (error) {
      setLive((old) => ({ ...old, error }));
    }
  };
  useEffect(() => {
    ask();
  }, []);
  usePolling(ask, EVERY);
  return { ...live, ask };
}

const series = (points, name) => [
  points.map((each) => each.at),
  points.map((each) => each[name][0]),
  points.map((each) => each[name][1]),
];

function States({ state }) {
  const on = state.filter((each) => each.value === 'yes').map((each) => each.key);
  return (
    <p>
      State:{' '}
      {on.map((each) => (
        <span key={each} class={each === 'active' ? 'badge good' : 'badge bad'}>
          {each}
        </span>
      ))}
    </p>
  );
}

function Pools({ answer, ask }) {
  const does = (verb, row) => async () => {
    await post(`/api/cluster/${verb}`, { database: row.database, user: row.user });
    await ask();
  };
  const paused = new Set(
    answer.databases.filter((row) => row.paused === 1).map((row) => `${row.name}/${row.force_user}`),
  );
  const columns = [
    { name: 'database', of: (row) => row.database },
    { name: 'user', of: (row) => row.user },
    { name: 'mode', of: (row) => row.pool_mode },
    { name: 'clients', of: (row) => shown(row.cl_active + row.cl_waiting), number: true },
    { name: 'waiting', of: (row) => shown(row.cl_waiting), number: true },
    { name: 'longest wait', of: (row) => `${shown(row.maxwait + row.maxwait_us / 1e6)} s`, number: true },
    { name: 'servers active', of: (row) => shown(row.sv_active), number: true },
    { name: 'idle', of: (row) => shown(row.sv_idle), number: true },
    {
      name: 'pool use',
      of: (row) => (
        <meter min="0" max={row.pool_size || 1} value={row.sv_active} aria-label={`${row.sv_active} of ${row.pool_size}`}>
          {row.sv_active} of {row.pool_size}
        </meter>
      ),
    },
    {
      name: 'actions',
      of: (row) =>
        paused.has(`${row.database}/${row.user}`) ? (
          <Action label="Resume" title={`Resume ${row.user}@${row.database}`} question="Transactions begin again." run={does('resume', row)} />
        ) : (
          <Action
            label="Pause"
            title={`Pause ${row.user}@${row.database}`}
            question="Clients wait until it is resumed: no transaction begins, running ones end."
            run={does('pause', row)}
            danger
          />
        ),
    },
  ];
  const rows = answer.pools.filter((row) => row.database !== 'pglynx');
  return <Table caption="Pools" columns={columns} rows={rows} />;
}

function Topology({ answer, ask }) {
  const banned = new Map(answer.bans.map((ban) => [`${ban.host}:${ban.port}`, ban]));
  const key = (row) => `${row.host}:${row.port}`;
  if (!answer.replication.length) {
    const columns = [
      { name: 'database', of: (row) => row.name },
      { name: 'server', of: key },
      { name: 'database there', of: (row) => row.database },
      { name: 'connections', of: (row) => shown(row.current_connections), number: true },
    ];
    const seen = new Map(answer.databases.filter((row) => row.host).map((row) => [row.name + key(row), row]));
    return <Table caption="Servers" columns={columns} rows={[...seen.values()]} />;
  }
  const columns = [
    { name: 'database', of: (row) => row.database },
    { name: 'server', of: key },
    { name: 'role', of: (row) => row.role },
    {
      name: 'state',
      of: (row) => <span class={row.state === 'up' || row.state === 'online' ? 'badge good' : 'badge'}>{row.state}</span>,
    },
    { name: 'lag', of: (row) => `${shown(row.lag_ms)} ms`, number: true },
    { name: 'behind', of: (row) => `${shown(row.lag_bytes)} bytes`, number: true },
    {
      name: 'ban',
      of: (row) => {
        const ban = banned.get(key(row));
        if (ban) {
          return (
            <>
              {ban.why || ban.reason}, {shown(ban.ban_remaining_seconds)} s left{' '}
              <Action
                label="Unban"
                title={`Unban ${row.host}`}
                question="It takes sessions again."
                run={async () => { await post('/api/cluster/unban', { host: row.host }); await ask(); }}
              />
            </>
          );
        }
        return (
          <Action
            label="Ban"
            title={`Ban ${row.host}`}
            question="It gets no sessions for ban_time."
            danger
            run={async () => { await post('/api/cluster/ban', { host: row.host }); await ask(); }}
          />
        );
      },
    },
  ];
  return <Table caption="Servers" columns={columns} rows={answer.replication} />;
}

const seconds = (micros) => `${shown(micros / 1e6)} s`;

/** What sessions are at, and what was slow. */
function Statements() {
  const [answer, setAnswer] = useState({ queries: [], slow: [] });
  const [error, setError] = useState(null);
  const ask = async () => {
    try {
      const [queries, slow] = await Promise.all([get('/api/cluster/queries'), get('/api/cluster/slow')]);
      setAnswer({ queries: queries.filter((row) => row.database !== 'pglynx'), slow });
      setError(null);
    } catch (e) {
      setError(e);
    }
  };
  useEffect(() => {
    ask();
  }, []);
  usePolling(ask, EVERY);
  const running = [
    { name: 'client', of: (row) => row.id, number: true },
    { name: 'user', of: (row) => `${row.user}@${row.database}` },
    { name: 'from', of: (row) => row.addr },
    { name: 'application', of: (row) => shown(row.application_name) },
    { name: 'state', of: (row) => row.state },
    { name: 'statement for', of: (row) => seconds(row.query_us), number: true },
    { name: 'transaction for', of: (row) => seconds(row.xact_us), number: true },
    { name: 'waits for', of: (row) => seconds(row.wait_us), number: true },
    { name: 'server', of: (row) => shown(row.server) },
    { name: 'statement', of: (row) => (row.query ? <code>{row.query}</code> : <span class="quiet">shown with track_queries</span>) },
    {
      name: 'actions',
      of: (row) => (
        <Action
          label="Cancel"
          title={`Cancel the statement of client ${row.id}`}
          question="Its statement ends with an error; its session goes on."
          danger
          run={async () => { await post('/api/cluster/cancel', { id: row.id }); await ask(); }}
        />
      ),
    },
  ];
  const slow = [
    { name: 'user', of: (row) => `${row.user}@${row.database}` },
    { name: 'times', of: (row) => shown(row.count), number: true },
    { name: 'median', of: (row) => seconds(row.p50), number: true },
    { name: 'longest', of: (row) => seconds(row.max_us), number: true },
    { name: 'last', of: (row) => time(row.last_seen) },
    { name: 'statement', of: (row) => <code>{row.query}</code> },
  ];
  return (
    <>
      <Failure error={error} />
      <Table caption="Statements that run or wait, and open transactions" columns={running} rows={answer.queries} />
      <Table caption="Slow kinds of statements" columns={slow} rows={answer.slow} empty="none, or slow_query_ms is 0." />
    </>
  );
}

export function Cluster() {
  const { answer, points, error, ask } = useLive();
  const [told, setTold] = useState('');
  return (
    <>
      <Title>Cluster</Title>
      <Failure error={error} />
      {answer && (
        <>
          <States state={answer.state} />
          <div class="charts">
            <Chart title="Throughput" unit="/s" series={THROUGHPUT} data={series(points, 'throughput')} />
            <Chart title="Latency, slowest database" unit="ms" series={LATENCY} data={series(points, 'latency')} />
            <Chart title="Clients" unit="" series={CLIENTS} data={series(points, 'clients')} />
          </div>
          <Topology answer={answer} ask={ask} />
          <Pools answer={answer} ask={ask} />
          <Statements />
          <Table
            caption="Trainings"
            rows={answer.trainings}
            columns={[
              { name: 'project', of: (row) => row.project },
              { name: 'user', of: (row) => `${row.user}@${row.database}` },
              { name: 'algorithm', of: (row) => row.algorithm },
              { name: 'state', of: (row) => row.state },
              { name: 'rounds', of: (row) => row.rounds },
              { name: 'seconds', of: (row) => shown(row.seconds), number: true },
            ]}
          />
          <div class="buttons">
            <Action
              label="Reload the configuration"
              question="The file is read again; a faulty one changes nothing."
              run={async () => { await post('/api/cluster/reload'); setTold('The configuration has been read.'); await ask(); }}
            />
            <span role="status">{told}</span>
          </div>
        </>
      )}
    </>
  );
}
