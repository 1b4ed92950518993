import type { Hyperparameter, Value } from '../types.ts';

/** What somebody is about to train. */
export interface Plan {
  project: string;
  task: string;
  relation: string;
  targets: string[];
  group: string;
  weight: string;
  algorithms: string[];
  /** Texts as typed, by algorithm and hyperparameter; a list of several is searched. */
  typed: Record<string, Record<string, string>>;
  search: '' | 'grid' | 'random';
  folds: string;
  candidates: string;
  testSize: string;
  sampling: string;
  preprocess: Record<string, Record<string, string>>;
  deploy: boolean;
}

export interface Task {
  name: string;
  label: string;
  targets: 'one' | 'one or more' | 'none';
}

export const TASKS: Task[] = [
  { name: 'regression', label: 'Regression: predict a number', targets: 'one or more' },
  { name: 'classification', label: 'Classification: predict a class', targets: 'one' },
  { name: 'rank', label: 'Ranking: put the rows of a group in order', targets: 'one' },
  { name: 'clustering', label: 'Clustering: find groups', targets: 'none' },
  { name: 'decomposition', label: 'Decomposition: fewer dimensions', targets: 'none' },
];

const FIRST: Record<string, string[]> = { clustering: ['kmeans'], decomposition: ['pca'], rank: ['xgboost'] };

export const taskOf = (plan: Plan) => TASKS.find((each) => each.name === plan.task)!;

export function newPlan(relation: string): Plan {
  return {
    project: '',
    task: 'regression',
    relation,
    targets: [],
    group: '',
    weight: '',
    algorithms: ['linear'],
    typed: {},
    search: '',
    folds: '5',
    candidates: '10',
    testSize: '0.25',
    sampling: 'stratified',
    preprocess: {},
    deploy: false,
  };
}

export function withTask(plan: Plan, task: string): Plan {
  return { ...plan, task, targets: [], group: '', algorithms: FIRST[task] ?? ['linear'], typed: {} };
}

export function withRelation(plan: Plan, relation: string): Plan {
  return { ...plan, relation, targets: [], group: '', weight: '', preprocess: {} };
}

/** What lacks before it can be trained; empty if nothing does. */
export function lacking(plan: Plan): string[] {
  const lacks: string[] = [];
  if (!plan.project) lacks.push('a project');
  if (!plan.relation) lacks.push('a table');
  if (taskOf(plan).targets !== 'none' && !plan.targets.length) lacks.push('a target');
  if (plan.task === 'rank' && !plan.group) lacks.push('a group column');
  if (!plan.algorithms.length) lacks.push('an algorithm');
  return lacks;
}

/** A typed text as the hyperparameter's value. */
export function valueOf(parameter: Hyperparameter, text: string): Value {
  const trimmed = text.trim();
  if (trimmed === 'null' && parameter.nullable) return null;
  switch (parameter.kind) {
    case 'whole':
    case 'real': {
      const number = Number(trimmed);
      if (trimmed === '' || Number.isNaN(number)) throw new Error(`${parameter.name}: "${text}" is not ${parameter.domain}`);
      return number;
    }
    case 'flag':
      return trimmed === 'true';
    case 'choice':
      return trimmed;
    case 'json':
      try {
        return JSON.parse(trimmed);
      } catch {
        return trimmed;
      }
  }
}

/** Lists like "1, 10, 100" are searched; JSON has commas of its own. */
export function parts(parameter: Hyperparameter, text: string): string[] {
  if (parameter.kind === 'json' && /^[[{]/.test(text.trim())) return [text];
  return text.split(',').map((each) => each.trim()).filter(Boolean);
}

function own(plan: Plan, known: Record<string, Hyperparameter[]>) {
  const each: Record<string, { hyperparams?: Record<string, Value>; search_params?: Record<string, Value[]> }> = {};
  for (const algorithm of plan.algorithms) {
    const hyperparams: Record<string, Value> = {};
    const ranges: Record<string, Value[]> = {};
    for (const parameter of known[algorithm] ?? []) {
      const text = plan.typed[algorithm]?.[parameter.name]?.trim();
      if (!text) continue;
      const values = parts(parameter, text).map((one) => valueOf(parameter, one));
      if (values.length > 1 && plan.search) ranges[parameter.name] = values;
      else if (values.length > 1) throw new Error(`${algorithm}: ${parameter.name} has ${values.length} values; choose a search, or one of them`);
      else hyperparams[parameter.name] = values[0]!;
    }
    each[algorithm] = { hyperparams, search_params: ranges };
  }
  return each;
}

/** As /api/train takes it. */
export function request(plan: Plan, known: Record<string, Hyperparameter[]>): object {
  const each = own(plan, known);
  const searched = Object.values(each).some((one) => Object.keys(one.search_params ?? {}).length > 0);
  if (plan.search && !searched) throw new Error('A search needs a hyperparameter with several values, such as 0.1, 1, 10.');
  const common: Record<string, Value> = {};
  if (plan.group) common.group_column = plan.group;
  if (plan.weight) common.sample_weight_column = plan.weight;
  const preprocess = Object.fromEntries(Object.entries(plan.preprocess).filter(([, steps]) => Object.keys(steps).length > 0));
  return {
    project: plan.project,
    task: plan.task,
    relation: plan.relation,
    ...(plan.targets.length > 0 && { targets: plan.targets }),
    algorithms: plan.algorithms,
    ...(Object.keys(common).length > 0 && { hyperparams: common }),
    each,
    ...(plan.search && {
      search: plan.search,
      search_args: { cv: Number(plan.folds), ...(plan.search === 'random' && { n_iter: Number(plan.candidates) }) },
    }),
    test_size: plan.testSize,
    test_sampling: plan.sampling,
    ...(Object.keys(preprocess).length > 0 && { preprocess }),
    deploy: plan.deploy,
  };
}
