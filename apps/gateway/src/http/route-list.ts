import type { RouteAccess } from './access.js';

/** A path with one of its methods, and what has been said of it. */
export interface Route {
  readonly method: string;
  /** As routers write it: "/v1/accounts/:id". */
  readonly url: string;
  readonly access: RouteAccess;
}

/** The paths this gateway has: for telling a wrong method (405) from a wrong path (404), and for the document. */
export class RouteList {
  private readonly routes: Route[] = [];
  private readonly methodsByPattern = new Map<string, { pattern: RegExp; methods: Set<string> }>();

  add(url: string, methods: readonly string[], access: RouteAccess): void {
    for (const method of methods) this.routes.push({ method, url, access });
    const found = this.methodsByPattern.get(url);
    const entry = found ?? { pattern: toPattern(url), methods: new Set<string>() };
    for (const method of methods) entry.methods.add(method);
    this.methodsByPattern.set(url, entry);
  }

  /** In the order they came. HEAD, which each GET has, is not among them. */
  get all(): readonly Route[] {
    return this.routes.filter(({ method }) => method !== 'HEAD');
  }

  methodsOf(path: string): string[] {
    const fitting = [...this.methodsByPattern.values()].filter(({ pattern }) => pattern.test(path));
    return [...new Set(fitting.flatMap(({ methods }) => [...methods]))].sort();
  }
}

/** "/v1/accounts/:id" fits "/v1/accounts/17". */
function toPattern(url: string): RegExp {
  const parts = url.split('/').map((part) => (part.startsWith(':') ? '[^/]+' : escape(part)));
  return new RegExp(`^${parts.join('/')}$`);
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
