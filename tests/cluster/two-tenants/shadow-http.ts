import { randomUUID } from 'node:crypto';
import { leaksIn, toMinor, type ShadowBook } from './shadow-book.js';
import { shadowTokenOf } from './shadow-tokens.js';

type Json = Readonly<Record<string, unknown>>;

interface Asked {
  readonly url: URL;
  readonly path: string;
  readonly method: string;
  readonly headers: Headers;
  readonly text: string | undefined;
  readonly body: Json;
  readonly token: string;
}

interface Heard {
  readonly status: number;
  readonly body: unknown;
}

const askedWithinMs = 5_000;
/** Says nothing of what was asked for: too much, away, too late. */
const passing = new Set([408, 429, 502, 503, 504]);
/** What an id in an answer is of, by the call that gave it. */
const kinds = [
  [/^\/v1\/accounts(?:\/\d+)?$/, 'account', ['accountId']],
  [/^\/v1\/pay-outs/, 'payOut', ['payOutId']],
  [/^\/v1\/pay-ins/, 'payIn', ['commandId']],
  [/^\/v1\/(?:dead-letters|parked-pay-ins)/, 'letter', ['id']],
] as const;

/** Of another datacenter: what is asked there. */
const homePath = (path: string): string =>
  path.replace(/^\/v1\/operations\/datacenters\/\d+\//, '/v1/');

function parse(text: string | undefined): Json {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? (value as Json) : {};
  } catch {
    return {};
  }
}

/** What the first tenant asked of a gateway; undefined: it was not the first, or no such call. */
function readAsked(input: Parameters<typeof fetch>[0], init: RequestInit = {}): Asked | undefined {
  if (input instanceof Request) return undefined;
  const headers = new Headers(init.headers);
  const token = shadowTokenOf(headers.get('authorization')?.replace('Bearer ', ''));
  const url = new URL(input);
  if (token === undefined || !url.pathname.startsWith('/v1/')) return undefined;
  if (init.body !== undefined && typeof init.body !== 'string') return undefined;
  headers.set('authorization', `Bearer ${token}`);
  // Specs look for it in logs.
  headers.delete('x-request-id');
  const text = init.body as string | undefined;
  const path = homePath(url.pathname);
  return { url, path, method: init.method ?? 'GET', headers, text, body: parse(text), token };
}

/** Ids that the first was given, at any depth of its answer. */
function seeIds(book: ShadowBook, { path }: Asked, body: unknown): void {
  const [, kind, names] = kinds.find(([calls]) => calls.test(path)) ?? [];
  if (kind === undefined || typeof body !== 'object' || body === null) return;
  for (const [name, value] of Object.entries(body)) {
    if (typeof value !== 'string') seeIds(book, { path } as Asked, value);
    else if ((names as readonly string[]).includes(name)) book.seeFirst(value, kind);
  }
}

/** Repeats, as the shadow, what the first asked of gateways. */
export class ShadowHttp {
  constructor(
    private readonly book: ShadowBook,
    private readonly fetch: typeof globalThis.fetch,
  ) {}

  install(): void {
    globalThis.fetch = async (input, init) => {
      const response = await this.fetch(input, init);
      const asked = readAsked(input, init);
      const type = response.headers.get('content-type') ?? '';
      if (asked === undefined || !type.includes('json')) return response;
      const text = await response.clone().text();
      await this.book.act(() => this.repeat(asked, response.status, parse(text)));
      return response;
    };
  }

  private async repeat(asked: Asked, status: number, body: Json): Promise<void> {
    const { book } = this;
    const isDone = status < 300;
    if (isDone) seeIds(book, asked, body);
    const { path, method } = asked;
    if (method === 'POST' && path === '/v1/accounts') {
      if (isDone) await this.open(asked, String(body['accountId']));
    } else if (method === 'POST' && path.startsWith('/v1/pay-ins')) {
      if (isDone && path === '/v1/pay-ins') await this.payIn(asked, String(body['commandId']));
    } else {
      const key = asked.headers.get('idempotency-key') ?? randomUUID();
      // What the first was refused says nothing of how a stranger is answered.
      await this.book.beforeKey(`${path} ${key}`, async () => {
        if (isDone) await this.beStranger(asked);
      });
      if (method !== 'GET') await this.beOwner(asked, isDone);
    }
  }

