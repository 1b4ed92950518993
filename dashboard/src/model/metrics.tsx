import { shown } from '../shown.ts';
import type { ModelDetail, Value } from '../types.ts';
import { Table } from '../ui.tsx';

const NAMED = [
  { name: 'metric', of: ([name]: [string, unknown]) => name },
  { name: 'value', of: ([name, value]: [string, unknown]) => `${shown(value)}${name.endsWith('_time') ? ' s' : ''}`, number: true },
];

const SETTINGS = [
  { name: 'name', of: ([name]: [string, Value]) => name },
  { name: 'value', of: ([, value]: [string, Value]) => shown(value) },
];

/** All metrics that are numbers, and what was trained with. */
export function Metrics({ model }: { model: ModelDetail }) {
  const plain = Object.entries(model.metrics ?? {}).filter(([, value]) => typeof value !== 'object');
  return (
    <div class="columns">
      <Table caption="Metrics" rows={plain} columns={NAMED} />
      <Table caption="Hyperparameters" rows={Object.entries(model.hyperparams ?? {})} empty="the defaults." columns={SETTINGS} />
    </div>
  );
}
