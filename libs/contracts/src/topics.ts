/** Pay-in commands, key = account id. Upstream services and the gateway produce to it. */
export const PAY_IN_TOPIC = 'billing.payin';
/** Copies of dead letters for those who watch topics; the table is what counts. */
export const PAY_IN_DLQ_TOPIC = 'billing.payin.dlq';
export const PAY_IN_PARTITIONS = 12;
