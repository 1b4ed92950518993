import { ApiError } from '../api.ts';

/** Where in the statement an error is: its line, with a mark under the place. */
export function Pointer({ sql, error }: { sql: string; error: unknown }) {
  const position = error instanceof ApiError ? error.error.position : undefined;
  if (!position) return null;
  // Postgres counts characters, JavaScript halves of some of them.
  const before = [...sql].slice(0, position - 1).join('');
  const lines = before.split('\n');
  const line = lines.length;
  const column = [...lines[line - 1]!].length + 1;
  const text = sql.split('\n')[line - 1] ?? '';
  return (
    <figure class="pointer">
      <figcaption>
        Line {line}, column {column}
      </figcaption>
      <pre>
        {text}
        {'\n'}
        {' '.repeat(column - 1)}
        <strong>^</strong>
      </pre>
    </figure>
  );
}
