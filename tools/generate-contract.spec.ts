import { BILLING_PROTO_OPTIONS } from '@billing/contracts';
import { loaderArguments } from './generate-contract.mjs';

test('types are generated for messages as they are loaded', () => {
  const told = Object.fromEntries(
    loaderArguments.map((argument) => {
      const [name, value] = argument.replace(/^--/, '').split('=');
      return [name, value ?? true];
    }),
  );
  const { includeDirs: _, keepCase, longs, enums, ...rest } = BILLING_PROTO_OPTIONS;
  expect(told).toEqual({ longs: longs.name, enums: enums.name, ...rest });
  // What nobody tells the generator, it leaves.
  expect(keepCase).toBe(false);
});
