/** No answer came: whether the request was carried out is not known. */
export class GatewaySilentError extends Error {
  override readonly name = 'GatewaySilentError';

  /** @param reason a system's code (ECONNREFUSED), or words */
  constructor(
    readonly reason: string,
    options: ErrorOptions,
  ) {
    super(`the gateway does not answer: ${reason}`, options);
  }
}

interface Problem {
  readonly type?: string;
  readonly retryable?: boolean;
  readonly detail?: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

const textLengthMax = 300;

/** An answer that is no success, with what its problem+json says. */
export class GatewayAnswerError extends Error {
  override readonly name = 'GatewayAnswerError';
  /** What is wrong with which field, where the gateway says so. */
  readonly fields: string | undefined;
  readonly detail: string | undefined;
  /** The type of problem, the last part of its address: insufficient-funds. */
  readonly kind: string | undefined;
  /** The same request may succeed later. */
  readonly retryable: boolean;
  /** All that the problem says. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** The beginning of the body as it came. */
  readonly text: string;

  constructor(
    readonly status: number,
    body: string,
  ) {
    const problem = readProblem(body);
    const { detail, errors } = problem;
    const fields = errors?.map(({ field, message }) => `${field} ${message}`).join('; ');
    super(fields ?? detail ?? `the gateway answers ${status}`);
    this.fields = fields;
    this.kind = typeof problem.type === 'string' ? problem.type.split('/').at(-1) : undefined;
    // Of something before the gateway, which has no words for it.
    this.retryable = problem.retryable ?? [408, 429, 502, 503, 504].includes(status);
    this.facts = { ...problem };
    this.detail = detail;
    this.text = body.slice(0, textLengthMax);
  }
}

function readProblem(text: string): Problem {
  try {
    const problem: unknown = JSON.parse(text);
    return typeof problem === 'object' && problem !== null ? problem : {};
  } catch {
    return {};
  }
}

/** What gives tokens gave none: nothing was sent. */
export class NoTokenError extends Error {
  override readonly name = 'NoTokenError';

  constructor(options: ErrorOptions) {
    super('there is no token to ask with', options);
  }
}

/** No datacenter began it: of this call nothing moved, and nothing will. */
export class NotBegunError extends Error {
  override readonly name = 'NotBegunError';

  constructor(
    readonly idempotencyKey: string,
    options: ErrorOptions,
  ) {
    super('no datacenter could begin it in time: of this call nothing moved', options);
  }
}

/** Some datacenter may have done it: the same call under the same key tells. */
export class OutcomeUnknownError extends Error {
  override readonly name = 'OutcomeUnknownError';

  constructor(
    readonly idempotencyKey: string,
    options: ErrorOptions,
  ) {
    super('its outcome is not known: the same call under the same key tells', options);
  }
}
