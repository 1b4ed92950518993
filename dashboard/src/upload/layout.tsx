import type { Layout } from './file.ts';

const DELIMITERS = [
  { value: ',', label: 'comma' },
  { value: ';', label: 'semicolon' },
  { value: '\t', label: 'tab' },
  { value: '|', label: 'bar' },
];

const ENCODINGS = ['utf-8', 'windows-1252', 'utf-16le'];

/** How the file is to be read. */
export function LayoutForm({ layout, change }: { layout: Layout; change: (layout: Layout) => void }) {
  return (
    <>
      <div class="row">
        <label>
          Between values
          <select value={layout.delimiter} onChange={(e) => change({ ...layout, delimiter: e.currentTarget.value })}>
            {DELIMITERS.map((each) => (
              <option key={each.label} value={each.value}>
                {each.label}
              </option>
            ))}
          </select>
        </label>
        <label>
          Encoding
          <select value={layout.encoding} onChange={(e) => change({ ...layout, encoding: e.currentTarget.value })}>
            {ENCODINGS.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
      </div>
      <label class="choice">
        <input type="checkbox" checked={layout.header} onChange={() => change({ ...layout, header: !layout.header })} />
        The first line has the names of the columns
      </label>
    </>
  );
}
