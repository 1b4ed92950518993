// The JSON API of the proxy; /api/openapi.json describes it.
import type { Fault, Session } from './types.ts';

let token: string | null = null;
let onSession: (session: Session | null) => void = () => {};

export class ApiError extends Error {
  readonly status: number;
  readonly error: Fault;

  constructor(status: number, error: Fault) {
    super(error.message);
    this.status = status;
    this.error = error;
  }
}

async function read(response: Response): Promise<any> {
  let body;
  try {
    body = await response.json();
  } catch {
    throw new ApiError(response.status, { message: `The proxy answers with status ${response.status}.` });
  }
  if (!response.ok) {
    if (response.status === 401) onSession(null);
    throw new ApiError(response.status, body.error || { message: `status ${response.status}` });
  }
  return body;
}

async function ask(path: string, options: RequestInit): Promise<any> {
  let response;
  try {
    response = await fetch(path, { credentials: 'same-origin', ...options });
  } catch {
    throw new ApiError(0, { message: 'The proxy cannot be reached.' });
  }
  return read(response);
}

export function get<T>(path: string, query: Record<string, string | number> = {}): Promise<T> {
  const text = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)])).toString();
  return ask(text ? `${path}?${text}` : path, {});
}

export function post<T>(path: string, body: object = {}): Promise<T> {
  const headers: Record<string, string> = { 'Content-Type': 'application/json' };
  if (token) headers['X-CSRF-Token'] = token;
  return ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** Who is told when the session changes or has ended. */
export function sessionListener(listener: (session: Session | null) => void) {
  onSession = listener;
}

function take(session: Session): Session {
  token = session.token;
  onSession(session);
  return session;
}

export const session = async () => take(await get<Session>('/api/session'));
export const login = async (who: { database: string; user: string; password: string }) =>
  take(await post<Session>('/api/login', who));
export const logout = async () => take(await post<Session>('/api/logout'));
