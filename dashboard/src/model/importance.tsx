import { get } from '../api.ts';
import { Bars } from '../charts/bars.tsx';
import { useAnswer } from '../hooks.ts';
import { Waiting } from '../ui.tsx';

const MOST = 30;

export function Importance({ id }: { id: number }) {
  const answer = useAnswer(() => get<{ feature: string; importance: number | string }[]>('/api/importance', { id }), [id]);
  return (
    <section>
      <h2>Feature importance</h2>
      <Waiting answer={answer}>
        {(rows) => (
          <Bars
            caption="How much each feature matters to the model"
            name="feature"
            rows={rows.slice(0, MOST).map((row) => ({ name: row.feature, value: Number(row.importance) }))}
          />
        )}
      </Waiting>
    </section>
  );
}
