import { chooseReadyEngine } from './tools/bootstrap/test-engine.mjs';
import { describeTransport } from './tools/bootstrap/test-transport.mjs';

// What the datacenters of this run are made of. Workers and suites inherit it; `npm test` has set it.
process.env.TEST_ENGINE ||= chooseReadyEngine(process.env);
for (const line of describeTransport(process.env)) console.error(line);
const otherEngine = process.env.TEST_ENGINE === 'docker' ? 'native' : 'docker';

// One config for all suites: ESM (Nest 12 has no CommonJS), decorators by SWC.
export default {
  testEnvironment: 'node',
  // Ends what hangs and measures nothing: two suites may share two cores with whatever else there is.
  testTimeout: 30_000,
  // TEST_TENANTS=2: what specs of the cluster do, a second tenant does after them (CONTRIBUTING.md).
  setupFilesAfterEnv:
    process.env.TEST_TENANTS === '2' ? ['<rootDir>/tests/cluster/two-tenants/setup.ts'] : [],
  extensionsToTreatAsEsm: ['.ts'],
  roots: [
    '<rootDir>/apps',
    '<rootDir>/libs',
    '<rootDir>/tools',
    '<rootDir>/tests',
    '<rootDir>/sql',
  ],
  // x.native.spec.ts and x.docker.spec.ts look at what one engine alone has.
  testMatch: ['**/*.spec.ts', `!**/*.${otherEngine}.spec.ts`],
  moduleNameMapper: {
    '^@billing/(cluster|cli)$': '<rootDir>/tools/$1/src/index.ts',
    '^@billing/kafka/admin$': '<rootDir>/libs/kafka/src/broker-admin.ts',
    '^@billing/testing$': '<rootDir>/tests/support/src/index.ts',
    '^@billing/(.*)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/\\.cluster/'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
};
