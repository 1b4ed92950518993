import { Bars } from '../charts/bars.tsx';
import type { Evaluation } from '../types.ts';

/** How many rows fall into which group. */
export function Groups({ groups }: { groups: NonNullable<Evaluation['groups']> }) {
  const rows = groups.map((each) => ({ name: each.group < 0 ? 'in none' : `group ${each.group}`, value: each.rows }));
  return <Bars caption="Rows by group, the largest first" name="group" rows={rows} />;
}
