export { GatewayClient } from './gateway-client.js';
export {
  GatewayAnswerError,
  GatewaySilentError,
  NotBegunError,
  NoTokenError,
  OutcomeUnknownError,
} from './client.errors.js';
export type { GatewayAnswer, GatewayClientOptions, GatewayRequest } from './gateway-client.js';
export { PayOutClient } from './pay-out-client.js';
export type {
  Datacenter,
  PaidOut,
  PayOutAnswer,
  PayOutClientOptions,
  PayOutOrder,
} from './pay-out-client.js';
