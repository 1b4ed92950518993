import { useState } from 'preact/hooks';
import { get, post } from './api.js';
import { Action, Bars, Failure, shown, Table, time, Title, useAnswer, Waiting } from './ui.jsx';
import { projectLink } from './projects.jsx';

/** The numbers among the metrics, and what has rows of its own. */
function Metrics({ metrics }) {
  const all = Object.entries(metrics || {});
  const plain = all.filter(([, value]) => typeof value !== 'object');
  const matrix = metrics && metrics.confusion_matrix;
  return (
    <>
      <Table
        caption="Metrics"
        rows={plain}
        columns={[
          { name: 'metric', of: ([name]) => name },
          { name: 'value', of: ([, value]) => shown(value), number: true },
        ]}
      />
      {Array.isArray(matrix) && Array.isArray(matrix[0]) && (
        <Table
          caption="Confusion matrix: a row for each true class, a column for each predicted one"
          rows={matrix.map((row, i) => ({ name: i, row }))}
          columns={[
            { name: 'class', of: (row) => row.name },
            ...matrix[0].map((_, i) => ({ name: String(i), of: (row) => shown(row.row[i]), number: true })),
          ]}
        />
      )}
    </>
  );
}

function Importance({ id }) {
  const answer = useAnswer(() => get('/api/importance', { id }), [id]);
  return (
    <section>
      <h2>Feature importance</h2>
      <Waiting answer={answer}>
        {(rows) => (
          <Bars
            caption="How much each feature matters to the model"
            name="feature"
            rows={rows.slice(0, 30).map((row) => ({ name: row.feature, value: Number(row.importance) }))}
          />
        )}
      </Waiting>
    </section>
  );
}

const NUMBER = /^(smallint|integer|bigint|real|double precision|numeric|int[248]|float[48])/;

function start(column) {
  const statistics = column.statistics || {};
  const value = statistics.median ?? statistics.p50 ?? statistics.mean;
  const categories = statistics.categories && Object.keys(statistics.categories);
  return categories && categories.length ? categories[0] : value ?? '';
}

function Prediction({ model }) {
  const columns = (model.columns || []).filter((column) => !column.label && !column.array && column.statistics);
  const [outcome, setOutcome] = useState(null);
  const [error, setError] = useState(null);
  const submit = async (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    const features = {};
    for (const column of columns) {
      const text = form.get(column.name);
      const number = NUMBER.test(column.pg_type);
      features[column.name] =
        text === '' ? null : number ? Number(text) : column.pg_type === 'boolean' || column.pg_type === 'bool' ? text === 'true' : text;
    }
    setError(null);
    setOutcome(null);
    try {
      const prediction = await post('/api/predict', { id: model.id, features });
      setOutcome({ prediction });
      const explained = await post('/api/explain', { id: model.id, features });
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
            <input
              name={column.name}
              defaultValue={start(column)}
              type={NUMBER.test(column.pg_type) ? 'number' : 'text'}
              step="any"
            />
          </label>
        ))}
        <button type="submit" class="primary">
          Predict
        </button>
      </form>
      <Failure error={error} />
      <div role="status">
        {outcome && (
          <p class="result">
            {shown(outcome.prediction.label ?? outcome.prediction.prediction)}
            {outcome.prediction.probabilities && (
              <span class="quiet"> probabilities {outcome.prediction.probabilities.map(shown).join(', ')}</span>
            )}
          </p>
        )}
      </div>
      {outcome && outcome.explained && (
        <Bars
          caption="What each feature adds to it"
          name="feature"
          rows={outcome.explained.map((row) => ({ name: row.feature, value: Number(row.contribution) }))}
        />
      )}
    </section>
  );
}

export function Model({ id }) {
  const answer = useAnswer(() => get('/api/model', { id }), [id]);
  return (
    <Waiting answer={answer}>
      {(model) => (
        <>
          <Title>
            {model.algorithm} {model.id}
          </Title>
          <p>
            <a href={projectLink(model.project)}>{model.project}</a>, {model.task}, {model.status},{' '}
            {time(model.created_at)}{' '}
            {model.deployed ? (
              <span class="badge good">answers</span>
            ) : (
              model.status === 'successful' && (
                <Action
                  label="Deploy"
                  title={`Deploy model ${model.id}`}
                  question={`It answers for ${model.project} from then on.`}
                  run={async () => { await post('/api/deploy', { id: model.id }); await answer.again(); }}
                />
              )
            )}
          </p>
          {model.relation && (
            <p>
              Learnt from {model.relation}
              {model.targets && <> to predict {model.targets.join(', ')}</>}; {shown(model.test_size)} held out,{' '}
              {model.test_sampling}.
            </p>
          )}
          <Metrics metrics={model.metrics} />
          <Table
            caption="Hyperparameters"
            rows={Object.entries(model.hyperparams || {})}
            empty="the defaults."
            columns={[
              { name: 'name', of: ([name]) => name },
              { name: 'value', of: ([, value]) => shown(value) },
            ]}
          />
          {model.status === 'successful' && <Importance id={model.id} />}
          {model.status === 'successful' && <Prediction model={model} />}
        </>
      )}
    </Waiting>
  );
}
