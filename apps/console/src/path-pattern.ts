export type Params = Readonly<Record<string, string>>;

/**
 * What the steps of a pattern stand for in a path, both below /console: "accounts/:id" and "accounts/17".
 * Undefined when the path is another one, or none that can be read.
 */
export function matchPath(pattern: string, path: string): Params | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, step] of wanted.entries()) {
    const value = decoded(given[index]!);
    if (value === undefined) return undefined;
    if (step.startsWith(':')) params[step.slice(1)] = value;
    else if (step !== value) return undefined;
  }
  return params;
}

function decoded(step: string): string | undefined {
  try {
    return decodeURIComponent(step);
  } catch {
    return undefined;
  }
}
