import { RouteList } from './route-list.js';

test('a path is known by the methods of every route that fits it', () => {
  const routes = new RouteList();
  const access = { scope: 'public' } as const;
  routes.add('/v1/pay-ins/bulk', ['POST'], access);
  routes.add('/v1/pay-ins/:commandId', ['GET'], access);
  routes.add('/v1/pay-ins/:commandId', ['HEAD'], access);
  expect(routes.methodsOf('/v1/pay-ins/bulk')).toEqual(['GET', 'HEAD', 'POST']);
  expect(routes.methodsOf('/v1/pay-ins/17')).toEqual(['GET', 'HEAD']);
  for (const path of ['/v1/pay-ins', '/v1/pay-ins/', '/v1/pay-ins/17/x', '/v1/pay.ins/17']) {
    expect(routes.methodsOf(path)).toEqual([]);
  }
});
