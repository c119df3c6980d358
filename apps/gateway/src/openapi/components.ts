import { isDeepStrictEqual } from 'node:util';

type Json = Record<string, unknown>;

/**
 * What stands once in the document, under a name; everywhere else is a reference: schemas that have a title, and answers
 * of many operations.
 */
export class Components {
  private readonly byTitle = new Map<string, Json>();
  private readonly byName = new Map<string, Json>();

  /** In the order of their names. */
  get schemas(): Json {
    return sorted(this.byTitle);
  }

  get responses(): Json {
    return sorted(this.byName);
  }

  /** A reference to it. @throws TypeError when two have the same name */
  share(name: string, response: Json): Json {
    return this.refer('responses', name, response, this.byName);
  }

  /** The same with references in it. @throws TypeError when two schemas have the same title */
  fold<T>(value: T): T {
    return this.walk(value, false) as T;
  }

  private walk(value: unknown, isExample: boolean): unknown {
    if (Array.isArray(value)) return value.map((each) => this.walk(each, isExample));
    if (typeof value !== 'object' || value === null) return value;
    const folded: Json = {};
    for (const [name, each] of Object.entries(value)) {
      if (each !== undefined) folded[name] = this.walk(each, isExample || name === 'examples');
    }
    // What is said in an example is no schema; nor is a field that bears the name.
    const { title, ...schema } = folded;
    if (isExample || typeof title !== 'string') return folded;
    return this.refer('schemas', title, schema, this.byTitle);
  }

  private refer(place: string, name: string, value: Json, known: Map<string, Json>): Json {
    const there = known.get(name);
    if (there === undefined) known.set(name, value);
    else if (!isDeepStrictEqual(there, value)) {
      throw new TypeError(`two different ${place} are called ${name}`);
    }
    return { $ref: `#/components/${place}/${name}` };
  }
}

function sorted(named: ReadonlyMap<string, Json>): Json {
  return Object.fromEntries([...named].sort(([a], [b]) => (a < b ? -1 : 1)));
}
