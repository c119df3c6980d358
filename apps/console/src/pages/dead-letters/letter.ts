import { known, type NodeSnapshot } from '../../live/snapshot.js';

export type LetterStatus = 'open' | 'replayed' | 'corrected' | 'discarded';
export type Act = 'replay' | 'correct' | 'discard';

export interface Letter {
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly reason: string;
  readonly detail: string;
  readonly commandId: string | null;
  readonly accountId: string | null;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly receivedAt: string;
  readonly status: LetterStatus;
  readonly acts: readonly LetterAct[];
}

export interface LetterAct {
  readonly act: string;
  readonly result?: string;
  readonly client: string;
  readonly at: string;
  readonly note: string | null;
  readonly newCommandId?: string;
}

export interface Bytes {
  readonly base64: string;
  readonly text: string | null;
}

export interface WholeLetter extends Letter {
  readonly key: Bytes | null;
  readonly value: Bytes | null;
  readonly headers: Readonly<Record<string, Bytes>>;
  readonly allowedActs: readonly Act[];
}

export interface LetterPage {
  readonly items: readonly Letter[];
  readonly nextCursor: string | null;
  readonly counts: { readonly open: number; readonly byReason: Readonly<Record<string, number>> };
}

/** What an act on one message came to. */
export interface ActResult {
  readonly id: string;
  readonly result: string;
  readonly reason?: string;
  readonly detail?: string;
}

export interface ParkedPayIn {
  readonly id: string;
  readonly partition: number;
  readonly offset: string;
  readonly commandId: string;
  readonly accountId: string;
  readonly amount: string;
  readonly currency: string;
  readonly parkedAt: string;
  readonly tries?: number;
  /** The datacenter that is to credit it; null: its account is not known here. */
  readonly home: string | null;
}

export const statuses: readonly (LetterStatus | 'all')[] = [
  'open',
  'replayed',
  'corrected',
  'discarded',
  'all',
];

export const reasons = [
  'invalid_json',
  'invalid_message',
  'unknown_currency',
  'currency_mismatch',
  'account_deleted',
  'account_not_found',
  'command_conflict',
  'balance_limit',
  'command_discarded',
] as const;

/** "billing.payin/4/1207" as a path of the API, and of this console. */
export function letterPath(id: string): string {
  return `dead-letters/${id.split('/').map(encodeURIComponent).join('/')}`;
}

export const openLetters = ({ deadLetters }: NodeSnapshot): number | undefined =>
  known(deadLetters)?.open;

export const parkedPayIns = ({ parked }: NodeSnapshot): number | undefined => known(parked)?.count;

const good = new Set(['applied', 'duplicate', 'discarded', 'done']);

export function describeResult({ result, reason, detail }: Omit<ActResult, 'id'>): {
  readonly tone: 'good' | 'warn' | 'bad';
  readonly text: string;
} {
  const why = [reason?.replaceAll('_', ' '), detail].filter(Boolean).join(': ');
  const tone = good.has(result) ? 'good' : result === 'parked' ? 'warn' : 'bad';
  return { tone, text: why === '' ? result : `${result} – ${why}` };
}
