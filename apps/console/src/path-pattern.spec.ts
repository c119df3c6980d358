import { matchPath } from './path-pattern.js';

test.each([
  ['', '', {}],
  ['accounts', 'accounts', {}],
  ['accounts/:id', 'accounts/17', { id: '17' }],
  ['accounts/:id', 'accounts', undefined],
  ['accounts', 'accounts/17', undefined],
  ['accounts/:id', 'pay-outs/17', undefined],
  ['accounts/:id', 'accounts/a%2Fb', { id: 'a/b' }],
  ['accounts/:id', 'accounts/%zz', undefined],
  [
    'dead-letters/:topic/:partition/:offset',
    'dead-letters/billing.payin/4/1207~2',
    { topic: 'billing.payin', partition: '4', offset: '1207~2' },
  ],
])('%j is met by %j with %j', (pattern, path, params) => {
  expect(matchPath(pattern, path)).toEqual(params);
});
