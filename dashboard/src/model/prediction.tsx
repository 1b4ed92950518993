import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { post } from '../api.ts';
import { Bars } from '../charts/bars.tsx';
import { shown } from '../shown.ts';
import type { ModelDetail, SnapshotColumn, Value } from '../types.ts';
import { Failure } from '../ui.tsx';

const NUMBER = /^(smallint|integer|bigint|real|double precision|numeric|int[248]|float[48])/;
const FLAG = /^bool/;

interface Outcome {
  prediction: { prediction: Value; label?: string; probabilities?: number[] };
  explained?: { feature: string; contribution: number | string }[];
}

/** What the form begins with: the median, or the first category. */
function start(column: SnapshotColumn): string {
  const { statistics } = column;
  const categories = Object.keys(statistics?.categories ?? {}).filter((name) => name !== '__NULL__');
  return String(categories[0] ?? statistics?.median ?? statistics?.mean ?? '');
}

function value(column: SnapshotColumn, text: string): Value {
  if (text === '') return null;
  if (NUMBER.test(column.pg_type)) return Number(text);
  return FLAG.test(column.pg_type) ? text === 'true' || text === '1' : text;
}

interface ProbabilitiesProps {
  values: number[];
  /** Of the confusion matrix, whose first ones are those of the model if none is left out. */
  classes: string[] | undefined;
}

function Probabilities({ values, classes }: ProbabilitiesProps) {
  if (!classes || classes.length < values.length || classes.includes('(others)')) {
    return <p class="quiet">Probabilities {values.map(shown).join(', ')}</p>;
  }
  const rows = values.map((value, i) => ({ name: classes[i]!, value }));
  return <Bars caption="Probability of each class" name="class" rows={rows} />;
}

function Predicted({ outcome, classes }: { outcome: Outcome | null; classes: string[] | undefined }) {
  const { prediction } = outcome ?? {};
  return (
    <>
      <div role="status">
        {prediction && (
          <p class="result">
            {shown(prediction.label ?? prediction.prediction)}
          </p>
        )}
      </div>
      {prediction?.probabilities && <Probabilities values={prediction.probabilities} classes={classes} />}
      {outcome?.explained && (
        <Bars
          caption="What each feature adds to it"
          name="feature"
          rows={outcome.explained.map((row) => ({ name: row.feature, value: Number(row.contribution) }))}
        />
      )}
    </>
  );
}

const EXPLAINED = ['regression', 'classification', 'rank'];

/** One row, what is predicted for it, and why. */
export function Prediction({ model, classes }: { model: ModelDetail; classes: string[] | undefined }) {
  const columns = (model.columns ?? []).filter((column) => !column.label && !column.array && column.statistics);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [error, setError] = useState<unknown>(null);
  const submit = async (event: JSX.TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const features = Object.fromEntries(columns.map((column) => [column.name, value(column, String(form.get(column.name) ?? ''))]));
    setError(null);
    setOutcome(null);
    try {
      const prediction = await post<Outcome['prediction']>('/api/predict', { id: model.id, features });
      setOutcome({ prediction });
      if (!EXPLAINED.includes(model.task)) return;
      const explained = await post<NonNullable<Outcome['explained']>>('/api/explain', { id: model.id, features });
      setOutcome({ prediction, explained });
    } catch (e) {
      setError(e);
    }
  };
  if (!columns.length) {
    return <p class="quiet">The columns of the snapshot are shown to the project's owner, who can predict here.</p>;
  }
  return (
    <section>
      <h2>Prediction</h2>
      <form onSubmit={submit} class="grid">
        {columns.map((column) => (
          <label key={column.name}>
            {column.name} <span class="quiet">{column.pg_type}</span>
            <input name={column.name} defaultValue={start(column)} type={NUMBER.test(column.pg_type) ? 'number' : 'text'} step="any" />
          </label>
        ))}
        <button type="submit" class="primary">
          Predict
        </button>
      </form>
      <Failure error={error} />
      <Predicted outcome={outcome} classes={classes} />
    </section>
  );
}
