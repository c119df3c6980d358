import { useSyncExternalStore } from 'react';
import { mayAct, readScopes } from './scopes.js';

const KEY = 'billing.console.token';

export interface Session {
  readonly token: string;
  /** As the token says it; only the gateway knows whether it is to be believed. */
  readonly client: string;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | undefined;
}

interface State {
  readonly session: Session | undefined;
  /** Why there is none any more. */
  readonly notice: string | undefined;
}

let state: State = { session: undefined, notice: undefined };
const listeners = new Set<() => void>();

const stored = sessionStorage.getItem(KEY);
if (stored !== null) state = { session: readToken(stored), notice: undefined };

function set(next: State): void {
  state = next;
  for (const listener of listeners) listener();
}

export function useSession(): State {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}

/** Whether the token allows more than looking. */
export function useMayAct(): boolean {
  return mayAct(useSession().session?.scopes ?? []);
}

export function currentToken(): string | undefined {
  return state.session?.token;
}

/** Undefined when it does not look like a token at all. */
export function readToken(text: string): Session | undefined {
  const token = text.trim().replace(/^Bearer\s+/i, '');
  const [, payload] = token.split('.');
  if (payload === undefined) return undefined;
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (c) =>
      c.charCodeAt(0),
    );
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    const { sub, exp } = claims;
    return {
      token,
      client: typeof sub === 'string' ? sub : 'unknown',
      scopes: readScopes(claims),
      expiresAt: typeof exp === 'number' ? new Date(exp * 1_000) : undefined,
    };
  } catch {
    return undefined;
  }
}

export function logIn(session: Session): void {
  sessionStorage.setItem(KEY, session.token);
  set({ session, notice: undefined });
}

export function logOut(notice?: string): void {
  sessionStorage.removeItem(KEY);
  set({ session: undefined, notice });
}
