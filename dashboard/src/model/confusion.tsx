import { shown } from '../shown.ts';

/** A row for each true class, a column for each predicted one. */
export function Confusion({ labels, counts }: { labels: string[]; counts: number[][] }) {
  const caption = 'Confusion matrix: a row for each true class, a column for each predicted one';
  return (
    <div class="scroll" role="region" aria-label={caption} tabIndex={0}>
      <table class="matrix">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">class</th>
            {labels.map((label) => (
              <th scope="col" class="number" key={label}>
                {label}
              </th>
            ))}
            <th scope="col" class="number">
              found
            </th>
          </tr>
        </thead>
        <tbody>
          {counts.map((row, i) => {
            const all = row.reduce((sum, count) => sum + count, 0);
            return (
              <tr key={labels[i]}>
                <th scope="row">{labels[i]}</th>
                {row.map((count, j) => (
                  <td class={`number shade${all ? Math.round((4 * count) / all) : 0}`} key={labels[j]}>
                    {shown(count)}
                  </td>
                ))}
                <td class="number">{all ? `${((100 * row[i]!) / all).toFixed(1)} %` : '–'}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
