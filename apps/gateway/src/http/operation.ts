import type { TSchema } from 'typebox';
import type { ProblemKind } from './problem-kinds.js';

/** Headers that an answer may have beside those of every answer; `openapi/answer-headers.ts` says what each means. */
export type AnswerHeader =
  'Billing-Position' | 'Idempotency-Key' | 'Idempotency-Replayed' | 'Location' | 'Cache-Control';

export interface DescribedAnswer {
  readonly means: string;
  /** Of its JSON; a text of another type says so. Without: no body. */
  readonly schema?: TSchema;
  readonly mediaType?: 'application/json' | 'text/html' | 'text/event-stream';
  readonly headers?: readonly AnswerHeader[];
}

/** A request that is sent as it is by a spec, and what it is answered. */
export interface Example {
  readonly summary: string;
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** 200, unless said. */
  readonly status?: number;
  /** Its body. */
  readonly answer?: unknown;
  /** Instead of both. */
  readonly problem?: ProblemKind;
}

/** What the API's document says of a route beside what its checks say themselves. */
export interface Operation {
  /** Of the operation, in camelCase: clients that are made of the document call it so. */
  readonly id: string;
  readonly group: OperationGroup;
  /** A line. */
  readonly summary: string;
  readonly description?: string;
  /** Further scopes, and when they are wanted. */
  readonly moreScopes?: string;
  /** What the path's parameters are, where no class of a controller says it. */
  readonly path?: Readonly<Record<string, TSchema>>;
  /** Of the request, beside those of every request. */
  readonly idempotencyKey?: 'optional' | 'required';
  readonly takesHome?: boolean;
  /** The coordinator is asked: what is lost with its answer is told, of a call that writes. */
  readonly calls?: 'read' | 'write';
  readonly body?: TSchema;
  /** It may be left out. */
  readonly bodyIsOptional?: boolean;
  readonly answers: Readonly<Record<number, DescribedAnswer>>;
  /** Beside those that every route like it may answer (openapi/common-problems.ts). */
  readonly problems?: readonly ProblemKind[];
  /** By name; the first has every field that there is. */
  readonly examples?: Readonly<Record<string, Example>>;
}

/** In the order of the document. */
export const operationGroups = {
  accounts: 'Accounts: opening, reading, correcting and deleting them.',
  'pay-ins': 'Money that comes in, asynchronously: taken here, credited once.',
  'pay-outs': 'Money that goes out: decided when it is answered.',
  holds: 'Amounts that are held, and captured later.',
  services: 'The catalogue.',
  letters: 'Messages that were not credited, and what operators do about them.',
  acts: 'What was done by the word of somebody.',
  operations: 'What operators watch.',
  datacenters: 'The same of any datacenter, asked through this one.',
  health: 'For whoever sends requests here.',
  document: 'This document, and the types of problems.',
} as const;

export type OperationGroup = keyof typeof operationGroups;

/** Why a route is no part of the API. */
export interface LeftOut {
  readonly leftOut: string;
}
