import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

export interface Answer<T> {
  data?: T | undefined;
  error?: unknown;
  loading?: boolean;
  again: () => Promise<void>;
}

/** Runs a question again whenever what it depends on changes, and on demand. */
export function useAnswer<T>(question: () => Promise<T>, depends: unknown[]): Answer<T> {
  const [state, setState] = useState<Omit<Answer<T>, 'again'>>({ loading: true });
  const newest = useRef(0);
  const ask = useCallback(async () => {
    const mine = ++newest.current;
    try {
      const data = await question();
      if (mine === newest.current) setState({ data });
    } catch (error) {
      if (mine === newest.current) setState((before) => ({ data: before.data, error }));
    }
  }, depends);
  useEffect(() => {
    // What was shown stays until the next answer is there: else the focus would be lost with it.
    setState((before) => ({ data: before.data, loading: true }));
    ask();
    return () => {
      newest.current++;
    };
  }, [ask]);
  return { ...state, again: ask };
}

/** Calls while the page is seen, each time a while after the call before has ended. */
export function usePolling(call: () => Promise<unknown>, millis: number, on = true) {
  const newest = useRef(call);
  newest.current = call;
  useEffect(() => {
    if (!on) return undefined;
    let timer: ReturnType<typeof setTimeout>;
    let over = false;
    const next = async () => {
      if (!document.hidden) await newest.current();
      if (!over) timer = setTimeout(next, millis);
    };
    timer = setTimeout(next, millis);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [millis, on]);
}