  /** The same request on what is the first's. */
  private async beStranger(asked: Asked): Promise<void> {
    const { book } = this;
    const { url, path, method, body } = asked;
    const parts = path.split('/').map(decodeURIComponent);
    const isFirsts = (part: string) =>
      book.firsts.has(part) && !book.own.has(part) && !book.stolen.has(part);
    const inPath = parts.find(isFirsts);
    const letter = /^\/v1\/dead-letters\/[^/]+\/\d+\/\d+/.exec(path)?.[0];
    const ofBody = path.startsWith('/v1/pay-outs') && body['accountId'];
    const isStrangers = inPath !== undefined || letter !== undefined || Boolean(ofBody);
    const heard = await this.ask(asked);
    if (heard === undefined) return;
    const { results, status } = heard.body as Json;
    // Whoever brings a receipt of what is not consumed yet is told so, under any command id.
    const isReceipt = url.searchParams.has('receipt') && status === 'accepted';
    if (isStrangers && heard.status !== 404 && !isReceipt) {
      book.violation(`${method} ${path} of the first's is ${heard.status} to the shadow`);
    } else if (Array.isArray(results) && asked.body['ids'] !== undefined) {
      if (results.some((result: Json) => result['result'] !== 'refused')) {
        book.violation(
          `${method} ${path} did something to the first's: ${JSON.stringify(results)}`,
        );
      }
    }
  }

  /** The same request on the shadow's own account of like name. */
  private async beOwner(asked: Asked, isDone: boolean): Promise<void> {
    const { book } = this;
    const [, account] = /^\/v1\/accounts\/(\d+)/.exec(asked.path) ?? [];
    const twin = book.twins.get(account ?? String(asked.body['accountId']));
    // What the first was refused may be possible to the shadow, and would not be like it.
    if (twin === undefined || (asked.method === 'DELETE' && !isDone)) return;
    const minor = toMinor(asked.body['amount'], asked.body['currency']);
    const heard = await this.ask(withAccount(asked, twin));
    const { path } = asked;
    if (minor === undefined || path.endsWith('/preview')) return;
    const moved = path.startsWith('/v1/pay-outs') ? minor : -minor;
    if (heard === undefined) {
      book.doubt(twin, moved);
    } else if (heard.status < 300) {
      const { payOutId, correctionId, accountId } = heard.body as Json;
      if (accountId !== twin)
        book.violation(`${path} paid from ${String(accountId)} as the shadow`);
      book.paid(twin, String(payOutId ?? correctionId), moved);
    }
  }

  private async open(asked: Asked, first: string): Promise<void> {
    const { book } = this;
    const heard = await this.ask(asked);
    if (heard === undefined) return;
    const id = String((heard.body as Json)['accountId']);
    if (heard.status >= 300) {
      book.violation(`the first's account ${first} was opened, the shadow's not: ${heard.status}`);
    } else if (!book.own.has(id)) {
      book.pair(first, id);
      const { initialBalance = '0', currency = 'USD' } = asked.body;
      book.bring(id, toMinor(initialBalance, currency) ?? 0n);
    }
  }

  /** One of its own now; under the first's command id once that is credited. */
  private async payIn(asked: Asked, commandId: string): Promise<void> {
    const { book } = this;
    const { commandId: _, ...rest } = asked.body;
    const accountId = book.twins.get(String(rest['accountId']));
    const minor = toMinor(rest['amount'], rest['currency']);
    if (accountId === undefined || minor === undefined) return;
    const mine = { ...asked, body: { ...rest, accountId } };
    const heard = await this.ask({ ...mine, text: JSON.stringify(mine.body) });
    if (heard?.status === 202) {
      book.sent(String((heard.body as Json)['commandId']), { accountId, minor });
    }
    const text = JSON.stringify({ ...mine.body, commandId });
    const send = async (): Promise<void> => {
      if ((await this.ask({ ...mine, text }))?.status !== 202) throw new Error('not accepted');
    };
    book.thefts.set(commandId, { commandId, accountId, send });
  }

  /** @returns undefined when nothing was answered, or nothing about what was asked for */
  private async ask({ url, method, headers, text }: Asked): Promise<Heard | undefined> {
    const response = await this.fetch(url, {
      method,
      headers,
      signal: AbortSignal.timeout(askedWithinMs),
      ...(text !== undefined && { body: text }),
    }).catch(() => undefined);
    if (response === undefined || passing.has(response.status)) return undefined;
    const said = await response.text();
    const body = parse(said);
    const request = `${decodeURIComponent(url.href)} ${text ?? ''}`;
    for (const leak of leaksIn(this.book, body, request)) {
      this.book.violation(
        `${method} ${url.pathname} tells the shadow the first's ${leak}: ${said}`,
      );
    }
    return { status: response.status, body };
  }
}

function withAccount(asked: Asked, accountId: string): Asked {
  const url = new URL(asked.url);
  url.pathname = url.pathname.replace(/\/accounts\/\d+/, `/accounts/${accountId}`);
  if (asked.body['accountId'] === undefined) return { ...asked, url };
  return { ...asked, url, text: JSON.stringify({ ...asked.body, accountId }) };
}
