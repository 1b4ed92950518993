import { get, post } from '../api.ts';
import { useAnswer } from '../hooks.ts';
import { projectLink, shown, time } from '../shown.ts';
import type { Evaluation as Found, ModelDetail } from '../types.ts';
import { Action, Failure, Title, Waiting } from '../ui.tsx';
import { Evaluation } from './evaluation.tsx';
import { Importance } from './importance.tsx';
import { Metrics } from './metrics.tsx';
import { Prediction } from './prediction.tsx';
import { Search } from './search.tsx';

function Deployment({ model, again }: { model: ModelDetail; again: () => Promise<void> }) {
  if (model.deployed) return <span class="badge good">answers</span>;
  if (model.status !== 'successful') return null;
  const deploy = async () => {
    await post('/api/deploy', { id: model.id });
    await again();
  };
  return (
    <Action label="Deploy" title={`Deploy model ${model.id}`} question={`It answers for ${model.project} from then on.`} run={deploy} />
  );
}

function Learnt({ model }: { model: ModelDetail }) {
  if (!model.relation) return null;
  return (
    <p>
      Learnt from <a href={`#/snapshot/${model.snapshot}`}>{model.relation}</a>
      {model.targets && <> to predict {model.targets.join(', ')}</>}; {shown(model.test_size)} held out, {model.test_sampling}.
    </p>
  );
}

const EXPLAINED = ['regression', 'classification', 'rank'];

/** What the model does: on held-out rows, and for a row that somebody gives. */
function Doing({ model }: { model: ModelDetail }) {
  const answer = useAnswer(() => get<{ evaluation: Found | null }>('/api/evaluation', { id: model.id }), [model.id]);
  return (
    <>
      <Evaluation answer={answer} />
      {EXPLAINED.includes(model.task) && <Importance id={model.id} />}
      <Prediction model={model} classes={answer.data?.evaluation?.confusion?.labels} />
    </>
  );
}

export function Model({ id }: { id: string }) {
  const answer = useAnswer(() => get<ModelDetail>('/api/model', { id }), [id]);
  return (
    <Waiting answer={answer}>
      {(model) => (
        <>
          <Title>
            {model.algorithm} {model.id}
          </Title>
          <p>
            <a href={projectLink(model.project)}>{model.project}</a>, {model.task}, {model.status}, {time(model.created_at)}{' '}
            <Deployment model={model} again={answer.again} />
          </p>
          <Learnt model={model} />
          {model.metrics?.error && <Failure error={new Error(String(model.metrics.error))} />}
          <Metrics model={model} />
          <Search model={model} />
          {model.status === 'successful' && <Doing model={model} />}
        </>
      )}
    </Waiting>
  );
}
