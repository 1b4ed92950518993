import { shown } from '../shown.ts';

interface BarsProps {
  caption: string;
  name: string;
  rows: { name: string; value: number }[];
}

/** Horizontal bars around a zero line, each with its number: a table that is also seen. */
export function Bars({ caption, name, rows }: BarsProps) {
  const most = Math.max(...rows.map((row) => Math.abs(row.value)), 1e-300);
  const signed = rows.some((row) => row.value < 0);
  return (
    <table class="bars">
      <caption>{caption}</caption>
      <thead class="hidden">
        <tr>
          <th scope="col">{name}</th>
          <th scope="col">value</th>
          <th scope="col">bar</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <th scope="row">{row.name}</th>
            <td class="number">{shown(row.value)}</td>
            <td class="bar" aria-hidden="true">
              <svg viewBox="0 0 200 10" preserveAspectRatio="none">
                <rect
                  class={row.value < 0 ? 'minus' : 'plus'}
                  x={signed ? 100 - (row.value < 0 ? (100 * -row.value) / most : 0) : 0}
                  y="1"
                  height="8"
                  width={((signed ? 100 : 200) * Math.abs(row.value)) / most}
                />
              </svg>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
