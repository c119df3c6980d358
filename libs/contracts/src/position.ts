import { NODE_ID_MAX } from './key-home.js';
import { formatMessageName, parseMessageName, type MessageName } from './message-name.js';

/** What of one node a position names (docs/positions.md). */
export type PositionElement =
  /** A batch that it wrote. */
  | { readonly nodeId: number; readonly incarnation: number; readonly number: bigint }
  /** A message that its Kafka took. */
  | { readonly nodeId: number; readonly message: Omit<MessageName, 'incarnation'> };

export const POSITION_ELEMENTS_MAX = 128;

/** Of a field that holds one. */
export const POSITION_RULE = `must be positions as answers give them, up to ${POSITION_ELEMENTS_MAX}, separated by commas`;

// As billing.batch_id has it.
const INCARNATION_MAX = 2 ** 19;
const NUMBER_END = 2n ** 44n;

const pattern = /^([1-9]\d?)(?:\.([1-9]\d{0,5}):(\d{1,14})|:(.+))$/;

/** `2.1:4711,1.1:880`: the nodes, their incarnations, their batches; `2:billing.payin/4/1207`. Undefined: it is none. */
export function parsePosition(text: string): PositionElement[] | undefined {
  const texts = text.split(',');
  if (texts.length > POSITION_ELEMENTS_MAX) return undefined;
  const elements: PositionElement[] = [];
  for (const each of texts) {
    const element = parseElement(each.trim());
    if (element === undefined) return undefined;
    elements.push(element);
  }
  return elements;
}

/** Of a pay-in that was accepted: it has arrived where its outcome is known. */
export function formatMessagePosition(
  nodeId: number,
  message: Omit<MessageName, 'incarnation'>,
): string {
  return `${nodeId}:${formatMessageName({ ...message, incarnation: 1 })}`;
}

function parseElement(text: string): PositionElement | undefined {
  const [, nodeText, incarnationText, numberText, name] = pattern.exec(text) ?? [];
  const nodeId = Number(nodeText);
  if (!(nodeId <= NODE_ID_MAX)) return undefined;
  if (name !== undefined) {
    const message = parseMessageName(name);
    return message?.incarnation === 1 ? { nodeId, message } : undefined;
  }
  const incarnation = Number(incarnationText);
  const number = BigInt(numberText!);
  if (incarnation > INCARNATION_MAX || number >= NUMBER_END) return undefined;
  return { nodeId, incarnation, number };
}
