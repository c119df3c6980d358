import {
  createIdempotencyKey,
  formatDatacenter,
  homeOfKey,
  nodeOfPayOut,
} from '@billing/contracts';
import { AccountClient } from './account-client.js';
import { BulkClient } from './bulk-client.js';
import { NotBegunError, OutcomeUnknownError } from './client.errors.js';
import {
  Datacenters,
  isPassing,
  mayHaveArrived,
  type DatacentersOptions,
  type Place,
} from './datacenters.js';
import type {
  Account,
  AccountOpening,
  AccountOperationPage,
  Balance,
  ChargeOrder,
  Hold,
  OpenedAccount,
  PayIn,
  PayInOrder,
  PayOut,
  PayOutPreview,
  PayOutPreviewOrder,
  PricedService,
  Refund,
  RefundOrder as RefundBody,
  ServiceList,
  ServiceOrder,
  TransactionPage,
} from './generated/openapi.js';
import { pathOfHistory, type OperationPage, type Page } from './history.js';
import { HoldClient } from './hold-client.js';
import { OwnPositions } from './own-positions.js';
import {
  PayOutClient,
  type PayOutAnswer,
  type PayOutOrder,
  type UpToOrder,
} from './pay-out-client.js';

/** A broker has it: it will be credited once, or parked, or rejected with a reason (`payIn` tells). */
export interface PayInAnswer {
  readonly commandId: string;
  readonly idempotencyKey: string;
  readonly receipt: string;
  readonly position: string | undefined;
  /** The datacenter that took it. */
  readonly heardBy: number;
}

/** As `POST /v1/pay-outs/{id}/refunds` has it (docs/api.md). */
export interface RefundOrder extends RefundBody {
  readonly payOutId: string;
}

export interface RefundAnswer {
  readonly refund: Refund;
  readonly position: string | undefined;
  /** An earlier attempt had made it. */
  readonly replayed: boolean;
  readonly idempotencyKey: string;
  readonly heardBy: number;
}

export interface AccountAnswer {
  readonly account: OpenedAccount;
  readonly position: string | undefined;
  /** An earlier attempt had opened it. */
  readonly replayed: boolean;
  readonly idempotencyKey: string;
  readonly heardBy: number;
}

export interface Read<T> {
  readonly body: T;
  /** Undefined: all that was to have arrived there is in it. Else it is not, after so long. */
  readonly staleMs: number | undefined;
  readonly heardBy: number;
}

export interface ReadOptions {
  /** Positions that are to have arrived there first; '': none. Default: what this client has written in the last minute. */
  readonly after?: string;
}

const keyIdLength = 36;

/**
 * What a service does with its customers' balances, through whichever datacenter answers: the nearest first, the next one
 * when it is silent. Whatever moves money does so once, whichever answer was lost; a read, at any datacenter, has in it what this
 * client has written, or says that it has not.
 */
export class BillingClient {
  /** Amounts that are held now, and captured later. */
  readonly holds: HoldClient;
  /** Which there are, and what of them is frozen. */
  readonly accounts: AccountClient;
  /** Many pay-outs or charges, a result for each. */
  readonly bulk: BulkClient;
  private readonly datacenters: Datacenters;
  private readonly payOuts: PayOutClient;
  private readonly written = new OwnPositions();

  constructor(options: DatacentersOptions) {
    this.datacenters = new Datacenters(options);
    this.payOuts = new PayOutClient(this.datacenters);
    this.bulk = new BulkClient(this.datacenters, this.payOuts, this.written);
    this.holds = new HoldClient(this.datacenters, this.written);
    this.accounts = new AccountClient(this.datacenters, this.written, (path, options) =>
      this.read(path, options),
    );
  }

  /** A key to be kept before it is used, by callers who may end before they have their answer. */
  createKey(): string {
    return this.payOuts.createKey();
  }

  /** @throws as PayOutClient.payOut */
  async payOut(order: PayOutOrder | UpToOrder, idempotencyKey?: string): Promise<PayOutAnswer> {
    const answer = await this.payOuts.payOut(order, idempotencyKey);
    this.written.add(answer.position);
    return answer;
  }

  /** A pay-out of what a service costs. @throws as PayOutClient.payOut */
  async charge(order: ChargeOrder, idempotencyKey?: string): Promise<PayOutAnswer> {
    const answer = await this.payOuts.payOut(order, idempotencyKey);
    this.written.add(answer.position);
    return answer;
  }

