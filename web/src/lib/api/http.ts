/** The one way to the server. Writes carry the CSRF header; every failure becomes an `ApiError` that says what to do. */
import { language } from '../language.ts';

export class ApiError extends Error {
  /** What it comes to, in the language of the page; `null` where its own words are in it. */
  meaning: string | null = null;

  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
    readonly field?: string,
    readonly hint?: string,
    readonly details?: Record<string, unknown>,
    readonly requestId?: string,
  ) {
    super(message);
    this.name = 'ApiError';
  }

  /** What happened and what to do, as sentences; in English where there is a `meaning`. */
  get said(): string {
    return [this.message, this.hint]
      .filter(Boolean)
      .map((text) => asSentence(text!))
      .join(' ');
  }

  get sentence(): string {
    return this.meaning ? `${this.meaning} ${this.said}` : this.said;
  }
}

/** The server writes fragments: a capital and a full stop make them sentences. */
export function asSentence(text: string): string {
  const begun = /^(?!labkeeper)[a-z]+(?:[\s,;:.]|$)/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

/** Any failure in words. */
export const inWords = (error: unknown): string =>
  error instanceof ApiError ? error.sentence : error instanceof Error ? error.message : String(error);

export interface Answer<T> {
  body: T;
  /** Id of the change that a write made; the handle for undo. */
  changeId: string | null;
  /** When it was given, by the clock of the server; by ours where it does not say. Milliseconds since 1970. */
  at: number;
}

export interface Options {
  query?: Record<string, string | number | boolean | null | undefined>;
  body?: unknown;
  /** A file to send as it is, instead of JSON. */
  bytes?: Blob;
  rev?: number;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** Goes on though the page is left; the browser takes no more than 64 KiB so. */
  keepalive?: boolean;
  /** It changes nothing, though it is no GET: a plan or a preview. */
  asks?: boolean;
}

/** Called when the server no longer knows us; the session shows the sign-in over the page and keeps the work. */
export const onUnauthorized = { call: () => {} };

function address(path: string, query: Options['query']): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined && value !== '') params.set(key, String(value));
  }
  const text = params.toString();
  return `/api${path}${text ? `?${text}` : ''}`;
}

/** Refusals are rare, so their words come with the first one. Without them the hub's own stand alone. */
const meaningOf = (code: string) =>
  import('./meanings.ts').then(
    (meanings) => meanings.inShort(code),
    () => null,
  );

async function failure(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const text = (key: string) => (typeof body[key] === 'string' ? (body[key] as string) : undefined);
  const details =
    body.details && typeof body.details === 'object' ? (body.details as Record<string, unknown>) : undefined;
  const said = text('error');
  const named = text('code');
  const code = named ?? 'internal';
  const error = new ApiError(
    said ?? `The server answered ${response.status}`,
    response.status,
    code,
    text('field'),
    text('hint'),
    details,
    text('request_id') ?? response.headers.get('x-request-id') ?? undefined,
  );
  // A proxy before the hub may answer in its place, and names no code.
  if (said && named && language !== 'en') error.meaning = await meaningOf(named);
  return error;
}

async function send(method: string, path: string, options: Options): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json', ...options.headers };
  if (method !== 'GET') headers['x-labkeeper'] = '1';
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  if (options.rev !== undefined) headers['if-match'] = `"${options.rev}"`;
  const body = options.bytes ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  try {
    return await fetch(address(path, options.query), {
      method,
      headers,
      body,
      signal: options.signal,
      keepalive: options.keepalive,
      credentials: 'same-origin',
    });
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw unreached(method === 'GET' || options.asks === true);
  }
}

/** No answer is no refusal: the server may have done what was asked before the connection broke. */
function unreached(asks: boolean): ApiError {
  const hint = asks ? 'Check that labkeeper runs.' : 'Whether it was done is not known. Look before doing it again.';
  return new ApiError('The server cannot be reached', 0, asks ? 'offline' : 'unanswered', undefined, hint);
}

export async function request<T>(method: string, path: string, options: Options = {}): Promise<Answer<T>> {
  const response = await send(method, path, options);
  if (response.status === 401 && !path.startsWith('/auth/')) {
    onUnauthorized.call();
    throw new ApiError('You are not signed in', 401, 'unauthorized', undefined, 'Sign in, then do it again');
  }
  if (!response.ok) throw await failure(response);
  const text = await response.text();
  return {
    body: (text ? JSON.parse(text) : null) as T,
    changeId: response.headers.get('x-change-id'),
    at: Date.parse(response.headers.get('date') ?? '') || Date.now(),
  };
}

export const get = async <T>(path: string, query?: Options['query'], signal?: AbortSignal): Promise<T> =>
  (await request<T>('GET', path, { query, signal })).body;

export const isApiError = (error: unknown, code?: string): error is ApiError =>
  error instanceof ApiError && (code === undefined || error.code === code);
