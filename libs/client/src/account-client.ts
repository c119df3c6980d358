import { createIdempotencyKey } from '@billing/contracts';
import type { Account, Read, ReadOptions } from './billing-client.js';
import type { Datacenters, Place } from './datacenters.js';
import type { OwnPositions } from './own-positions.js';

/** As `POST /v1/accounts/{id}/freeze` and `…/thaw` have it (docs/api.md). */
export interface StateChangeOrder {
  /** debits: what goes out; credits: what comes in. */
  readonly sides: 'debits' | 'credits' | 'both';
  readonly reason?: string;
}

export interface ChangedState {
  readonly accountId: string;
  readonly state: string;
  readonly debitsFrozen: boolean;
  readonly creditsFrozen: boolean;
  /** Nothing that is frozen is begun there from now on. */
  readonly confirmed: readonly number[];
  /** Goes on as before until it hears of it: the same call under the same key asks again. */
  readonly unconfirmed: readonly number[];
}

/** As `GET /v1/accounts` has it (docs/api.md); each may lack. */
export interface AccountSearch {
  readonly username?: string;
  /** Of the username. */
  readonly prefix?: string;
  readonly state?: 'open' | 'frozen' | 'deleted';
  /** ISO 8601 in UTC. */
  readonly createdFrom?: string;
  /** ISO 8601 in UTC; not included. */
  readonly createdTo?: string;
  readonly currency?: string;
  /** 1 to 200. */
  readonly limit?: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
}

export interface AccountPage {
  readonly accounts: readonly Account[];
  readonly nextCursor: string | null;
}

/** What a datacenter answered, under which key. */
export interface ChangedStateAnswer {
  readonly changed: ChangedState;
  readonly position: string | undefined;
  /** An earlier attempt had done it; the state is that of now. */
  readonly replayed: boolean;
  readonly idempotencyKey: string;
  readonly heardBy: number;
}

/** States of accounts (docs/accounts.md), through whichever datacenter answers: the account's home decides. */
export class AccountClient {
  constructor(
    private readonly datacenters: Datacenters,
    private readonly written: Pick<OwnPositions, 'add'>,
    private readonly read: <T>(path: string, options?: ReadOptions) => Promise<Read<T>>,
  ) {}

  /** A page, by username where one is asked for, else by the time of opening. */
  list(search: AccountSearch = {}, options?: ReadOptions): Promise<Read<AccountPage>> {
    const given = Object.entries(search).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]);
    return this.read(`/v1/accounts?${new URLSearchParams(given)}`, options);
  }

  /**
   * @param idempotencyKey of an earlier call. Default: a new one
   * @throws GatewayAnswerError it is refused, and will be again; NotBegunError, OutcomeUnknownError: the same call under the
   *   error's key is safe
   */
  freeze(
    accountId: string,
    order: StateChangeOrder,
    idempotencyKey?: string,
  ): Promise<ChangedStateAnswer> {
    return this.change(accountId, 'freeze', order, idempotencyKey);
  }

  /** @throws as `freeze` */
  thaw(
    accountId: string,
    order: StateChangeOrder,
    idempotencyKey?: string,
  ): Promise<ChangedStateAnswer> {
    return this.change(accountId, 'thaw', order, idempotencyKey);
  }

  private change(
    accountId: string,
    act: string,
    body: StateChangeOrder,
    idempotencyKey = createIdempotencyKey(this.datacenters.nearest.nodeId),
  ): Promise<ChangedStateAnswer> {
    const ask = async ({ gateway, nodeId }: Place): Promise<ChangedStateAnswer> => {
      const { body: changed, headers } = await gateway.ask<ChangedState>({
        method: 'POST',
        path: `/v1/accounts/${encodeURIComponent(accountId)}/${act}`,
        body,
        idempotencyKey,
      });
      const replayed = headers.get('idempotency-replayed') === 'true';
      const position = headers.get('billing-position') ?? undefined;
      this.written.add(position);
      return { changed, position, replayed, idempotencyKey, heardBy: nodeId };
    };
    return this.datacenters.once(idempotencyKey, this.datacenters.places, ask);
  }
}
