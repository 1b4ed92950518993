import { post } from '../api.ts';
import { texts, type Layout } from './file.ts';

/** In characters: as JSON, at its longest, a part still fits into a request. */
const PART = 40_000;

export interface Target {
  table: string;
  columns: string[];
  types: string[];
}

/** Parts of a text that ends anywhere; no part ends between the halves of a character. */
function* cut(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    let to = Math.min(text.length, from + PART);
    const code = text.charCodeAt(to - 1);
    if (to < text.length && code >= 0xd800 && code < 0xdc00) to++;
    yield text.slice(from, to);
    from = to;
  }
}

/** Sends the file into a new table, part by part; if it fails or is cancelled no table is left. */
export async function send(
  file: File,
  layout: Layout,
  target: Target,
  progress: (share: number) => void,
  cancelled: () => boolean,
): Promise<number> {
  const [schema, table] = target.table.includes('.') ? target.table.split('.', 2) : [undefined, target.table];
  const { id } = await post<{ id: number }>('/api/upload', {
    ...(schema && { schema }),
    table,
    columns: target.columns,
    types: target.types,
    delimiter: layout.delimiter,
    header: layout.header,
    bytes: file.size,
  });
  let part = 0;
  let sent = 0;
  for await (const text of texts(file, layout.encoding)) {
    for (const piece of cut(text)) {
      if (cancelled()) {
        await post('/api/upload/cancel', { id });
        throw new Error('The upload is cancelled; no table is left of it.');
      }
      await post('/api/upload/part', { id, part: part++, text: piece });
      sent += piece.length;
      progress(Math.min(1, sent / Math.max(1, file.size)));
    }
  }
  return (await post<{ rows: number }>('/api/upload/end', { id })).rows;
}
