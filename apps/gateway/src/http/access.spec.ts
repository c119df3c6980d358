import { Get, Query } from '@nestjs/common';
import { Access, refuseUnaskedQuery } from './access.js';

class Paths {
  @Get('asks')
  @Access('operator:read')
  asks(@Query() query: object): object {
    return query;
  }

  @Get('asks-not')
  @Access('operator:read')
  asksNot(): void {}

  @Get('public')
  @Access('public')
  isPublic(): void {}
}

/** What the HTTP server gets of a handler. */
function configOf(handler: unknown): object {
  const [key] = Reflect.getMetadataKeys(handler as object).filter((name) =>
    String(name).includes('fastify_route_config'),
  );
  return Reflect.getMetadata(key as string, handler as object) as object;
}

test('a query is refused by its names where the route asks for none', () => {
  const { asks, asksNot, isPublic } = Paths.prototype;
  const refused = (handler: unknown, query: object) => () =>
    refuseUnaskedQuery(configOf(handler), query);
  expect(refused(asksNot, { drain: 'local_only' })).toThrow('the request is not valid: drain');
  expect(refused(asksNot, {})).not.toThrow();
  // By its own class, later.
  expect(refused(asks, { drain: 'local_only' })).not.toThrow();
  expect(refused(isPublic, { probe: '1' })).not.toThrow();
  // No route: 404.
  expect(() => refuseUnaskedQuery({}, { drain: '' })).not.toThrow();
});
