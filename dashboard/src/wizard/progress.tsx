import { useEffect, useState } from 'preact/hooks';
import { get, post } from '../api.ts';
import { usePolling } from '../hooks.ts';
import { Ranking } from '../projects/ranking.tsx';
import { projectLink } from '../shown.ts';
import type { TrainingState, TrainingStep } from '../types.ts';
import { Button, Failure } from '../ui.tsx';
import { ApiError } from '../api.ts';

function Round({ step }: { step: TrainingStep }) {
  if (step.state !== 'running') return null;
  if (!step.rounds) return <progress aria-label={step.algorithm} />;
  return (
    <>
      <progress max={step.rounds} value={step.round} aria-label={`${step.algorithm}: ${step.phase}`} /> {step.phase} {step.round} of {step.rounds}
    </>
  );
}

function Steps({ steps }: { steps: TrainingStep[] }) {
  return (
    <ol class="steps">
      {steps.map((step) => (
        <li key={step.algorithm}>
          <strong>{step.algorithm}</strong> {step.state} <Round step={step} />
          {step.model && step.state === 'successful' && <a href={`#/model/${step.model}`}>model {step.model}</a>}
          {step.error && step.state !== 'cancelled' && <Failure error={new ApiError(0, step.error)} />}
        </li>
      ))}
    </ol>
  );
}

/** How far a training is, until it is done; then the project's models. */
export function Progress({ id, onNew }: { id: number; onNew: () => void }) {
  const [run, setRun] = useState<TrainingState | null>(null);
  const [error, setError] = useState<unknown>(null);
  const ask = async () => {
    try {
      setRun(await get<TrainingState>('/api/training', { id }));
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
  const cancel = () => post<TrainingState>('/api/training/cancel', { id }).then(setRun, setError);
  const running = run.state === 'running';
  return (
    <>
      <Failure error={error} />
      <p role="status">{running ? `Training ${run.project} …` : `The training is ${run.state}.`}</p>
      <Steps steps={run.steps} />
      {running && (
        <Button class="danger" off={run.cancelled} onClick={cancel}>
          {run.cancelled ? 'Being cancelled …' : 'Cancel the training'}
        </Button>
      )}
      <details>
        <summary>What the training tells</summary>
        <pre>{run.messages.join('\n')}</pre>
      </details>
      {!running && run.steps.some((step) => step.state === 'successful') && (
        <>
          <h2>
            Models of <a href={projectLink(run.project)}>{run.project}</a>
          </h2>
          <Ranking project={run.project} changed={run.id} />
        </>
      )}
      {!running && (
        <button type="button" onClick={onNew}>
          Train something else
        </button>
      )}
    </>
  );
}
