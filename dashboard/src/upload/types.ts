/** The types that texts may have, from the narrowest; the API takes the same. */
export const TYPES = [
  'boolean',
  'integer',
  'bigint',
  'double precision',
  'numeric',
  'date',
  'timestamp without time zone',
  'timestamp with time zone',
  'text',
] as const;

export type ColumnType = (typeof TYPES)[number];

const BOOLEAN = /^(t|f|true|false)$/i;
const WHOLE = /^-?(0|[1-9]\d*)$/;
const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const ZEROS = /^[-+]?0\d/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?$/;
const ZONED = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[-+]\d\d(:?\d\d)?)$/;

function within(text: string, limit: bigint): boolean {
  const value = BigInt(text);
  return value >= -limit && value < limit;
}

const FITS: [ColumnType, (text: string) => boolean][] = [
  ['boolean', (text) => BOOLEAN.test(text)],
  ['integer', (text) => WHOLE.test(text) && within(text, 2n ** 31n)],
  ['bigint', (text) => WHOLE.test(text) && within(text, 2n ** 63n)],
  // What begins with a zero is a key, such as a postal code, and would lose it.
  ['double precision', (text) => NUMBER.test(text) && !ZEROS.test(text) && Number.isFinite(Number(text))],
  ['date', (text) => DATE.test(text) && !Number.isNaN(Date.parse(text))],
  ['timestamp without time zone', (text) => (MOMENT.test(text) || DATE.test(text)) && !Number.isNaN(Date.parse(text))],
  ['timestamp with time zone', (text) => ZONED.test(text)],
];

/** Narrows down what a column can be, value by value. */
export class TypeGuess {
  private left = FITS;
  private seen = false;

  add(text: string, quoted: boolean) {
    // Nothing between the delimiters is NULL, which fits all.
    if (text === '' && !quoted) return;
    this.seen = true;
    this.left = this.left.filter(([, fits]) => fits(text));
  }

  get type(): ColumnType {
    return this.seen ? (this.left[0]?.[0] ?? 'text') : 'text';
  }
}
