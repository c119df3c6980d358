import { readFileSync } from 'node:fs';

const clusterSpec = /\/tests\/cluster\/(.+)\.spec\.ts$/;

/** By file of tests/cluster: why it has no TLS beneath it. jest.config.mjs prints them. */
const plainSpecs = JSON.parse(
  readFileSync(new URL('../plain-specs.json', import.meta.url), 'utf8'),
) as Record<string, string>;

/** Whether the clusters of the spec that runs have TLS everywhere: CONTRIBUTING.md, _Plain text or TLS_. */
export function isTlsWanted(environment: NodeJS.ProcessEnv = process.env): boolean {
  if (environment['TEST_TRANSPORT'] !== 'tls') return false;
  const name = clusterSpec.exec(currentSpec() ?? '')?.[1];
  return name !== undefined && !(name in plainSpecs);
}

function currentSpec(): string | undefined {
  const { expect: jest } = globalThis as {
    expect?: { getState(): { readonly testPath?: string } };
  };
  return jest?.getState().testPath;
}
