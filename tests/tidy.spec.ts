// The style of CONTRIBUTING.md as a test. A rule looks at a tree of texts and says what breaks it, a line each;
// it is shown to be awake on a copy of this tree with a breach planted in it.
import { readTree, type Tree } from './tidy/tree.js';
import { findMissingNames } from './tidy/doc-names.js';
import { findMisnamedFiles } from './tidy/file-names.js';
import { findProblemGaps } from './tidy/problems.js';
import { findMissingReadmes } from './tidy/readmes.js';
import { findRowlessRoutes } from './tidy/route-rows.js';
import { findRouteGaps } from './tidy/routes.js';
import { findLooseFunctions } from './tidy/sql-functions.js';
import { findStrayWords } from './tidy/words.js';

type Rule = (tree: Tree) => string[];

const tree = readTree();

/** What the rule says of the tree once `path` has the text, or is gone (undefined), beyond what it says now. */
function findPlanted(rule: Rule, path: string, text: string | undefined): string[] {
  const planted = new Map(tree);
  if (text === undefined) planted.delete(path);
  else planted.set(path, text);
  const known = new Set(rule(tree));
  return rule(planted).filter((violation) => !known.has(violation));
}

const textOf = (path: string): string => {
  const text = tree.get(path);
  if (text === undefined) throw new Error(`${path} is not there`);
  return text;
};

test('the tree is read', () => {
  expect(tree.size).toBeGreaterThan(700);
  expect([...tree.keys()].filter((path) => path.includes('node_modules/'))).toEqual([]);
});

describe('a README stands in each room and stays short', () => {
  test('here', () => expect(findMissingReadmes(tree)).toEqual([]));

  test.each([
    ['gone', 'libs/money/README.md', undefined, 'libs/money: no README.md'],
    ['long', 'apps/gateway/README.md', 'a line\n'.repeat(16), 'apps/gateway/README.md: 16 lines'],
    ['of a new room', 'libs/new/src/index.ts', '', 'libs/new: no README.md'],
  ])('%s', (_, path, text, violation) =>
    expect(findPlanted(findMissingReadmes, path, text)).toEqual([violation]),
  );
});

describe('an SQL function has its header, its search_path, a screen of code and its own file', () => {
  const path = 'sql/stage1/all/planted/to_planted.sql';
  const header = `-- ${'-'.repeat(75)}\n-- billing.to_planted(0)\n--\n--   Why it is there.\n-- ${'-'.repeat(75)}\n`;
  const planted = (change: (text: string) => string): string[] =>
    findPlanted(
      findLooseFunctions,
      path,
      change(
        `create or replace function billing.to_planted()\nreturns integer\nlanguage sql\nset search_path = billing, pg_temp\nas $$\n${header}    select 1;\n$$;\n`,
      ),
    );

  test('here', () => expect(findLooseFunctions(tree)).toEqual([]));

  test('planted', () => {
    expect(planted((text) => text)).toEqual([]);
    // An expression that PostgreSQL inlines has none, and whole names instead.
    const loose = (from: string): string[] =>
      planted((text) =>
        text.replace('set search_path = billing, pg_temp\n', '').replace('1;', from),
      );
    expect(loose('a.id from billing.accounts a;')).toEqual([]);
    const violation = `${path}: to_planted has no search_path`;
    expect(loose('a.id from accounts a;')).toEqual([violation]);
    expect(loose('to_planted();')).toEqual([violation]);
    expect(planted((text) => text.replace(header, ''))).toEqual([
      `${path}: to_planted has no header`,
    ]);
    expect(planted((text) => text.replace('select 1', `${'null;\n'.repeat(70)}select 1`))).toEqual([
      `${path}: to_planted has 71 lines of code`,
    ]);
    expect(planted((text) => text.replaceAll('to_planted', 'to_other'))).toEqual([
      `${path}: holds no function to_planted`,
    ]);
  });
});

describe('a file is named by one rule', () => {
  test('here', () => expect(findMisnamedFiles(tree)).toEqual([]));

  test.each([
    ['libs/money/src/amount.helper.ts', '', ': "helper" is no kind'],
    ['libs/money/src/amountText.ts', '', ': not in kebab'],
    ['libs/money/src/amount.bench.spec.ts', '', ': "bench" is no kind'],
    ['libs/money/src/purse.ts', 'export class Wallet {}\n', ': its class is Wallet'],
    ['sql/stage1/all/moneyBag.sql', '', ': not in snake case'],
  ])('%s', (path, text, violation) =>
    expect(findPlanted(findMisnamedFiles, path, text)).toEqual([path + violation]),
  );

  test('kinds and one class a file', () => {
    for (const path of ['coin.errors.ts', 'coin.view.spec.ts', 'coin-purse.native.spec.ts']) {
      expect(findPlanted(findMisnamedFiles, `libs/money/src/${path}`, '')).toEqual([]);
    }
    const text = 'export class CoinPurse {}\nexport interface Coin {}\n';
    expect(findPlanted(findMisnamedFiles, 'libs/money/src/coin-purse.ts', text)).toEqual([]);
  });
});

