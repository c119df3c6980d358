import { useCallback, useEffect, useState } from 'react';
import { isElsewhere } from './datacenter.js';
import { currentToken, logOut } from './session.js';

/** What the gateway answered instead, RFC 9457, or that it did not. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly kind: string,
    message: string,
    readonly members: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }

  get fields(): readonly { field: string; message: string }[] {
    const { errors } = this.members;
    return Array.isArray(errors) ? (errors as { field: string; message: string }[]) : [];
  }
}

/** @throws Problem */
export async function call<T>(
  path: string,
  init: RequestInit & { json?: unknown } = {},
): Promise<T> {
  const response = await ask(path, init);
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

export function post<T>(path: string, json: unknown = {}): Promise<T> {
  return call<T>(path, { method: 'POST', json });
}

/** The raw answer, once its status is a good one. @throws Problem */
export async function ask(
  path: string,
  { json, ...init }: RequestInit & { json?: unknown } = {},
): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${currentToken() ?? ''}`);
  if (json !== undefined) headers.set('content-type', 'application/json');
  let response: Response;
  try {
    response = await fetch(path, {
      ...init,
      headers,
      cache: 'no-store',
      ...(json !== undefined && { body: JSON.stringify(json) }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem(0, 'unavailable', 'This gateway does not answer.');
  }
  if (response.ok) return response;
  const problem = await readProblem(response);
  // Another datacenter that does not believe it is no reason to leave this one.
  if (problem.kind === 'unauthenticated' && !isElsewhere(path))
    logOut(`The token was refused: ${problem.message}.`);
  throw problem;
}

async function readProblem(response: Response): Promise<Problem> {
  try {
    const body = (await response.json()) as Record<string, unknown>;
    const kind =
      String(body['type'] ?? '')
        .split('/')
        .at(-1) ?? '';
    return new Problem(response.status, kind, String(body['detail'] ?? ''), body);
  } catch {
    return new Problem(response.status, '', `The gateway answered ${response.status}.`);
  }
}

export interface Loaded<T> {
  readonly data: T | undefined;
  readonly problem: Problem | undefined;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

/** What a path answers, asked again when the path changes and, if wanted, every so often. */
export function useJson<T>(path: string | undefined, everyMs?: number): Loaded<T> {
  const [answer, setAnswer] = useState<{ path: string; data?: T; problem?: Problem }>();
  const [round, setRound] = useState(0);
  const reload = useCallback(() => setRound((n) => n + 1), []);
  useEffect(() => {
    if (path === undefined) return undefined;
    const aborter = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const asked = call<T>(path, { signal: aborter.signal }).then(
      (data) => setAnswer({ path, data }),
      (error: unknown) => {
        if (aborter.signal.aborted) return;
        const problem = error instanceof Problem ? error : new Problem(0, '', String(error));
        setAnswer((last) => ({ ...(last?.path === path ? last : {}), path, problem }));
      },
    );
    // Counted from the answer: one that is slow would never be waited for.
    void asked.finally(() => {
      if (everyMs !== undefined && !aborter.signal.aborted) timer = setTimeout(reload, everyMs);
    });
    return () => {
      aborter.abort();
      clearTimeout(timer);
    };
  }, [path, round, everyMs, reload]);
  const isCurrent = answer !== undefined && answer.path === path;
  return {
    data: isCurrent ? answer.data : undefined,
    problem: isCurrent ? answer.problem : undefined,
    isLoading: path !== undefined && !isCurrent,
    reload,
  };
}
