import { readFileSync } from 'node:fs';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import regexp from 'eslint-plugin-regexp';
import prettier from 'eslint-config-prettier';
import { roomZones } from './tools/room-order.mjs';

// Two dimensions, both must hold: `type:` says what kind of room this is,
// `scope:` says which side of the system it may touch.
const depConstraints = [
  {
    sourceTag: 'type:app',
    onlyDependOnLibsWithTags: ['type:adapter', 'type:contract', 'type:core'],
    bannedExternalImports: ['pg', 'kafkajs', 'prom-client'],
  },
  {
    sourceTag: 'type:tool',
    onlyDependOnLibsWithTags: ['type:tool', 'type:adapter', 'type:contract', 'type:core'],
    bannedExternalImports: ['pg', 'kafkajs', 'prom-client'],
  },
  {
    // Measured runs stand outside: they compare the system with what others would write.
    sourceTag: 'type:load',
    onlyDependOnLibsWithTags: [
      'type:testing',
      'type:tool',
      'type:adapter',
      'type:contract',
      'type:core',
    ],
  },
  {
    sourceTag: 'type:tests',
    onlyDependOnLibsWithTags: [
      'type:testing',
      'type:tool',
      'type:adapter',
      'type:contract',
      'type:core',
    ],
  },
  {
    sourceTag: 'type:testing',
    onlyDependOnLibsWithTags: ['type:tool', 'type:adapter', 'type:contract', 'type:core'],
  },
  { sourceTag: 'type:adapter', onlyDependOnLibsWithTags: ['type:contract', 'type:core'] },
  {
    sourceTag: 'type:contract',
    onlyDependOnLibsWithTags: ['type:contract', 'type:core'],
    bannedExternalImports: ['@nestjs/*', 'pg', 'kafkajs', 'prom-client'],
  },
  {
    sourceTag: 'type:core',
    onlyDependOnLibsWithTags: ['type:core'],
    bannedExternalImports: ['@nestjs/*', 'pg', 'kafkajs', 'prom-client'],
  },
  {
    sourceTag: 'scope:gateway',
    onlyDependOnLibsWithTags: ['scope:kafka', 'scope:database', 'scope:shared'],
  },
  {
    sourceTag: 'scope:ledger-worker',
    onlyDependOnLibsWithTags: ['scope:kafka', 'scope:database', 'scope:shared'],
  },
  { sourceTag: 'scope:coordinator', onlyDependOnLibsWithTags: ['scope:database', 'scope:shared'] },
  {
    sourceTag: 'scope:kafka',
    onlyDependOnLibsWithTags: ['scope:shared'],
    bannedExternalImports: ['pg', 'prom-client'],
  },
  {
    sourceTag: 'scope:database',
    onlyDependOnLibsWithTags: ['scope:shared'],
    bannedExternalImports: ['kafkajs', 'prom-client'],
  },
  // The browser's side: it knows the system by HTTP alone.
  {
    sourceTag: 'scope:console',
    onlyDependOnLibsWithTags: ['scope:console'],
    bannedExternalImports: ['@nestjs/*', 'fastify', 'pg', 'kafkajs'],
  },
  { sourceTag: 'scope:shared', onlyDependOnLibsWithTags: ['scope:shared'] },
];

/** One spec of tests/cluster runs SQL's pipeline as sql/tests does. */
const pipelineRun = '../../../sql/tests/run-pipeline.js';

// The codes that the one table judges, and whatever else looks like one of PostgreSQL's: two forms of text.
const failureTable = 'libs/database/src/database.errors.ts';
const judgedCodes = readFileSync(new URL(failureTable, import.meta.url), 'utf8')
  .match(/(?<=')[0-9A-Z]{5}(?=')/g)
  .filter((code) => /[0-9]/.test(code));
