import { useState } from 'preact/hooks';
import { post } from '../api.ts';
import { TimeChart } from '../charts/time.tsx';
import { shown } from '../shown.ts';
import type { Row } from '../types.ts';
import { Action, Failure, Table, Title } from '../ui.tsx';
import { lines, useLive } from './live.ts';
import { Pools } from './pools.tsx';
import { Statements } from './statements.tsx';
import { Topology } from './topology.tsx';

const two = (one: string, other: string) => [
  { name: one, colour: '--one' },
  { name: other, colour: '--two' },
];
const THROUGHPUT = two('queries', 'transactions');
const LATENCY = two('median', 'p99');
const CLIENTS = two('connected', 'waiting');

const TRAININGS = [
  { name: 'project', of: (row: Row) => row.project },
  { name: 'user', of: (row: Row) => `${row.user}@${row.database}` },
  { name: 'algorithm', of: (row: Row) => row.algorithm },
  { name: 'state', of: (row: Row) => row.state },
  { name: 'rounds', of: (row: Row) => row.rounds },
  { name: 'seconds', of: (row: Row) => shown(row.seconds), number: true },
];

function States({ state }: { state: Row[] }) {
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

export function Cluster() {
  const { answer, points, error, ask } = useLive();
  const [told, setTold] = useState('');
  const reload = async () => {
    await post('/api/cluster/reload');
    setTold('The configuration has been read.');
    await ask();
  };
  return (
    <>
      <Title>Cluster</Title>
      <Failure error={error} />
      {error !== undefined && answer && <p class="quiet">What is shown was so at {new Date(answer.at).toTimeString().slice(0, 8)}.</p>}
      {answer && (
        <>
          <States state={answer.state} />
          <div class="charts">
            <TimeChart title="Throughput" unit="/s" lines={THROUGHPUT} data={lines(points, 'throughput')} />
            <TimeChart title="Latency, slowest database" unit="ms" lines={LATENCY} data={lines(points, 'latency')} />
            <TimeChart title="Clients" unit="" lines={CLIENTS} data={lines(points, 'clients')} />
          </div>
          <Topology answer={answer} ask={ask} />
          <Pools answer={answer} ask={ask} />
          <Statements />
          <Table caption="Trainings" rows={answer.trainings} columns={TRAININGS} />
          <div class="buttons">
            <Action label="Reload the configuration" question="The file is read again; a faulty one changes nothing." run={reload} />
            <span role="status">{told}</span>
          </div>
        </>
      )}
    </>
  );
}
