import { useEffect } from 'preact/hooks';
import { get } from '../api.ts';
import { useAnswer } from '../hooks.ts';
import type { AlgorithmInfo, Hyperparameter } from '../types.ts';
import { Waiting } from '../ui.tsx';
import type { Plan } from './plan.ts';

const USUAL = ['linear', 'xgboost', 'lightgbm', 'random_forest', 'kmeans', 'pca'];

interface Part {
  plan: Plan;
  change: (plan: Plan) => void;
}

function Field({ parameter, id, text, type }: { parameter: Hyperparameter; id: string; text: string; type: (text: string) => void }) {
  const known = parameter.default !== undefined;
  // As it is typed.
  const standard = typeof parameter.default === 'object' ? JSON.stringify(parameter.default) : String(parameter.default);
  return (
    <label for={id}>
      {parameter.name}
      {parameter.aliases.length > 0 && <span class="quiet"> ({parameter.aliases.join(', ')})</span>}
      <input
        id={id}
        value={text}
        placeholder={known ? standard : ''}
        list={parameter.choices.length ? `${id}-choices` : undefined}
        aria-describedby={`${id}-domain`}
        autocomplete="off"
        spellcheck={false}
        onInput={(e) => type(e.currentTarget.value)}
      />
      {parameter.choices.length > 0 && (
        <datalist id={`${id}-choices`}>
          {parameter.choices.map((choice) => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      )}
      <span class="quiet small-text" id={`${id}-domain`}>
        {parameter.domain}
        {known && `. Default ${standard}.`}
      </span>
    </label>
  );
}

interface SettingsProps extends Part {
  algorithm: string;
  onKnown: (algorithm: string, parameters: Hyperparameter[]) => void;
}

/** The hyperparameters of one algorithm, as the catalogue has them. */
function Settings({ plan, change, algorithm, onKnown }: SettingsProps) {
  const answer = useAnswer(
    () => get<Hyperparameter[]>('/api/hyperparameters', { algorithm, task: plan.task }),
    [algorithm, plan.task],
  );
  useEffect(() => {
    if (answer.data) onKnown(algorithm, answer.data);
  }, [answer.data]);
  const typed = plan.typed[algorithm] ?? {};
  const type = (name: string) => (text: string) =>
    change({ ...plan, typed: { ...plan.typed, [algorithm]: { ...typed, [name]: text } } });
  const given = Object.values(typed).filter(Boolean).length;
  return (
    <details class="settings">
      <summary>
        Hyperparameters of {algorithm.replaceAll('_', ' ')}
        {given > 0 && <span class="quiet"> {given} given</span>}
      </summary>
      <Waiting answer={answer}>
        {(parameters) => (
          <div class="grid">
            {parameters.map((parameter) => (
              <Field
                key={parameter.name}
                parameter={parameter}
                id={`${algorithm}-${parameter.name}`}
                text={typed[parameter.name] ?? ''}
                type={type(parameter.name)}
              />
            ))}
          </div>
        )}
      </Waiting>
    </details>
  );
}

/** Those that serve the task, and how they are set. */
export function Algorithms({ plan, change, onKnown }: Part & Pick<SettingsProps, 'onKnown'>) {
  const answer = useAnswer(() => get<AlgorithmInfo[]>('/api/algorithms'), []);
  const toggle = (name: string) =>
    change({
      ...plan,
      algorithms: plan.algorithms.includes(name) ? plan.algorithms.filter((each) => each !== name) : [...plan.algorithms, name],
    });
  return (
    <fieldset>
      <legend>6. Algorithms: each gives a model</legend>
      <Waiting answer={answer}>
        {(all) => (
          <div class="choices">
            {all
              .filter((each) => each.tasks.includes(plan.task))
              .map((each) => (
                <label class="choice" key={each.name}>
                  <input type="checkbox" checked={plan.algorithms.includes(each.name)} onChange={() => toggle(each.name)} />
                  {each.name.replaceAll('_', ' ')}
                  {USUAL.includes(each.name) && <span class="quiet"> usual</span>}
                </label>
              ))}
          </div>
        )}
      </Waiting>
      {plan.algorithms.map((algorithm) => (
        <Settings key={algorithm + plan.task} plan={plan} change={change} algorithm={algorithm} onKnown={onKnown} />
      ))}
    </fieldset>
  );
}
