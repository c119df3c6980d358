import { mayAct, mayLook, readScopes } from './scopes.js';

test.each([
  [{ scope: 'accounts:read  operator:read' }, true],
  [{ scope: ['operator:act'] }, true],
  [{ scp: ['operator:read'] }, true],
  [{ scp: 'operator' }, true],
  // Where both are there, scope counts.
  [{ scope: 'accounts:read', scp: 'operator:read' }, false],
  [{ scope: 'operator:reader' }, false],
  [{ scope: { operator: true } }, false],
  [{}, false],
])('a token with %j may look: %s', (claims, expected) =>
  expect(mayLook(readScopes(claims))).toBe(expected),
);

test.each([
  [{ scope: 'operator:read' }, false],
  [{ scope: ['operator:act'] }, true],
  [{ scp: 'operator' }, true],
])('a token with %j may act: %s', (claims, expected) =>
  expect(mayAct(readScopes(claims))).toBe(expected),
);
