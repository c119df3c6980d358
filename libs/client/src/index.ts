export { GatewayClient } from './gateway-client.js';
export { GatewayAnswerError, GatewaySilentError } from './client.errors.js';
export type { GatewayAnswer, GatewayClientOptions, GatewayRequest } from './gateway-client.js';
