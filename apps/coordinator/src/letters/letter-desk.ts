import {
  BULK_ACTS_MAX,
  decodePayIn,
  decodeUnnamedPayIn,
  formatMessageName,
  letterOrigin,
  type ActOnDeadLettersRequest,
  type ActRequest,
  type ActResponse,
  type ActsResponse,
  type CorrectDeadLetterRequest,
  type DiscardParkedPayInsRequest,
  type RetryParkedPayInsRequest,
  type RetryParkedPayInsResponse,
} from '@billing/contracts';
import {
  correctDeadLetter,
  discardDeadLetter,
  discardParkedPayIn,
  listParkedToRetry,
  replayDeadLetter,
  retryParkedPayIn,
  showDeadLetter,
  type ActCall,
  type ActOutcome,
  type Database,
} from '@billing/database';
import pLimit from 'p-limit';
import { BillingError, invalidRequest } from '../grpc/billing.errors.js';
import type { Actor } from '../grpc/client-access.js';
import { readCorrection, readIds, readName, readNote } from './letter.request.js';

type Act = (call: ActCall) => Promise<ActOutcome>;

export interface LetterDeskOptions {
  readonly database: Database;
  /** What a thrown error means to a caller; our log hears of it. */
  readonly describeError: (error: unknown) => BillingError;
}

/** Acts at a time of one call with many: each is a transaction of its own. */
const AT_ONCE_MAX = 4;

/** What operators do about dead letters and parked pay-ins: one SQL call an act. */
export class LetterDesk {
  constructor(private readonly options: LetterDeskOptions) {}

  /** @throws BillingError, DatabaseError */
  async replay(client: Actor, { id, note }: ActRequest): Promise<ActResponse> {
    const call = { name: readName(id), ...by(client), note: readNote(note) };
    return answerOne(id, await this.replayOne(call));
  }

  /** @throws BillingError, DatabaseError */
  async correct(client: Actor, request: CorrectDeadLetterRequest): Promise<ActResponse> {
    const { id, note } = request;
    const call = { name: readName(id), ...by(client), note: readNote(note, true) };
    const correction = readCorrection(request);
    return answerOne(id, await correctDeadLetter(this.options.database, call, correction));
  }

  /** @throws BillingError, DatabaseError */
  async discard(client: Actor, { id, note }: ActRequest): Promise<ActResponse> {
    const call = { name: readName(id), ...by(client), note: readNote(note, true) };
    return answerOne(id, await discardDeadLetter(this.options.database, call));
  }

  /** One that cannot be done stops no other. @throws BillingError INVALID_REQUEST */
  async actOnMany(client: Actor, request: ActOnDeadLettersRequest): Promise<ActsResponse> {
    const { database } = this.options;
    const acts: Readonly<Record<string, Act>> = {
      replay: (call) => this.replayOne(call),
      discard: (call) => discardDeadLetter(database, call),
    };
    const act = Object.hasOwn(acts, request.act) ? acts[request.act] : undefined;
    if (act === undefined) throw invalidRequest('act', 'must be "replay" or "discard"');
    const note = readNote(request.note, request.act === 'discard');
    return { results: await this.each(readIds(request.ids), client, note, act) };
  }

  /** @throws BillingError INVALID_REQUEST, DatabaseError */
  async retryParked(
    client: Actor,
    request: RetryParkedPayInsRequest,
  ): Promise<RetryParkedPayInsResponse> {
    const { database } = this.options;
    const note = readNote(request.note);
    const ids =
      request.ids.length > 0
        ? readIds(request.ids)
        : (await listParkedToRetry(database, BULK_ACTS_MAX, client.tenants)).names.map(
            formatMessageName,
          );
    const results = await this.each(ids, client, note, (call) => retryParkedPayIn(database, call));
    return { results, waiting: (await listParkedToRetry(database, 0, client.tenants)).total };
  }

  /** @throws BillingError INVALID_REQUEST */
  async discardParked(client: Actor, request: DiscardParkedPayInsRequest): Promise<ActsResponse> {
    const note = readNote(request.note, true);
    const act: Act = (call) => discardParkedPayIn(this.options.database, call);
    return { results: await this.each(readIds(request.ids), client, note, act) };
  }

  private async replayOne(call: ActCall): Promise<ActOutcome> {
    const { database } = this.options;
    // Its bytes never change, so they may be read before the act takes the letter.
    const letter = await showDeadLetter(database, call.name, call.tenants);
    if (letter === undefined) return notFound;
    const decode = letter.commandId === undefined ? decodeUnnamedPayIn : decodePayIn;
    const content = decode(letter.value, letterOrigin(letter.topic));
    return replayDeadLetter(database, call, content);
  }

  private async each(
    ids: readonly string[],
    client: Actor,
    note: string | undefined,
    act: Act,
  ): Promise<ActResponse[]> {
    return pLimit(AT_ONCE_MAX).map(ids, (id) => this.tryOne(id, client, note, act));
  }

  private async tryOne(
    id: string,
    client: Actor,
    note: string | undefined,
    act: Act,
  ): Promise<ActResponse> {
    try {
      return answer(id, await act({ name: readName(id), ...by(client), note }));
    } catch (error) {
      const { code, message, retryable } = this.options.describeError(error);
      const reason = retryable ? 'unavailable' : code.toLowerCase();
      return { id, result: 'refused', reason, detail: message };
    }
  }
}

const by = ({
  id,
  tenants,
  address,
}: Actor): Pick<ActCall, 'clientId' | 'tenants' | 'address'> => ({
  clientId: id,
  tenants,
  address,
});

const notFound: ActOutcome = {
  result: 'not_found',
  reason: undefined,
  detail: undefined,
  act: undefined,
  clientId: undefined,
  at: undefined,
};

/** @throws BillingError for what is no answer to a call about one letter */
function answerOne(id: string, outcome: ActOutcome): ActResponse {
  switch (outcome.result) {
    case 'not_found':
      throw new BillingError('DEAD_LETTER_NOT_FOUND', `there is no dead letter ${id} here`, { id });
    case 'resolved': {
      const { act = '', clientId = '', at } = outcome;
      const facts = { id, act, client: clientId, at: at?.toISOString() ?? '' };
      throw new BillingError('DEAD_LETTER_RESOLVED', describeResolved(outcome), facts);
    }
    case 'needs_new_id':
      throw invalidRequest(
        'pay_in.command_id',
        'must be another: something else was applied under this one',
      );
    case 'keeps_id':
      throw invalidRequest(
        'pay_in.command_id',
        "must be the letter's own, under which nothing has been applied",
      );
    default:
      return answer(id, outcome);
  }
}

function answer(id: string, outcome: ActOutcome): ActResponse {
  const { result, reason = '', detail = '' } = outcome;
  switch (result) {
    case 'not_found':
      return { id, result: 'refused', reason: 'not_found', detail: 'there is none of that name' };
    case 'resolved':
      return {
        id,
        result: 'refused',
        reason: 'already_resolved',
        detail: describeResolved(outcome),
      };
    default:
      return { id, result, reason, detail };
  }
}

const pastTense: Readonly<Record<string, string>> = {
  replay: 'replayed',
  correct: 'corrected',
  discard: 'discarded',
};

function describeResolved({ act, clientId, at }: ActOutcome): string {
  const done = act === undefined ? undefined : pastTense[act];
  return done === undefined
    ? 'it is not parked any more: it is a dead letter'
    : `${clientId} ${done} it at ${at?.toISOString()}`;
}
