/** The paths this gateway has, for telling a wrong method (405) from a wrong path (404). */
export class RouteList {
  private readonly methodsByPattern = new Map<string, { pattern: RegExp; methods: Set<string> }>();

  add(url: string, methods: readonly string[]): void {
    const found = this.methodsByPattern.get(url);
    const entry = found ?? { pattern: toPattern(url), methods: new Set<string>() };
    for (const method of methods) entry.methods.add(method);
    this.methodsByPattern.set(url, entry);
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
