// The JSON API of the proxy; /api/openapi.json describes it.

let token = null;
let onSession = () => {};

export class ApiError extends Error {
  constructor(status, error) {
    super(error.message);
    this.status = status;
    this.error = error;
  }
}

async function read(response) {
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

async function ask(path, options) {
  let response;
  try {
    response = await fetch(path, { credentials: 'same-origin', ...options });
  } catch {
    throw new ApiError(0, { message: 'The proxy cannot be reached.' });
  }
  return read(response);
}

export function get(path, query = {}) {
  const text = new URLSearchParams(query).toString();
  return ask(text ? `${path}?${text}` : path, {});
}

export function post(path, body = {}) {
  const headers = { 'Content-Type': 'application/json' };
  if (token) headers['X-CSRF-Token'] = token;
  return ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** Who is told when the session changes or has ended. */
export function sessionListener(listener) {
  onSession = listener;
}

function take(session) {
  token = session.token;
  onSession(session);
  return session;
}

export const session = async () => take(await get('/api/session'));
export const login = async (who) => take(await post('/api/login', who));
export const logout = async () => take(await post('/api/logout'));
