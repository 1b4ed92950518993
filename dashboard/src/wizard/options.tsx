import type { ColumnInfo } from '../types.ts';
import type { Plan } from './plan.ts';

interface Part {
  plan: Plan;
  change: (plan: Plan) => void;
}

const SEARCHES: { name: Plan['search']; label: string }[] = [
  { name: '', label: 'No search: hyperparameters are as given' },
  { name: 'grid', label: 'Grid: each combination of the values given' },
  { name: 'random', label: 'Random: some of the combinations' },
];

/** How hyperparameters with several values are searched. */
export function Search({ plan, change }: Part) {
  return (
    <fieldset>
      <legend>7. Search</legend>
      {SEARCHES.map((each) => (
        <label class="choice" key={each.name}>
          <input type="radio" name="search" checked={plan.search === each.name} onChange={() => change({ ...plan, search: each.name })} />
          {each.label}
        </label>
      ))}
      {plan.search && (
        <div class="grid">
          <label>
            Folds of the cross-validation
            <input type="number" min={2} max={100} value={plan.folds} onInput={(e) => change({ ...plan, folds: e.currentTarget.value })} />
          </label>
          {plan.search === 'random' && (
            <label>
              Candidates
              <input
                type="number"
                min={1}
                max={10000}
                value={plan.candidates}
                onInput={(e) => change({ ...plan, candidates: e.currentTarget.value })}
              />
            </label>
          )}
        </div>
      )}
      {plan.search && <p class="quiet">Above, give several values with commas: max_depth 3, 6, 9.</p>}
    </fieldset>
  );
}

const STEPS: { name: string; choices: string[] }[] = [
  { name: 'encode', choices: ['native', 'target', 'one_hot'] },
  { name: 'impute', choices: ['mean', 'median', 'mode', 'min', 'max', 'zero'] },
  { name: 'scale', choices: ['standard', 'min_max', 'max_abs', 'robust'] },
];

/** What is done to each column before it is learnt from. */
export function Preprocess({ plan, change, columns }: Part & { columns: ColumnInfo[] }) {
  const features = columns.filter((column) => ![...plan.targets, plan.group, plan.weight].includes(column.name));
  const choose = (column: string, step: string, value: string) => {
    const steps = { ...plan.preprocess[column] };
    if (value) steps[step] = value;
    else delete steps[step];
    change({ ...plan, preprocess: { ...plan.preprocess, [column]: steps } });
  };
  if (!features.length) return null;
  return (
    <fieldset>
      <legend>8. Preprocessing</legend>
      <details>
        <summary>By column: encode texts, fill what is missing, bring to scale</summary>
        <div class="scroll" role="region" aria-label="Preprocessing by column" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">column</th>
                {STEPS.map((step) => (
                  <th scope="col" key={step.name}>
                    {step.name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {features.map((column) => (
                <tr key={column.name}>
                  <th scope="row">{column.name}</th>
                  {STEPS.map((step) => (
                    <td key={step.name}>
                      <select
                        aria-label={`${step.name} ${column.name}`}
                        value={plan.preprocess[column.name]?.[step.name] ?? ''}
                        onChange={(e) => choose(column.name, step.name, e.currentTarget.value)}
                      >
                        <option value="">as it is</option>
                        {step.choices.map((choice) => (
                          <option key={choice}>{choice}</option>
                        ))}
                      </select>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </fieldset>
  );
}

/** The rows that models are scored by. */
export function HeldOut({ plan, change }: Part) {
  return (
    <fieldset>
      <legend>9. Rows held out, to score by</legend>
      <div class="grid">
        <label>
          Share up to 1, or number
          <input value={plan.testSize} inputMode="decimal" required pattern="[0-9]+([.][0-9]+)?" onInput={(e) => change({ ...plan, testSize: e.currentTarget.value })} />
        </label>
        <label>
          Which
          <select value={plan.sampling} onChange={(e) => change({ ...plan, sampling: e.currentTarget.value })}>
            {['stratified', 'random', 'last'].map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
      </div>
      <label class="choice">
        <input type="checkbox" checked={plan.deploy} onChange={() => change({ ...plan, deploy: !plan.deploy })} />
        Deploy a model at once if it is better than the one that answers
      </label>
    </fieldset>
  );
}
