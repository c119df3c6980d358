/** Pay-in commands, key = account id. The gateway's alone, unless a worker is told of an upstream service beside it. */
export const PAY_IN_TOPIC = 'billing.payin';
/** Copies of dead letters for those who watch topics; the table is what counts. */
export const PAY_IN_DLQ_TOPIC = 'billing.payin.dlq';
export const PAY_IN_PARTITIONS = 12;

/** A topic that one upstream service writes, and whose all its messages are. */
export interface UpstreamTopic {
  readonly topic: string;
  readonly tenant: string;
}

// No dot and no underscore: Kafka takes two names for one that differ in those alone.
const upstreamName = /^(?!dlq$)[a-z0-9][a-z0-9-]{0,62}$/;
const PREFIX = `${PAY_IN_TOPIC}.`;
export const UPSTREAM_NAME_RULE =
  'must be 1 to 63 of a-z, 0-9 and "-", a letter or digit first, and not "dlq"';

export function isUpstreamName(name: string): boolean {
  return upstreamName.test(name);
}

/** `shop` → `billing.payin.shop` */
export function upstreamTopicOf(name: string): string {
  return PREFIX + name;
}

/** One that messages of pay-ins stand in. */
export function isPayInTopic(topic: string): boolean {
  return (
    topic === PAY_IN_TOPIC ||
    (topic.startsWith(PREFIX) && isUpstreamName(topic.slice(PREFIX.length)))
  );
}
