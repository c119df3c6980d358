import { toJson } from './json.js';

test('JSON keeps every digit', () => {
  expect(JSON.parse(toJson({ offset: 9_223_372_036_854_775_807n }))).toEqual({
    offset: '9223372036854775807',
  });
});
