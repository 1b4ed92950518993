import { Plot, type Point, type Series } from '../charts/plot.tsx';
import { shown } from '../shown.ts';
import type { ModelDetail, Value } from '../types.ts';
import { Table } from '../ui.tsx';

/** As scikit-learn's cv_results_. */
interface SearchResults {
  params: Record<string, Value>[];
  n_splits: number;
  best_index: number;
  mean_test_score: (number | null)[];
  std_test_score: (number | null)[];
  mean_fit_time: (number | null)[];
  std_fit_time: (number | null)[];
  errors?: (string | null)[];
}

interface Measure {
  title: string;
  unit: string;
  mean: (number | null)[];
  spread: (number | null)[];
}

interface ChartProps {
  results: SearchResults;
  parameter: string;
  measure: Measure;
}

/** A measure of all candidates by one hyperparameter: by its values as numbers, else side by side. */
function Chart({ results, parameter, measure }: ChartProps) {
  const values = results.params.map((candidate) => candidate[parameter] ?? null);
  const numbers = values.every((value) => typeof value === 'number');
  const labels = numbers ? undefined : [...new Set(values.map(shown))];
  const points: Point[] = [];
  measure.mean.forEach((mean, i) => {
    if (mean === null) return;
    const x = labels ? labels.indexOf(shown(values[i])) : (values[i] as number);
    points.push({ x, y: mean, spread: measure.spread[i] ?? 0, best: i === results.best_index });
  });
  const series: Series[] = [{ name: measure.title, kind: 'dots', points }];
  return <Plot title={`${measure.title} by ${parameter}`} x={parameter} y={measure.unit} series={series} labels={labels} />;
}

function Candidates({ results }: { results: SearchResults }) {
  const rows = results.params.map((params, i) => ({ params, i }));
  type Candidate = (typeof rows)[number];
  rows.sort((a, b) => (results.mean_test_score[b.i] ?? -Infinity) - (results.mean_test_score[a.i] ?? -Infinity));
  const columns = [
    { name: 'candidate', of: (row: Candidate) => shown(row.params) },
    {
      name: 'score',
      of: (row: Candidate) => (
        <>
          {shown(results.mean_test_score[row.i])}
          {row.i === results.best_index && <span class="badge good">best</span>}
        </>
      ),
      number: true,
    },
    { name: 'deviation', of: (row: Candidate) => shown(results.std_test_score[row.i]), number: true },
    { name: 'seconds to fit', of: (row: Candidate) => shown(results.mean_fit_time[row.i]), number: true },
    ...(results.errors ? [{ name: 'error', of: (row: Candidate) => results.errors![row.i] ?? '' }] : []),
  ];
  return (
    <details>
      <summary>All {rows.length} candidates</summary>
      <Table caption="Candidates, the best first" rows={rows.slice(0, 200)} columns={columns} />
    </details>
  );
}

/** What a search of hyperparameters has found. */
export function Search({ model }: { model: ModelDetail }) {
  const results = model.metrics?.search_results as SearchResults | undefined;
  if (!results?.params?.length) return null;
  const parameters = Object.keys(results.params[0]!);
  const measures: Measure[] = [
    { title: 'Score', unit: 'mean score', mean: results.mean_test_score, spread: results.std_test_score },
    { title: 'Time to fit', unit: 'seconds', mean: results.mean_fit_time, spread: results.std_fit_time },
  ];
  return (
    <section>
      <h2>Search</h2>
      <p class="quiet">
        {model.search ?? 'The contest'} tried {results.params.length} candidates on {results.n_splits} folds; lines are deviations between folds, the
        large dot is the best.
      </p>
      <div class="charts">
        {parameters.map((parameter) =>
          measures.map((measure) => (
            <Chart key={parameter + measure.title} results={results} parameter={parameter} measure={measure} />
          )),
        )}
      </div>
      <Candidates results={results} />
    </section>
  );
}