  /** Where the money of a pay-out would come from now, as far as the datacenter that answers knows; nothing moves. */
  async previewPayOut(order: PayOutPreviewOrder): Promise<PayOutPreview> {
    const { body } = await this.datacenters.firstAnswer(this.datacenters.places, ({ gateway }) =>
      gateway.ask<PayOutPreview>({ method: 'POST', path: '/v1/pay-outs/preview', body: order }),
    );
    return body;
  }

  /** As `createKey`, of a refund: its home is the datacenter that keeps the pay-out. */
  createRefundKey(payOutId: string): string {
    const home = nodeOfPayOut(payOutId.toLowerCase());
    return home === undefined ? this.createKey() : createIdempotencyKey(home);
  }

  /**
   * Gives back a part of a pay-out, once, through whichever datacenter answers: the one that keeps the pay-out decides.
   * @param idempotencyKey of an earlier call, or made by `createRefundKey`. Default: a new one
   * @throws GatewayAnswerError it is refused, and will be again; NotBegunError, OutcomeUnknownError: the same call under the
   *   error's key is safe
   */
  refund(
    { payOutId, ...order }: RefundOrder,
    idempotencyKey = this.createRefundKey(payOutId),
  ): Promise<RefundAnswer> {
    const home = nodeOfPayOut(payOutId.toLowerCase());
    const places = home === undefined ? this.datacenters.places : this.datacenters.from(home);
    return this.once(idempotencyKey, places, async ({ gateway, nodeId }) => {
      const { body: refund, headers } = await gateway.ask<Refund>({
        method: 'POST',
        path: `/v1/pay-outs/${encodeURIComponent(payOutId)}/refunds`,
        body: order,
        idempotencyKey,
      });
      const replayed = headers.get('idempotency-replayed') === 'true';
      const position = headers.get('billing-position') ?? undefined;
      this.written.add(position);
      return { refund, position, replayed, idempotencyKey, heardBy: nodeId };
    });
  }

  /**
   * Has a pay-in taken by the first datacenter that can; its home credits it, once, whoever takes it, and however often.
   * @param idempotencyKey made by `createKey`: its UUID is the command id, its datacenter the home. Default: a new one
   * @throws GatewayAnswerError it is refused, and will be again; NotBegunError, OutcomeUnknownError: the same call under the
   *   error's key is safe
   */
  async payIn(
    order: Omit<PayInOrder, 'commandId' | 'home'>,
    idempotencyKey = this.createKey(),
  ): Promise<PayInAnswer> {
    const home = homeOfKey(idempotencyKey);
    if (home === undefined) throw new TypeError('the key of a pay-in names its home: createKey()');
    const commandId = idempotencyKey.slice(0, keyIdLength);
    return this.datacenters.once(
      idempotencyKey,
      this.datacenters.from(home),
      async ({ gateway, nodeId }) => {
        const { body, headers } = await gateway.ask<{ receipt: string }>({
          method: 'POST',
          path: '/v1/pay-ins',
          body: { ...order, commandId, home: formatDatacenter(home) },
        });
        const position = headers.get('billing-position') ?? undefined;
        this.written.add(position);
        return { commandId, idempotencyKey, receipt: body.receipt, position, heardBy: nodeId };
      },
    );
  }

  /**
   * Opens an account at its home, by default the nearest datacenter: that one alone is asked, as a key of an opening holds there.
   * @param idempotencyKey made by `createKey`
   * @throws as payOut
   */
  openAccount(order: AccountOpening, idempotencyKey = this.createKey()): Promise<AccountAnswer> {
    const home = homeOfKey(idempotencyKey) ?? this.datacenters.nearest.nodeId;
    return this.datacenters.once(
      idempotencyKey,
      this.datacenters.from(home).slice(0, 1),
      async ({ gateway, nodeId }) => {
        const { body: account, headers } = await gateway.ask<OpenedAccount>({
          method: 'POST',
          path: '/v1/accounts',
          body: order,
          idempotencyKey,
        });
        const replayed = headers.get('idempotency-replayed') === 'true';
        const position = headers.get('billing-position') ?? undefined;
        this.written.add(position);
        return { account, position, replayed, idempotencyKey, heardBy: nodeId };
      },
    );
  }

  account(accountId: string, options?: ReadOptions): Promise<Read<Account>> {
    return this.read(`/v1/accounts/${encodeURIComponent(accountId)}`, options);
  }

  balance(accountId: string, options?: ReadOptions): Promise<Read<Balance>> {
    return this.read(`/v1/accounts/${encodeURIComponent(accountId)}/balance`, options);
  }

