import { useState } from 'preact/hooks';
import { get, post } from './api.js';
import { Action, shown, Table, time, Title, useAnswer, Waiting } from './ui.jsx';

const PAGE = 50;

export const projectLink = (name) => `#/project/${encodeURIComponent(name)}`;

export function Projects() {
  const answer = useAnswer(() => get('/api/projects'), []);
  const columns = [
    { name: 'project', of: (row) => <a href={projectLink(row.name)}>{row.name}</a> },
    { name: 'task', of: (row) => row.task },
    { name: 'models', of: (row) => shown(row.models), number: true },
    {
      name: 'answers',
      of: (row) => (row.deployed_model ? <a href={`#/model/${row.deployed_model}`}>{row.deployed_algorithm} {row.deployed_model}</a> : 'none'),
    },
    { name: 'since', of: (row) => time(row.deployed_at) },
    { name: 'owner', of: (row) => shown(row.owner) },
  ];
  return (
    <>
      <Title>Projects</Title>
      <p>
        <a class="button primary" href="#/train">
          Train a model
        </a>
      </p>
      <Waiting answer={answer}>
        {(rows) => <Table caption="Projects" columns={columns} rows={rows} empty="nobody has trained a model in this database yet." />}
      </Waiting>
    </>
  );
}

/** Models, the best first, a page at a time: a project may have thousands. */
export function Ranking({ project, changed }) {
  const [page, setPage] = useState(0);
  const answer = useAnswer(
    () => get('/api/models', { project, limit: PAGE, offset: page * PAGE }),
    [project, page, changed],
  );
  return (
    <Waiting answer={answer}>
      {({ total, models }) => {
        const scores = models.map((row) => row.score).filter((score) => score !== null);
        const best = Math.max(...scores, 0);
        const columns = [
          { name: 'rank', of: (row) => row.rank, number: true },
          { name: 'model', of: (row) => <a href={`#/model/${row.id}`}>{row.algorithm} {row.id}</a> },
          { name: models[0]?.key_metric || 'score', of: (row) => shown(row.score), number: true },
          {
            name: 'compared',
            of: (row) =>
              row.score > 0 && best > 0 ? (
                <meter min="0" max={best} value={row.score} aria-label={`score ${shown(row.score)}`} />
              ) : null,
          },
          { name: 'status', of: (row) => row.status },
          { name: 'trained', of: (row) => time(row.created_at) },
          {
            name: 'deployment',
            of: (row) =>
              row.deployed ? (
                <span class="badge good">answers</span>
              ) : row.status === 'successful' ? (
                <Action
                  label="Deploy"
                  title={`Deploy model ${row.id}`}
                  question={`Model ${row.id} (${row.algorithm}) answers for ${project} from then on.`}
                  run={async () => { await post('/api/deploy', { id: row.id }); await answer.again(); }}
                />
              ) : null,
          },
        ];
        return (
          <>
            <Table caption={`${shown(total)} models`} columns={columns} rows={models} />
            {total > PAGE && (
              <div class="buttons">
                <button type="button" disabled={page === 0} onClick={() => setPage(page - 1)}>
                  Better ones
                </button>
                <span>
                  {page * PAGE + 1} to {Math.min(total, (page + 1) * PAGE)}
                </span>
                <button type="button" disabled={(page + 1) * PAGE >= total} onClick={() => setPage(page + 1)}>
                  Further ones
                </button>
              </div>
            )}
          </>
        );
      }}
    </Waiting>
  );
}

export function Project({ name }) {
  const [changes, setChanges] = useState(0);
  const deployments = useAnswer(() => get('/api/deployments', { project: name }), [name, changes]);
  const columns = [
    { name: 'model', of: (row) => <a href={`#/model/${row.model}`}>{row.algorithm} {row.model}</a> },
    { name: 'by', of: (row) => row.strategy.replace('_', ' ') },
    { name: 'since', of: (row) => time(row.created_at) },
    { name: 'now', of: (row) => (row.active ? <span class="badge good">answers</span> : null) },
  ];
  return (
    <>
      <Title>{name}</Title>
      <Ranking project={name} changed={changes} />
      <Waiting answer={deployments}>
        {(rows) => (
          <>
            <Table caption="Deployments" columns={columns} rows={rows} />
            {rows.some((row) => row.model !== rows[0].model) && (
              <Action
                label="Roll back"
                title="Roll back to the model before"
                question={`The model that answered for ${name} before the present one does so again.`}
                danger
                run={async () => { await post('/api/rollback', { project: name }); setChanges(changes + 1); }}
              />
            )}
          </>
        )}
      </Waiting>
    </>
  );
}
