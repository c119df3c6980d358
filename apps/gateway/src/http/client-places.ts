import type { Client } from '@billing/auth';
import { HttpProblem } from './http-problem.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whom the token names; undefined on public routes only. */
    client: Client | undefined;
  }
}

export interface ClientPlacesOptions {
  /** What takes a place, in the plural: "consoles". */
  readonly what: string;
  readonly placesMax: number;
  /** Fewer, so that no client keeps the others out. */
  readonly perClientMax: number;
}

/** Places for what lasts longer than a moment: so many in all, and so many a client. */
export class ClientPlaces {
  private readonly takenBy = new Map<string, number>();
  private taken = 0;

  constructor(private readonly options: ClientPlacesOptions) {}

  /**
   * @returns what gives the place back; a second time it does nothing
   * @throws HttpProblem too-many-requests: this client has its share; overloaded: there is none left
   */
  take(clientId: string): () => void {
    const { what, placesMax, perClientMax } = this.options;
    const own = this.takenBy.get(clientId) ?? 0;
    if (own >= perClientMax) {
      throw new HttpProblem(
        'too-many-requests',
        `this client has as many ${what} open as one may have: ${perClientMax}`,
      );
    }
    if (this.taken >= placesMax) {
      throw new HttpProblem('overloaded', `as many ${what} as this gateway bears are open`);
    }
    this.taken += 1;
    this.takenBy.set(clientId, own + 1);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.taken -= 1;
      const left = (this.takenBy.get(clientId) ?? 1) - 1;
      if (left === 0) this.takenBy.delete(clientId);
      else this.takenBy.set(clientId, left);
    };
  }
}