const failureCode = `/^(${judgedCodes.join('|')}|(?=.*[A-Z])[0-9][0-9A-Z]([0-9]{3}|[A-Z][0-9]{2}))$/`;
const noFailureCode = [
  `Literal[value=${failureCode}]`,
  `TemplateElement[value.raw=${failureCode}]`,
].map((selector) => ({
  selector,
  message: `failure-code: what a failure of PostgreSQL means is said in ${failureTable} alone; switch on its kind and effect.`,
}));

/** Whose importing is refused everywhere. */
const noParseArgs = {
  name: 'node:util',
  importNames: ['parseArgs'],
  message: 'command-line: createRootCommand of @billing/cluster; parseArgs is for scripts.',
};
const transport =
  'transport: startCluster and createCluster of @billing/testing know what a run is over.';

export default [
  { ignores: ['**/dist/**', '**/node_modules/**', '**/generated/**', '.nx/**', '.cluster/**'] },
  { plugins: { '@nx': nx, '@typescript-eslint': tseslint.plugin } },
  {
    // An expression whose time grows faster than its text is a way to stop a process with one message.
    files: ['**/*.ts', '**/*.tsx', '**/*.js', '**/*.mjs'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential' }],
    },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true } },
    rules: {
      // A promise that nobody waits for fails where nobody hears it; `void` says it is meant.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@nx/enforce-module-boundaries': ['error', { allow: [pipelineRun], depConstraints }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'off',
      'no-console': 'error',
      eqeqeq: 'error',
      'prefer-const': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: false, skipComments: true }],
      'no-restricted-imports': ['error', noParseArgs],
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Read the environment once, in main.ts, through @billing/config.',
        },
        {
          object: 'AbortSignal',
          property: 'any',
          message: 'abort-any: Node 20 forgets a time limit in it; see withinTime of the gateway.',
        },
      ],
    },
  },
  {
    files: ['apps/**/*.ts', 'libs/**/*.ts', 'tools/**/*.ts'],
    ignores: ['**/*.spec.ts', failureTable],
    rules: { 'no-restricted-syntax': ['error', ...noFailureCode] },
  },
  { files: ['**/*.spec.ts'], rules: { 'max-lines-per-function': 'off' } },
  {
    // Inside a project: no circle of files, no room that imports one above it. Between projects Nx sees to it.
    files: ['**/*.ts', '**/*.tsx'],
    plugins: { 'import-x': importX },
    settings: {
      'import-x/extensions': ['.ts', '.tsx'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.tsx'] },
      // A specifier says what will be there once it is built.
      'import-x/resolver-next': [
        createNodeResolver({
          extensions: ['.ts', '.tsx', '.js', '.mjs'],
          extensionAlias: { '.js': ['.ts', '.tsx', '.d.ts', '.js'] },
        }),
      ],
    },
    rules: {
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-restricted-paths': ['error', { zones: roomZones }],
    },
  },
  { files: ['apps/**/*.spec.ts'], rules: { 'import-x/no-restricted-paths': 'off' } },
  // Programs in plain Node stand beside these; TypeScript knows no types of them.
  {
    files: ['tools/*.spec.ts', 'tools/bootstrap/*.spec.ts'],
    ...tseslint.configs.disableTypeChecked,
  },
  {
    files: ['libs/config/src/**/*.ts', 'tests/**/*.ts', 'tools/**/*.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  { files: ['tools/**/*.ts', 'tests/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['tests/cluster/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        noParseArgs,
        { name: '@billing/cluster', importNames: ['startCluster'], message: transport },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Cluster', property: 'create', message: transport },
      ],
    },
  },
  // A browser has no environment, and forgets no time limit.
  { files: ['apps/console/**'], rules: { 'no-restricted-properties': 'off' } },
  prettier,
  {
    // No compiler looks at these. What Node has, and no other name out of nowhere.
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        Object.getOwnPropertyNames(globalThis).map((name) => [name, 'readonly']),
      ),
    },
    rules: { 'no-undef': 'error' },
  },
];
