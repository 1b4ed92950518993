import type { Found } from './file.ts';
import { TYPES, type ColumnType } from './types.ts';

/** Names and types as they were found, to be changed, above the first rows. */
export function Columns({ found, change }: { found: Found; change: (found: Found) => void }) {
  const rename = (place: number, name: string) => change({ ...found, names: found.names.map((each, i) => (i === place ? name : each)) });
  const retype = (place: number, type: ColumnType) => change({ ...found, types: found.types.map((each, i) => (i === place ? type : each)) });
  return (
    <div class="scroll" role="region" aria-label="Columns and first rows" tabIndex={0}>
      <table>
        <caption>Columns and first rows</caption>
        <thead>
          <tr>
            {found.names.map((name, i) => (
              <th scope="col" key={i}>
                <input class="cell-input" aria-label={`Name of column ${i + 1}`} value={name} onInput={(e) => rename(i, e.currentTarget.value)} />
                <select
                  aria-label={`Type of column ${i + 1}`}
                  value={found.types[i]}
                  onChange={(e) => retype(i, e.currentTarget.value as ColumnType)}
                >
                  {TYPES.map((type) => (
                    <option key={type}>{type}</option>
                  ))}
                </select>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {found.preview.map((row, i) => (
            <tr key={i}>
              {row.map((value, j) => (
                <td key={j}>{value}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