describe('a fault is what the audit has found', () => {
  const path = 'apps/gateway/src/http/planted.ts';

  test('here', () => expect(findStrayWords(tree)).toEqual([]));

  test.each([
    [path, 'const amountFault = null;\n', 1],
    [path, '\n// By default a Fault.\n', 2],
    ['libs/money/src/amount-fault.ts', '', 0],
    ['docs/drain.md', 'Faults of links.', 1],
  ])('%s: %j', (where, text, line) =>
    expect(findPlanted(findStrayWords, where, text)).toEqual([
      `${where}:${line}: no fault of the audit`,
    ]),
  );

  test.each([
    ['apps/coordinator/src/audit/planted.ts', '// A fault.\n'],
    [path, "// An audit fault, by default.\nlistAuditFaults('billing_kafka_setting_faults');\n"],
    ['sql/stage1/all/pay_ins/planted.sql', '-- in_fault_reasons, billing.audit_faults\n'],
  ])('may stand: %s: %j', (where, text) =>
    expect(findPlanted(findStrayWords, where, text)).toEqual([]),
  );
});

describe('what documents name exists', () => {
  test('here', () => expect(findMissingNames(tree)).toEqual([]));

  test.each([
    ['`npm run nothing`', 'npm run nothing'],
    ['`npx billing dead-letters burn`', 'npx billing dead-letters burn'],
    ['`npx billing nothing`', 'npx billing nothing'],
    ['`npm run cluster -- explode dc2`', 'npm run cluster -- explode'],
    ['`libs/money/src/purse.ts`', 'libs/money/src/purse.ts'],
    ['`purse-strings.ts`', 'purse-strings.ts'],
    ['[purse](libs/money/purse.md)', 'libs/money/purse.md'],
    ['`billing.open_purse(1)`', 'billing.open_purse'],
    ['`npm run jest -- tests/cluster/purses`', 'tests/cluster/purses'],
  ])('%s', (words, name) => {
    const text = `${textOf('CONTRIBUTING.md')}\n${words}\n`;
    expect(findPlanted(findMissingNames, 'CONTRIBUTING.md', text)).toEqual([
      `CONTRIBUTING.md: ${name}`,
    ]);
  });

  test('names that moved away are found too', () => {
    const violations = findPlanted(findMissingNames, 'docs/drain.md', undefined);
    expect(violations).toContain('README.md: docs/drain.md');
  });
});

describe('docs/api.md tells each type of problem', () => {
  test('here', () => expect(findProblemGaps(tree)).toEqual([]));

  test('planted', () => {
    const api = textOf('docs/api.md');
    const row = /^\| contended +\| 409 /m;
    expect(api).toMatch(row);
    const path = 'docs/api.md';
    expect(findPlanted(findProblemGaps, path, api.replace(row, '| contended | 410 '))).toEqual([
      'docs/api.md says 410: contended is 409',
    ]);
    expect(findPlanted(findProblemGaps, path, api.replace(row, '| tired | 409 '))).toEqual([
      'not in docs/api.md: contended',
      'docs/api.md says 409: tired is no type of problem',
    ]);
  });
});

describe("docs/api.md's routes are the controllers'", () => {
  test('here', () => expect(findRouteGaps(tree)).toEqual([]));

  test('planted', () => {
    const api = textOf('docs/api.md');
    const services = '| `GET /v1/services`';
    expect(api).toContain(services);
    expect(
      findPlanted(findRouteGaps, 'docs/api.md', api.replace(services, '| `GET /v1/purses`')),
    ).toEqual(['not in docs/api.md: GET /v1/services', 'no route: GET /v1/purses']);
    expect(
      findPlanted(
        findRouteGaps,
        'apps/gateway/src/purses/purse.controller.ts',
        "@Controller('v1/purses')\nexport class PurseController {\n  @Delete(':id')\n  close() {}\n}\n",
      ),
    ).toEqual(['not in docs/api.md: DELETE /v1/purses/{}']);
    const retry =
      'docs/api.md says operator:act: POST /v1/parked-pay-ins/retry wants operator:read';
    const path = 'apps/gateway/src/letters/parked-pay-in.controller.ts';
    const weak = textOf(path).replace("'operator:act'", "'operator:read'");
    expect(findPlanted(findRouteGaps, path, weak)).toEqual([retry]);
  });
});

describe('a route has its row in the table of who may call it', () => {
  const rows = 'tests/cluster/access/gateway-rows.ts';

  test('here', () => expect(findRowlessRoutes(tree)).toEqual([]));

  test.each([
    [
      'of a new controller',
      'apps/gateway/src/purses/purse.controller.ts',
      () =>
        "@Controller('v1/purses')\nexport class PurseController {\n  @Delete(':id')\n  close() {}\n}\n",
      `no row in ${rows}: DELETE /v1/purses/{}`,
    ],
    [
      'without a controller',
      'apps/gateway/src/purses/purse-files.ts',
      () => "const ROOT = '/purses';\nserver.get(`${ROOT}/*`, handler);\n",
      `no row in ${rows}: GET /purses/*`,
    ],
    [
      'at the management port',
      'libs/observability/src/management-server.ts',
      (text: string) =>
        text.replace("url === '/metrics'", "url === '/threads' || url === '/metrics'"),
      `no row in ${rows}: GET /threads at the management port`,
    ],
    [
      'whose row is gone',
      rows,
      (text: string) => text.replace(/^ {2}'GET \/v1\/services'.*\n/m, ''),
      `no row in ${rows}: GET /v1/services`,
    ],
    [
      'that is gone',
      rows,
      (text: string) =>
        text.replace("'GET /v1/services'", "'GET /v1/services': {},\n  'GET /v1/purses'"),
      `${rows} has a row of no route: GET /v1/purses`,
    ],
  ])('%s', (_, path, plant, violation) =>
    expect(findPlanted(findRowlessRoutes, path, plant(tree.get(path) ?? ''))).toEqual([violation]),
  );
});
