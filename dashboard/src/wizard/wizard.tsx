import { useRef, useState } from 'preact/hooks';
import { get, post } from '../api.ts';
import { useAnswer } from '../hooks.ts';
import type { ColumnInfo, Hyperparameter, ProjectRow, TrainingState } from '../types.ts';
import { Button, Failure, Title, Waiting } from '../ui.tsx';
import { Algorithms } from './algorithms.tsx';
import { Analysis } from './analysis.tsx';
import { HeldOut, Preprocess, Search } from './options.tsx';
import { lacking, newPlan, request, TASKS, withTask, type Plan } from './plan.ts';
import { Progress } from './progress.tsx';
import { Relations, Source } from './source.tsx';

interface Part {
  plan: Plan;
  change: (plan: Plan) => void;
}

/** A new project's name, or an old one's, which then says the task. */
function ProjectName({ plan, change }: Part) {
  const known = useAnswer(() => get<ProjectRow[]>('/api/projects'), []);
  const found = known.data?.find((each) => each.name === plan.project);
  return (
    <label>
      1. Project
      <input
        value={plan.project}
        required
        aria-describedby="project-known"
        autocomplete="off"
        spellcheck={false}
        onInput={(e) => change({ ...plan, project: e.currentTarget.value })}
      />
      <span class="quiet small-text" id="project-known" role="status">
        {found && `There is such a project, of ${found.models} models for ${found.task}: this adds models to it.`}
      </span>
    </label>
  );
}

function TaskChoice({ plan, change }: Part) {
  return (
    <fieldset>
      <legend>2. Task</legend>
      {TASKS.map((each) => (
        <label class="choice" key={each.name}>
          <input type="radio" name="task" checked={plan.task === each.name} onChange={() => change(withTask(plan, each.name))} />
          {each.label}
        </label>
      ))}
    </fieldset>
  );
}

function Form({ relation, onBegun }: { relation: string; onBegun: (id: number) => void }) {
  const [plan, change] = useState(() => newPlan(relation));
  const [columns, setColumns] = useState<ColumnInfo[]>([]);
  const [error, setError] = useState<unknown>(null);
  const known = useRef<Record<string, Hyperparameter[]>>({});
  const lacks = lacking(plan);
  const begin = async (event: Event) => {
    event.preventDefault();
    setError(null);
    try {
      onBegun((await post<{ id: number }>('/api/train', request(plan, known.current))).id);
    } catch (e) {
      setError(e);
    }
  };
  const count = plan.algorithms.length;
  return (
    <form onSubmit={begin}>
      <ProjectName plan={plan} change={change} />
      <TaskChoice plan={plan} change={change} />
      <Relations plan={plan} change={change} />
      {plan.relation && (
        <>
          <Source plan={plan} change={change} onColumns={setColumns} key={plan.relation} />
          <Analysis relation={plan.relation} target={plan.targets[0]} key={`analysis ${plan.relation}`} />
        </>
      )}
      <Algorithms
        plan={plan}
        change={change}
        onKnown={(algorithm, parameters) => {
          known.current[algorithm] = parameters;
        }}
      />
      <Search plan={plan} change={change} />
      {plan.relation && <Preprocess plan={plan} change={change} columns={columns} />}
      <HeldOut plan={plan} change={change} />
      <Failure error={error} />
      <Button type="submit" class="primary" off={lacks.length > 0} aria-describedby="lacking">
        Train {count} {count === 1 ? 'model' : 'models'}
      </Button>
      <p class="quiet" id="lacking">
        {lacks.length > 0 && `It lacks ${lacks.join(', ')}.`}
      </p>
    </form>
  );
}

function Earlier({ show }: { show: (id: number) => void }) {
  const earlier = useAnswer(() => get<TrainingState[]>('/api/trainings'), []);
  return (
    <Waiting answer={earlier}>
      {(runs) =>
        runs.length > 0 && (
          <section>
            <h2>Begun in this session</h2>
            <ul>
              {runs.map((run) => (
                <li key={run.id}>
                  <button type="button" class="small" onClick={() => show(run.id)}>
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
  );
}

export function Wizard({ relation }: { relation: string }) {
  const [id, setId] = useState<number | null>(null);
  return (
    <>
      <Title>Train</Title>
      {id === null ? (
        <>
          <Form relation={relation} onBegun={setId} />
          <Earlier show={setId} />
        </>
      ) : (
        <Progress id={id} key={id} onNew={() => setId(null)} />
      )}
    </>
  );
}
