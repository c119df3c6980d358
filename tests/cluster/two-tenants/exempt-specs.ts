/** Specs that play without the shadow, by the end of their path, each with the reason. */
export const exemptSpecs: Readonly<Record<string, string>> = {
  'random-history/random-history.spec.ts': 'plays as two tenants by itself, always',
};
