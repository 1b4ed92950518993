import { get } from '../api.ts';
import { useAnswer } from '../hooks.ts';
import type { ColumnInfo, RelationDetail, RelationRow } from '../types.ts';
import { Result, Waiting } from '../ui.tsx';
import { taskOf, withRelation, type Plan } from './plan.ts';

interface Part {
  plan: Plan;
  change: (plan: Plan) => void;
}

/** The table or view to learn from. */
export function Relations({ plan, change }: Part) {
  const relations = useAnswer(() => get<RelationRow[]>('/api/relations'), []);
  return (
    <Waiting answer={relations}>
      {(rows) => (
        <label>
          3. Table or view
          <select required value={plan.relation} onChange={(e) => change(withRelation(plan, e.currentTarget.value))}>
            <option value="">Choose …</option>
            {rows.map((row) => (
              <option key={row.relation} value={row.relation}>
                {row.relation} ({row.kind}
                {row.rows !== null && `, about ${row.rows} rows`})
              </option>
            ))}
          </select>
        </label>
      )}
    </Waiting>
  );
}

function Targets({ plan, change, columns }: Part & { columns: ColumnInfo[] }) {
  const { targets } = taskOf(plan);
  if (targets === 'none') return null;
  const single = targets === 'one';
  const toggle = (name: string) => {
    if (single) change({ ...plan, targets: [name] });
    else if (plan.targets.includes(name)) change({ ...plan, targets: plan.targets.filter((each) => each !== name) });
    else change({ ...plan, targets: [...plan.targets, name] });
  };
  return (
    <fieldset>
      <legend>4. Target: what to predict ({targets})</legend>
      <div class="choices">
        {columns.map((column) => (
          <label class="choice" key={column.name}>
            <input
              type={single ? 'radio' : 'checkbox'}
              name="target"
              checked={plan.targets.includes(column.name)}
              onChange={() => toggle(column.name)}
            />
            {column.name} <span class="quiet">{column.type}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface ColumnProps {
  label: string;
  value: string;
  columns: ColumnInfo[];
  needed?: boolean;
  choose: (name: string) => void;
}

function ColumnSelect({ label, value, columns, needed = false, choose }: ColumnProps) {
  return (
    <label>
      {label}
      <select value={value} required={needed} onChange={(e) => choose(e.currentTarget.value)}>
        <option value="">{needed ? 'Choose …' : 'none'}</option>
        {columns.map((column) => (
          <option key={column.name}>{column.name}</option>
        ))}
      </select>
    </label>
  );
}

/** Some of its rows, and which columns mean what. */
export function Source({ plan, change, onColumns }: Part & { onColumns: (columns: ColumnInfo[]) => void }) {
  const answer = useAnswer(async () => {
    const found = await get<RelationDetail>('/api/relation', { name: plan.relation });
    onColumns(found.columns);
    return found;
  }, [plan.relation]);
  return (
    <Waiting answer={answer}>
      {(relation) => (
        <>
          <Result caption={`The first rows of ${relation.relation}`} table={relation.sample} />
          <Targets plan={plan} change={change} columns={relation.columns} />
          {plan.task === 'rank' && (
            <ColumnSelect
              label="Group column: rows that are ranked among each other"
              value={plan.group}
              columns={relation.columns}
              needed
              choose={(group) => change({ ...plan, group })}
            />
          )}
          {taskOf(plan).targets !== 'none' && (
            <ColumnSelect
              label="Weight column: how much a row counts"
              value={plan.weight}
              columns={relation.columns}
              choose={(weight) => change({ ...plan, weight })}
            />
          )}
        </>
      )}
    </Waiting>
  );
}
