import { get } from '../api.ts';
import { useAnswer } from '../hooks.ts';
import { projectLink, shown, time } from '../shown.ts';
import type { ProjectRow } from '../types.ts';
import { Table, Title, Waiting } from '../ui.tsx';

function answering(row: ProjectRow) {
  if (!row.deployed_model) return 'none';
  return (
    <a href={`#/model/${row.deployed_model}`}>
      {row.deployed_algorithm} {row.deployed_model}
    </a>
  );
}

const COLUMNS = [
  { name: 'project', of: (row: ProjectRow) => <a href={projectLink(row.name)}>{row.name}</a> },
  { name: 'task', of: (row: ProjectRow) => row.task },
  { name: 'models', of: (row: ProjectRow) => shown(row.models), number: true },
  { name: 'answers', of: answering },
  { name: 'since', of: (row: ProjectRow) => time(row.deployed_at) },
  { name: 'owner', of: (row: ProjectRow) => shown(row.owner) },
];

export function Projects() {
  const answer = useAnswer(() => get<ProjectRow[]>('/api/projects'), []);
  return (
    <>
      <Title>Projects</Title>
      <p>
        <a class="button primary" href="#/train">
          Train a model
        </a>
      </p>
      <Waiting answer={answer}>
        {(rows) => (
          <Table caption="Projects" columns={COLUMNS} rows={rows} empty="nobody has trained a model in this database yet." />
        )}
      </Waiting>
    </>
  );
}
