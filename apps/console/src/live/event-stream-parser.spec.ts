import { EventStreamParser } from './event-stream-parser.js';

test('events are whole however their bytes arrive, and comments are none', () => {
  const parser = new EventStreamParser();
  expect(parser.push('id: 1\nevent: snap')).toEqual([]);
  expect(parser.push('shot\ndata: {"a":1}\n')).toEqual([]);
  expect(parser.push('\n: nothing new\n\nevent: snapshot\ndata: 2\n\n')).toEqual([
    { name: 'snapshot', data: '{"a":1}' },
    { name: 'snapshot', data: '2' },
  ]);
});
