import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { ask, Problem } from '../api.js';
import { EventStreamParser } from './event-stream-parser.js';
import type { Overview } from './snapshot.js';

export interface LiveOverview {
  readonly overview: Overview | undefined;
  /** When anything was heard last, be it that nothing is new. */
  readonly heardAtMs: number | undefined;
  readonly problem: Problem | undefined;
}

const nothing: LiveOverview = { overview: undefined, heardAtMs: undefined, problem: undefined };
const LiveContext = createContext<LiveOverview>(nothing);

const PATH = '/v1/operations/overview/stream';
const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 10_000;
/** The gateway says something at least every five seconds. */
const SILENCE_MAX_MS = 15_000;

export function useOverview(): LiveOverview {
  return useContext(LiveContext);
}

/** Listens for all pages at once: one stream a console. */
export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const [live, setLive] = useState(nothing);
  useEffect(() => {
    const aborter = new AbortController();
    void listen(aborter.signal, (change) => setLive((last) => ({ ...last, ...change })));
    return () => aborter.abort();
  }, []);
  return <LiveContext value={live}>{children}</LiveContext>;
}

/** Until aborted: a stream that ends or goes silent is opened anew, a whole snapshot comes first. */
async function listen(
  signal: AbortSignal,
  change: (next: Partial<LiveOverview>) => void,
): Promise<void> {
  let retryMs = RETRY_MIN_MS;
  while (!signal.aborted) {
    try {
      await readStream(signal, (overview) => {
        retryMs = RETRY_MIN_MS;
        const heard = { heardAtMs: Date.now(), problem: undefined };
        change(overview === undefined ? heard : { overview, ...heard });
      });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Problem) change({ problem: error });
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs * (0.75 + Math.random() / 2)));
    retryMs = Math.min(RETRY_MAX_MS, 2 * retryMs);
  }
}

async function readStream(
  stop: AbortSignal,
  hear: (overview: Overview | undefined) => void,
): Promise<void> {
  const silence = new AbortController();
  const signal = AbortSignal.any([stop, silence.signal]);
  const restartTimer = (): ReturnType<typeof setTimeout> =>
    setTimeout(() => silence.abort(), SILENCE_MAX_MS);
  let timer = restartTimer();
  try {
    const response = await ask(PATH, { signal, headers: { accept: 'text/event-stream' } });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    const parser = new EventStreamParser();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = restartTimer();
      const last = parser.push(value).findLast(({ name }) => name === 'snapshot');
      hear(last === undefined ? undefined : (JSON.parse(last.data) as Overview));
    }
  } finally {
    clearTimeout(timer);
  }
}

/** The time, again and again, for "12 s ago". */
export function useNow(everyMs = 1_000): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}