  /** A page of the entries, newest first. @param page limit 1 to 200, cursor of the page before */
  transactions(
    accountId: string,
    page: Page = {},
    options?: ReadOptions,
  ): Promise<Read<TransactionPage>> {
    return this.read(pathOfHistory(accountId, 'transactions', page), options);
  }

  /** A page of the history, each operation once, newest first. */
  operations(
    accountId: string,
    page: OperationPage = {},
    options?: ReadOptions,
  ): Promise<Read<AccountOperationPage>> {
    return this.read(pathOfHistory(accountId, 'operations', page), options);
  }

  /**
   * What became of a pay-in, of the datacenter that took it, if that answers.
   * @param taken as `payIn` answered: with the receipt accepted is told from never seen
   */
  payInStatus(
    taken: Pick<PayInAnswer, 'commandId' | 'receipt'>,
    options?: ReadOptions,
  ): Promise<Read<PayIn>> {
    const { commandId, receipt } = taken;
    const path = `/v1/pay-ins/${encodeURIComponent(commandId)}?${new URLSearchParams({ receipt })}`;
    const [takenBy] = receipt.split('-');
    return this.read(path, options, this.datacenters.from(Number(takenBy)));
  }

  findPayOut(payOutId: string, options?: ReadOptions): Promise<Read<PayOut>> {
    return this.read(`/v1/pay-outs/${encodeURIComponent(payOutId)}`, options);
  }

  findHold(holdId: string, options?: ReadOptions): Promise<Read<Hold>> {
    return this.read(`/v1/holds/${encodeURIComponent(holdId)}`, options);
  }

  services(options?: ReadOptions): Promise<Read<ServiceList>> {
    return this.read('/v1/services', options);
  }

  service(serviceId: string, options?: ReadOptions): Promise<Read<PricedService>> {
    return this.read(`/v1/services/${encodeURIComponent(serviceId)}`, options);
  }

  /**
   * The same again is the same service, whoever was asked before.
   * @throws GatewayAnswerError it is refused; GatewaySilentError, NoTokenError nobody answered in time: the same again tells
   */
  createService(order: ServiceOrder): Promise<PricedService> {
    return this.change('/v1/services', order);
  }

  /** @param validFrom ISO 8601 in UTC; default: from now on @throws as createService */
  repriceService(serviceId: string, price: string, validFrom?: string): Promise<PricedService> {
    return this.change(`/v1/services/${encodeURIComponent(serviceId)}/prices`, {
      price,
      ...(validFrom !== undefined && { validFrom }),
    });
  }

  /** It is charged no more, for good. @throws as createService */
  retireService(serviceId: string): Promise<PricedService> {
    return this.change(`/v1/services/${encodeURIComponent(serviceId)}/retire`, {});
  }

  private change(path: string, body: object): Promise<PricedService> {
    return this.datacenters.firstAnswer(this.datacenters.places, async ({ gateway }) => {
      const { body: service, headers } = await gateway.ask<PricedService>({
        method: 'POST',
        path,
        body,
      });
      this.written.add(headers.get('billing-position') ?? undefined);
      return service;
    });
  }

  /** Of an attempt that nobody answered, whether it may have arrived; what a later one is told then is not the end of it. */
  private async once<T>(
    idempotencyKey: string,
    places: readonly Place[],
    ask: (place: Place) => Promise<T>,
  ): Promise<T> {
    let isInDoubt = false;
    try {
      return await this.datacenters.firstAnswer(places, ask, (error) => {
        isInDoubt ||= mayHaveArrived(error);
      });
    } catch (cause) {
      if (isInDoubt) throw new OutcomeUnknownError(idempotencyKey, { cause });
      throw isPassing(cause) ? new NotBegunError(idempotencyKey, { cause }) : cause;
    }
  }

  /** @throws GatewayAnswerError it is refused; GatewaySilentError, NoTokenError nobody answered in time */
  private read<T>(
    path: string,
    { after = this.written.text }: ReadOptions = {},
    places: readonly Place[] = this.datacenters.places,
  ): Promise<Read<T>> {
    const wanted = after === '' ? undefined : after;
    return this.datacenters.firstAnswer(places, async ({ gateway, nodeId }) => {
      const { body, headers } = await gateway.ask<T>({ method: 'GET', path, after: wanted });
      const stale = headers.get('billing-stale');
      return { body, staleMs: stale === null ? undefined : Number(stale), heardBy: nodeId };
    });
  }
}
