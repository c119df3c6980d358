import { createIdempotencyKey } from '@billing/contracts';
import type { Read, ReadOptions } from './billing-client.js';
import type { Datacenters, Place } from './datacenters.js';
import type {
  AccountPage,
  AccountStateChange,
  BalanceCorrection,
  ChangedAccountState,
  Correction,
} from './generated/openapi.js';
import type { OwnPositions } from './own-positions.js';

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

/** What a datacenter answered, under which key. */
export interface ChangedStateAnswer {
  readonly changed: ChangedAccountState;
  readonly position: string | undefined;
  /** An earlier attempt had done it; the state is that of now. */
  readonly replayed: boolean;
  readonly idempotencyKey: string;
  readonly heardBy: number;
}

/** What a datacenter answered, under which key: its part was changed. */
export interface CorrectionAnswer {
  readonly correction: Correction;
  readonly position: string | undefined;
  /** An earlier attempt had made it; the balance is that of now. */
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
    order: AccountStateChange,
    idempotencyKey?: string,
  ): Promise<ChangedStateAnswer> {
    return this.change(accountId, 'freeze', order, idempotencyKey);
  }

  /** @throws as `freeze` */
  thaw(
    accountId: string,
    order: AccountStateChange,
    idempotencyKey?: string,
  ): Promise<ChangedStateAnswer> {
    return this.change(accountId, 'thaw', order, idempotencyKey);
  }

  /**
   * For good, once it is empty, through whichever datacenter answers; the same again is the same.
   * @param force whatever is in it, and why; it wants the scope `operator:act` as well
   * @throws GatewayAnswerError it is refused; GatewaySilentError, NoTokenError nobody answered in time: the same again tells
   */
  delete(accountId: string, force?: { readonly reason: string }): Promise<void> {
    const query = force === undefined ? '' : `?${new URLSearchParams({ force: 'true', ...force })}`;
    const path = `/v1/accounts/${encodeURIComponent(accountId)}${query}`;
    return this.datacenters.firstAnswer(this.datacenters.places, async ({ gateway }) => {
      const { headers } = await gateway.ask({ method: 'DELETE', path });
      this.written.add(headers.get('billing-position') ?? undefined);
    });
  }

  /**
   * Changes one datacenter's part, either sign: that one alone is asked, as a correction and its key are its own.
   * @param nodeId of that datacenter
   * @throws as `freeze`
   */
  correct(
    nodeId: number,
    accountId: string,
    order: BalanceCorrection,
    idempotencyKey = createIdempotencyKey(nodeId),
  ): Promise<CorrectionAnswer> {
    const [place] = this.datacenters.from(nodeId);
    if (place?.nodeId !== nodeId)
      throw new RangeError(`datacenter ${nodeId} is none of this client's`);
    return this.datacenters.once(idempotencyKey, [place], async ({ gateway }) => {
      const { body: correction, headers } = await gateway.ask<Correction>({
        method: 'POST',
        path: `/v1/accounts/${encodeURIComponent(accountId)}/corrections`,
        body: order,
        idempotencyKey,
      });
      const replayed = headers.get('idempotency-replayed') === 'true';
      const position = headers.get('billing-position') ?? undefined;
      this.written.add(position);
      return { correction, position, replayed, idempotencyKey, heardBy: nodeId };
    });
  }

  private change(
    accountId: string,
    act: string,
    body: AccountStateChange,
    idempotencyKey = createIdempotencyKey(this.datacenters.nearest.nodeId),
  ): Promise<ChangedStateAnswer> {
    const ask = async ({ gateway, nodeId }: Place): Promise<ChangedStateAnswer> => {
      const { body: changed, headers } = await gateway.ask<ChangedAccountState>({
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
