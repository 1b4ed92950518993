import { useState } from 'preact/hooks';
import { get, post } from '../api.ts';
import { useAnswer } from '../hooks.ts';
import { time } from '../shown.ts';
import { Action, Table, Title, Waiting } from '../ui.tsx';
import { Ranking } from './ranking.tsx';

interface DeploymentRow {
  id: number;
  model: number;
  algorithm: string;
  strategy: string;
  created_at: string;
  active: boolean;
}

const COLUMNS = [
  {
    name: 'model',
    of: (row: DeploymentRow) => (
      <a href={`#/model/${row.model}`}>
        {row.algorithm} {row.model}
      </a>
    ),
  },
  { name: 'by', of: (row: DeploymentRow) => row.strategy.replace('_', ' ') },
  { name: 'since', of: (row: DeploymentRow) => time(row.created_at) },
  { name: 'now', of: (row: DeploymentRow) => (row.active ? <span class="badge good">answers</span> : null) },
];

export function Project({ name }: { name: string }) {
  const [changes, setChanges] = useState(0);
  const deployments = useAnswer(() => get<DeploymentRow[]>('/api/deployments', { project: name }), [name, changes]);
  const rollback = async () => {
    await post('/api/rollback', { project: name });
    setChanges(changes + 1);
  };
  return (
    <>
      <Title>{name}</Title>
      <Ranking project={name} changed={changes} />
      <Waiting answer={deployments}>
        {(rows) => (
          <>
            <Table caption="Deployments" columns={COLUMNS} rows={rows} />
            {rows.some((row) => row.model !== rows[0]!.model) && (
              <Action
                label="Roll back"
                title="Roll back to the model before"
                question={`The model that answered for ${name} before the present one does so again.`}
                danger
                run={rollback}
              />
            )}
          </>
        )}
      </Waiting>
    </>
  );
}
