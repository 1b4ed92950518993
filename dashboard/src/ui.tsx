import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { ApiError } from './api.ts';
import type { Answer } from './hooks.ts';
import { shown } from './shown.ts';
import type { Fault, ResultTable } from './types.ts';

type ButtonProps = JSX.IntrinsicElements['button'] & { off?: boolean };

/** A button that may be off for a while: it keeps the focus then, which a disabled one would lose. */
export function Button({ off = false, onClick, ...rest }: ButtonProps) {
  const click = (event: JSX.TargetedMouseEvent<HTMLButtonElement>) => {
    if (off) event.preventDefault();
    else onClick?.(event);
  };
  return <button type="button" {...rest} aria-disabled={off} onClick={click} />;
}

/** An error in Postgres' words; read out when it comes. */
export function Failure({ error }: { error?: unknown }) {
  if (!error) return <div role="alert" />;
  const told: Fault = error instanceof ApiError ? error.error : { message: String((error as Error).message) };
  return (
    <div role="alert" class="failure">
      <strong>{told.message}</strong>
      {told.sqlstate && <span class="quiet"> SQLSTATE {told.sqlstate}</span>}
      {told.detail && <p>{told.detail}</p>}
      {told.where && <p class="quiet">{told.where}</p>}
      {told.hint && <p>Hint: {told.hint}</p>}
    </div>
  );
}

export function Waiting<T>({ answer, children }: { answer: Answer<T>; children: (data: T) => ComponentChildren }) {
  return (
    <>
      <Failure error={answer.error} />
      {answer.error !== undefined && (
        <Button class="small" onClick={answer.again}>
          Try again
        </Button>
      )}
      {answer.loading && answer.data === undefined && <p class="quiet">Loading …</p>}
      {answer.data !== undefined && children(answer.data)}
    </>
  );
}

export interface Column<R> {
  name: string;
  of: (row: R) => ComponentChildren;
  number?: boolean;
}

interface TableProps<R> {
  caption: string;
  columns: Column<R>[];
  rows: R[];
  empty?: string;
  /** What a row is known by when others come and go around it; its id, or else its place. */
  keyOf?: (row: R) => string;
}

/** On a narrow screen it scrolls by itself. */
export function Table<R>({ caption, columns, rows, empty = 'None.', keyOf }: TableProps<R>) {
  if (!rows.length) {
    return (
      <p class="quiet">
        {caption}: {empty}
      </p>
    );
  }
  return (
    <div class="scroll" role="region" aria-label={caption} tabIndex={0}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th scope="col" class={column.number ? 'number' : ''} key={column.name}>
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={keyOf ? keyOf(row) : ((row as { id?: number }).id ?? i)}>
              {columns.map((column) => (
                <td class={column.number ? 'number' : ''} key={column.name}>
                  {column.of(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A result of any statement. */
export function Result({ caption, table }: { caption: string; table: ResultTable }) {
  const columns = table.columns.map((column, i) => ({
    name: column.name,
    of: (row: ResultTable['rows'][number]) => shown(row[i]),
    number: table.rows.length > 0 && typeof table.rows[0]![i] === 'number',
  }));
  return <Table caption={caption} columns={columns} rows={table.rows} empty={table.tag} />;
}

interface ActionProps {
  label: string;
  title?: string;
  question: string;
  run: () => Promise<unknown>;
  danger?: boolean;
}

/** A button that asks first, does it, and tells what went wrong. */
export function Action({ label, title, question, run, danger }: ActionProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const around = useRef<HTMLElement | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    setError(null);
    try {
      await run();
      dialog.current?.close();
    } catch (e) {
      setError(e);
    }
    setBusy(false);
  };
  const open = () => {
    setError(null);
    around.current = opener.current?.closest<HTMLElement>('[role=region], main') ?? null;
    dialog.current?.showModal();
  };
  // What has been done may take the button away, and the table that it was in.
  useLayoutEffect(
    () => () => {
      setTimeout(() => {
        if (document.activeElement !== document.body || !around.current) return;
        (around.current.isConnected ? around.current : document.getElementById('main'))?.focus();
      });
    },
    [],
  );
  return (
    <>
      <button type="button" ref={opener} class={danger ? 'danger small' : 'small'} aria-label={title || label} onClick={open}>
        {label}
      </button>
      <dialog ref={dialog} aria-label={title || label}>
        <p>{question}</p>
        <Failure error={error} />
        <div class="buttons">
          <Button class={danger ? 'danger' : 'primary'} off={busy} onClick={go}>
            {title || label}
          </Button>
          <button type="button" onClick={() => dialog.current?.close()}>
            Leave it
          </button>
        </div>
      </dialog>
    </>
  );
}

/** A heading that gets the focus when its view appears, so that it is read out. */
export function Title({ children }: { children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}
