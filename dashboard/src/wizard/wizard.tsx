import { useEffect, useState } from 'preact/hooks';
import { get, post } from './api.js';
import { Ranking, projectLink } from './projects.jsx';
import { Failure, Result, Title, useAnswer, usePolling, Waiting } from './ui.jsx';

const TASKS = [
  { name: 'regression', label: 'Regression: predict a number', targets: 'one or more' },
  { name: 'classification', label: 'Classification: predict a class', targets: 'one' },
  { name: 'clustering', label: 'Clustering: find groups', targets: 'none' },
  { name: 'decomposition', label: 'Decomposition: fewer dimensions', targets: 'none' },
];

const USUAL = ['linear', 'xgboost', 'lightgbm', 'random_forest', 'kmeans', 'pca'];

function Relation({ name, task, targets, setTargets }) {
  const answer = useAnswer(() => get('/api/relation', { name }), [name]);
  const kind = TASKS.find((each) => each.name === task).targets;
  const toggle = (column) => {
    if (kind === 'one') setTargets([column]);
    else setTargets(targets.includes(column) ? targets.filter((each) => each !== column) : [...targets, column]);
  };
  return (
    <Waiting answer={answer}>
      {(relation) => (
        <>
          <Result caption={`The first rows of ${relation.relation}`} table={relation.sample} />
          {kind !== 'none' && (
            <fieldset>
              <legend>Target: what to predict ({kind})</legend>
              <div class="choices">
                {relation.columns.map((column) => (
                  <label class="choice" key={column.name}>
                    <input
                      type={kind === 'one' ? 'radio' : 'checkbox'}
                      name="target"
                      checked={targets.includes(column.name)}
                      onChange={() => toggle(column.name)}
                    />
                    {column.name} <span class="quiet">{column.type}</span>
                  </label>
                ))}
              </div>
            </fieldset>
          )}
        </>
      )}
    </Waiting>
  );
}

function Algorithms({ task, chosen, setChosen }) {
  const answer = useAnswer(() => get('/api/algorithms'), []);
  return (
    <Waiting answer={answer}>
      {(all) => (
        <fieldset>
          <legend>Algorithms: each gives a model</legend>
          <div class="choices">
            {all
              .filter((each) => each.tasks.includes(task))
              .map((each) => (
                <label class="choice" key={each.name}>
                  <input
                    type="checkbox"
                    checked={chosen.includes(each.name)}
                    onChange={() =>
                      setChosen(
                        chosen.includes(each.name)
                          ? chosen.filter((name) => name !== each.name)
                          : [...chosen, each.name],
                      )
                    }
                  />
                  {each.name.replaceAll('_', ' ')}
                  {USUAL.includes(each.name) && <span class="quiet"> usual</span>}
                </label>
              ))}
          </div>
        </fieldset>
      )}
    </Waiting>
  );
}

function Progress({ id, onNew }) {
  const [run, setRun] = useState(null);
  const [error, setError] = useState(null);
  const ask = async () => {
    try {
      setRun(await get('/api/training', { id }));
      setError(null);
    } catch (e) {
      setError(e);
    }
  };
  useEffect(() => {
    ask();
  }, [id]);
  usePolling(ask, 700, !run || run.state === 'running');
  if (!run) return <Failure error={error} />;
  const cancel = () => post('/api/training/cancel', { id }).then(setRun, setError);
  const running = run.state === 'running';
  return (
    <>
      <Failure error={error} />
      <p role="status">
        {running ? `Training ${run.project} …` : `The training is ${run.state}.`}
      </p>
      <ol class="steps">
        {run.steps.map((step) => (
          <li key={step.algorithm}>
            <strong>{step.algorithm}</strong> {step.state}
            {step.state === 'running' &&
              (step.rounds ? (
                <>
                  {' '}
                  <progress max={step.rounds} value={step.round} aria-label={`${step.algorithm}: ${step.phase}`} />{' '}
                  {step.phase} {step.round} of {step.rounds}
                </>
              ) : (
                <> <progress aria-label={step.algorithm} /></>
              ))}
            {step.model && step.state === 'successful' && <> <a href={`#/model/${step.model}`}>model {step.model}</a></>}
            {step.error && step.state !== 'cancelled' && <Failure error={{ error: step.error }} />}
          </li>
        ))}
      </ol>
      {running && (
        <button type="button" class="danger" disabled={run.cancelled} onClick={cancel}>
          {run.cancelled ? 'Being cancelled …' : 'Cancel the training'}
        </button>
      )}
      <details>
        <summary>What the training tells</summary>
        <pre>{run.messages.join('\n')}</pre>
      </details>
      {!running && (
        <>
          {run.steps.some((step) => step.state === 'successful') && (
            <>
              <h2>
                Models of <a href={projectLink(run.project)}>{run.project}</a>
              </h2>
              <Ranking project={run.project} changed={run.id} />
            </>
          )}
          <button type="button" onClick={onNew}>
            Train something else
          </button>
        </>
      )}
    </>
  );
}

