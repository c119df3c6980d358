import { formatMessagePosition, PAY_IN_TOPIC, parseInt64 } from '@billing/contracts';
import type { PayInPlace } from '@billing/database';
import type { Receipt } from '@billing/kafka';

const pattern = /^([1-9]\d?)-(\d{1,5})-(\d{1,19})$/;

/** "1-7-4711": published at node 1, partition 7, offset 4711. */
export function formatReceipt(nodeId: number, { partition, offset }: Receipt): string {
  return `${nodeId}-${partition}-${offset}`;
}

export function parseReceipt(text: string): PayInPlace | undefined {
  const [, node, partition, offsetText = ''] = pattern.exec(text) ?? [];
  const offset = parseInt64(offsetText);
  if (offset === undefined) return undefined;
  return { nodeId: Number(node), topic: PAY_IN_TOPIC, partition: Number(partition), offset };
}

/** Where the message has been stored, as other answers say positions: "1:billing.payin/7/4711". */
export function positionOf(receipt: string): string {
  const { nodeId, ...message } = parseReceipt(receipt)!;
  return formatMessagePosition(nodeId, message);
}
