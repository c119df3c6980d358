import { formatMessagePosition, parsePosition, POSITION_ELEMENTS_MAX } from './position.js';

describe('a position', () => {
  test('names batches of nodes and messages of their Kafka, in any mixture', () => {
    expect(parsePosition('2.1:4711,1.3:880')).toEqual([
      { nodeId: 2, incarnation: 1, number: 4711n },
      { nodeId: 1, incarnation: 3, number: 880n },
    ]);
    const message = { topic: 'billing.payin', partition: 4, offset: 1207n };
    expect(formatMessagePosition(63, message)).toBe('63:billing.payin/4/1207');
    expect(parsePosition('63:billing.payin/4/1207 , 1.1:0')).toEqual([
      { nodeId: 63, message: { ...message, incarnation: 1 } },
      { nodeId: 1, incarnation: 1, number: 0n },
    ]);
  });

  test.each([
    ['nothing', ''],
    ['a number alone', '4711'],
    ['no incarnation', '2:4711'],
    ['incarnation 0', '2.0:4711'],
    ['an incarnation beyond the last', '2.524289:1'],
    ['a number of the next incarnation', `2.1:${2n ** 44n}`],
    ['node 0', '0.1:1'],
    ['node 64', '64.1:1'],
    ['an end without a position', '2.1:4711,'],
    ['a message without an offset', '2:billing.payin/4'],
    ['a message of offsets that began anew', '2:billing.payin/4/1207~2'],
    [
      'more than may be',
      Array(POSITION_ELEMENTS_MAX + 1)
        .fill('1.1:1')
        .join(','),
    ],
  ])('is none with %s', (_, text) => {
    expect(parsePosition(text)).toBeUndefined();
  });
});
