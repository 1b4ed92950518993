import { CsvReader, delimiterOf, type Record } from './csv.ts';
import { TypeGuess, type ColumnType } from './types.ts';

export interface Layout {
  encoding: string;
  delimiter: string;
  header: boolean;
}

/** What a file holds. */
export interface Found {
  names: string[];
  types: ColumnType[];
  preview: string[][];
  rows: number;
  faults: string[];
}

const PREVIEW = 10;
const MOST_FAULTS = 20;

/** The texts of a file, as it is read; it is never held as a whole. */
export async function* texts(file: File, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    yield decoder.decode(value, { stream: true });
  }
  yield decoder.decode();
}

export async function guessDelimiter(file: File, encoding: string): Promise<string> {
  const start = new TextDecoder(encoding).decode(await file.slice(0, 65536).arrayBuffer());
  return delimiterOf(start.split(/\r?\n/, 1)[0] ?? '');
}

const names = (first: string[], header: boolean) =>
  first.map((name, i) => (header && name.trim() ? name.trim() : `column${i + 1}`));

/** Looks at all lines: what the columns are, and which lines do not fit. */
export async function scan(file: File, layout: Layout, progress: (share: number) => void): Promise<Found> {
  const found: Found = { names: [], types: [], preview: [], rows: 0, faults: [] };
  const guesses: TypeGuess[] = [];
  const fault = (text: string) => {
    if (found.faults.length < MOST_FAULTS) found.faults.push(text);
  };
  const take = (record: Record) => {
    if (!guesses.length) {
      record.values.forEach(() => guesses.push(new TypeGuess()));
      found.names = names(record.values, layout.header);
      if (layout.header) return;
    }
    found.rows++;
    if (record.values.length !== guesses.length) {
      fault(`Line ${record.line} has ${record.values.length} values, not ${guesses.length}.`);
      return;
    }
    record.values.forEach((value, i) => guesses[i]!.add(value, record.quoted[i]!));
    if (found.preview.length < PREVIEW) found.preview.push(record.values);
  };
  const reader = new CsvReader(layout.delimiter, take);
  let read = 0;
  for await (const text of texts(file, layout.encoding)) {
    reader.feed(text);
    read += text.length;
    progress(Math.min(1, read / Math.max(1, file.size)));
  }
  if (reader.end()) fault('The file ends within quotes.');
  if (!guesses.length) fault('The file is empty.');
  found.types = guesses.map((guess) => guess.type);
  return found;
}
