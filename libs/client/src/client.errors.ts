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
  /** The beginning of the body as it came. */
  readonly text: string;

  constructor(
    readonly status: number,
    body: string,
  ) {
    const { detail, errors } = readProblem(body);
    const fields = errors?.map(({ field, message }) => `${field} ${message}`).join('; ');
    super(fields ?? detail ?? `the gateway answers ${status}`);
    this.fields = fields;
    this.detail = detail;
    this.text = body.slice(0, textLengthMax);
  }
}

function readProblem(text: string): Problem {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return {};
  }
}
