/** One line of values, with the line of the file that it begins in. */
export interface Record {
  line: number;
  values: string[];
  /** Whether the value stood in quotes: an empty one is a text then, else nothing. */
  quoted: boolean[];
}

/** Reads CSV as Postgres does: quotes are doubled, values in quotes may have line ends. Fed with texts that end anywhere. */
export class CsvReader {
  private readonly delimiter: string;
  private readonly take: (record: Record) => void;
  private values: string[] = [];
  private quoted: boolean[] = [];
  private value = '';
  private wasQuoted = false;
  private inQuotes = false;
  private quoteBefore = false;
  private returnBefore = false;
  private line = 1;
  private begun = 1;

  constructor(delimiter: string, take: (record: Record) => void) {
    this.delimiter = delimiter;
    this.take = take;
  }

  feed(text: string) {
    for (let i = 0; i < text.length; i++) this.character(text[i]!);
  }

  private character(c: string) {
    if (this.quoteBefore) {
      this.quoteBefore = false;
      if (c === '"') {
        this.value += c;
        return;
      }
      this.inQuotes = false;
    }
    if (this.inQuotes) {
      if (c === '"') this.quoteBefore = true;
      else {
        if (c === '\n') this.line++;
        this.value += c;
      }
      return;
    }
    const afterReturn = this.returnBefore;
    this.returnBefore = c === '\r';
    if (c === '"') {
      this.inQuotes = true;
      this.wasQuoted = true;
    } else if (c === this.delimiter) this.endValue();
    else if (c === '\n' && afterReturn) this.begun = ++this.line;
    else if (c === '\n' || c === '\r') this.endRecord(c === '\n');
    else this.value += c;
  }

  private endValue() {
    this.values.push(this.value);
    this.quoted.push(this.wasQuoted);
    this.value = '';
    this.wasQuoted = false;
  }

  private endRecord(counts: boolean) {
    this.endValue();
    this.take({ line: this.begun, values: this.values, quoted: this.quoted });
    this.values = [];
    this.quoted = [];
    if (counts) this.line++;
    this.begun = this.line;
  }

  /** The text is over; whether it ends within quotes, which is a fault. */
  end(): boolean {
    const open = this.inQuotes && !this.quoteBefore;
    if (this.value || this.values.length || this.wasQuoted) this.endRecord(false);
    return open;
  }
}

/** What stands between the values of a line: the most frequent of what may. */
export function delimiterOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, '');
  return [',', ';', '\t', '|'].reduce((best, each) => (bare.split(each).length > bare.split(best).length ? each : best));
}
