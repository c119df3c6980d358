import type { Tree } from './tree.js';

/** A fault is the auditor's: what a check has found. docs/glossary.md has the words of all else that is wrong. */
const word = /(?<!de)fault/gi;

/** Rooms of the audit, and of those who show what it has found. */
const rooms = [
  /^apps\/console\/src\/(live|pages\/(audit|overview))\//,
  /^apps\/coordinator\/src\/(audit\/|metrics\/audit-)/,
  /^apps\/gateway\/src\/(audit|overview)\//,
  /^deploy\/(grafana\/dashboards\/money|prometheus\/(rules|tests)\/platform)\./,
  /^docs\/(adr|console|faults-found|glossary|audit|api|clocks|metrics)[./]/,
  /^docs\/runbooks\/checker-failed\.md$/,
  /^libs\/database\/src\/audit/,
  /^sql\/(stage1\/all\/(audit\/|tables\/create_audit)|tests\/(audit|schema\.snapshot)\.)/,
  /^tests\/(cluster\/audit|console)\//,
  /^tests\/tidy(\.spec|\/words)\.ts$/,
  /^tools\/cli\//,
  /^CHANGELOG\.md$/,
  // Made of the rooms above, among others.
  /^docs\/openapi\.(promised\.)?json$/,
  /^libs\/client\/src\/generated\//,
];
/** Who write and read the field of `/health/ready` that bears the name, or the JSON of `billing verify`. */
const fields = [
  'docs/connections.md',
  'libs/observability/src/management-server.ts',
  'tests/cluster/gateway/gateway-corrections.spec.ts',
  'tests/cluster/gateway/gateway-process.ts',
  'tests/cluster/outages/repeated-keys-site.ts',
  'tests/cluster/outages/repeated-pay-ins.spec.ts',
];
/** Everywhere: names that others call, and SQL's parameters, which PostgreSQL does not rename. */
const names = /audit[-_ ]?faults?|faults-found|billing_kafka_setting_faults|\bin_fault\w*/gi;

export function findStrayWords(tree: Tree): string[] {
  return [...tree].flatMap(([path, text]) => {
    if (rooms.some((room) => room.test(path)) || fields.includes(path)) return [];
    return [path, ...text.split('\n')].flatMap((line, number) =>
      line.replace(names, '').match(word) === null
        ? []
        : [`${path}:${number}: no fault of the audit`],
    );
  });
}