function Plan({ onBegun }) {
  const relations = useAnswer(() => get('/api/relations'), []);
  const [project, setProject] = useState('');
  const [task, setTask] = useState('regression');
  const [relation, setRelation] = useState('');
  const [targets, setTargets] = useState([]);
  const [chosen, setChosen] = useState(['linear']);
  const [deploy, setDeploy] = useState(false);
  const [error, setError] = useState(null);
  const kind = TASKS.find((each) => each.name === task).targets;
  const ready = project && relation && chosen.length && (kind === 'none' || targets.length);
  const begin = async (event) => {
    event.preventDefault();
    setError(null);
    try {
      const plan = { project, task, relation, algorithms: chosen, deploy };
      if (kind !== 'none') plan.targets = targets;
      onBegun((await post('/api/train', plan)).id);
    } catch (e) {
      setError(e);
    }
  };
  return (
    <form onSubmit={begin}>
      <label>
        1. Project
        <input value={project} required onInput={(e) => setProject(e.target.value)} autocomplete="off" spellcheck={false} />
      </label>
      <fieldset>
        <legend>2. Task</legend>
        {TASKS.map((each) => (
          <label class="choice" key={each.name}>
            <input
              type="radio"
              name="task"
              checked={task === each.name}
              onChange={() => { setTask(each.name); setTargets([]); setChosen(['linear']); }}
            />
            {each.label}
          </label>
        ))}
      </fieldset>
      <Waiting answer={relations}>
        {(rows) => (
          <label>
            3. Table or view
            <select required value={relation} onChange={(e) => { setRelation(e.target.value); setTargets([]); }}>
              <option value="">Choose …</option>
              {rows.map((row) => (
                <option key={row.relation} value={row.relation}>
                  {row.relation} ({row.kind}
                  {row.rows !== null && `, about ${row.rows} rows`})
                </option>
              ))}
            </select>
          </label>
        )}
      </Waiting>
      {relation && <Relation name={relation} task={task} targets={targets} setTargets={setTargets} key={task + relation} />}
      <Algorithms task={task} chosen={chosen} setChosen={setChosen} />
      <label class="choice">
        <input type="checkbox" checked={deploy} onChange={() => setDeploy(!deploy)} />
        Deploy a model at once if it is better than the one that answers
      </label>
      <Failure error={error} />
      <button type="submit" class="primary" disabled={!ready}>
        Train {chosen.length} {chosen.length === 1 ? 'model' : 'models'}
      </button>
      {!ready && <p class="quiet">Name, table{kind === 'none' ? '' : ', target'} and algorithm are needed.</p>}
    </form>
  );
}

export function Wizard() {
  const [id, setId] = useState(null);
  const earlier = useAnswer(() => get('/api/trainings'), [id]);
  return (
    <>
      <Title>Train</Title>
      {id === null ? <Plan onBegun={setId} /> : <Progress id={id} key={id} onNew={() => setId(null)} />}
      <Waiting answer={earlier}>
        {(runs) =>
          id === null &&
          runs.length > 0 && (
            <section>
              <h2>Begun in this session</h2>
              <ul>
                {runs.map((run) => (
                  <li key={run.id}>
                    <button type="button" class="small" onClick={() => setId(run.id)}>
                      {run.project}: {run.steps.map((step) => step.algorithm).join(', ')}
                    </button>{' '}
                    {run.state}
                  </li>
                ))}
              </ul>
            </section>
          )
        }
      </Waiting>
    </>
  );
}
