/** One thing that may happen next, and the state after it. */
export type Step<S> = readonly [name: string, after: S];

/** A protocol as states and steps. States are plain data: two that print alike are one. */
export interface Model<S> {
  readonly initial: S;
  /** All that can happen next. None: this is an end. */
  steps(state: S): readonly Step<S>[];
  /** What is wrong in a state, or undefined. */
  violationOf(state: S, isEnd: boolean): string | undefined;
}

export interface Exploration {
  readonly states: number;
  readonly ends: number;
  /** The first violation, with the shortest way to it. */
  readonly violation?: { readonly what: string; readonly way: readonly string[] };
}

interface Visit<S> {
  readonly state: S;
  readonly from: Visit<S> | undefined;
  readonly by: string;
}

const STATES_MAX = 2_000_000;

/** Breadth first over every order in which steps can happen. @throws Error beyond two million states */
export function explore<S>(model: Model<S>): Exploration {
  const seen = new Set([JSON.stringify(model.initial)]);
  let level: Visit<S>[] = [{ state: model.initial, from: undefined, by: '' }];
  let ends = 0;
  while (level.length > 0) {
    const next: Visit<S>[] = [];
    for (const visit of level) {
      const steps = model.steps(visit.state);
      if (steps.length === 0) ends += 1;
      const what = model.violationOf(visit.state, steps.length === 0);
      if (what !== undefined)
        return { states: seen.size, ends, violation: { what, way: wayTo(visit) } };
      for (const [by, state] of steps) {
        const key = JSON.stringify(state);
        if (seen.has(key)) continue;
        seen.add(key);
        if (seen.size > STATES_MAX) throw new Error(`more than ${STATES_MAX} states`);
        next.push({ state, from: visit, by });
      }
    }
    level = next;
  }
  return { states: seen.size, ends };
}

function wayTo<S>(visit: Visit<S>): string[] {
  const way: string[] = [];
  for (let at: Visit<S> | undefined = visit; at?.from !== undefined; at = at.from) way.push(at.by);
  return way.reverse();
}
