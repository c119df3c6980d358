import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const library = pathToFileURL(join(import.meta.dirname, '../dist/bundle.js')).href;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'billing-bundle-'));
  writeBundle('a'.repeat(64), 1);
});

afterEach(() => rmSync(folder, { recursive: true }));

const file = (name = 'start.cjs'): string => join(folder, name);

function writeBundle(id: string, answer: number): void {
  const lines = [
    'exports.answer = () => ' + String(answer) + ';',
    "exports.fail = () => { throw new Error('of the bundle'); };",
    'exports.load = () => require("./beside.cjs");',
    `// bundle ${id}`,
    '//# sourceMappingURL=start.cjs.map',
  ];
  writeFileSync(file(), lines.join('\n'));
}

/** In a process of its own: flags of V8 and the way stacks are written are for a whole process. */
function run(program: string, flags: readonly string[] = []): string {
  const code = `
    import { keepCode, loadBundle } from ${JSON.stringify(library)};
    const url = new URL(${JSON.stringify(pathToFileURL(file()).href)});
    ${program}`;
  const options = ['--input-type=module', '--eval', code];
  return execFileSync(process.execPath, [...flags, ...options], { encoding: 'utf8' }).trim();
}

const load = (flags?: readonly string[]): string =>
  run(
    'const { exports, keptCode } = loadBundle(url); console.log(keptCode, exports.answer());',
    flags,
  );

test('code that was kept is used', () => {
  run('keepCode(url)');
  expect(load()).toBe('used 1');
});

test('without any the bundle is compiled', () => {
  expect(load()).toBe('absent 1');
});

test('code kept under other flags of V8 is refused, and the bundle compiled', () => {
  run('keepCode(url)', ['--max-semi-space-size=32']);
  expect([load(['--max-semi-space-size=32']), load()]).toEqual(['used 1', 'refused 1']);
});

test('code of another build of the same length counts as absent', () => {
  run('keepCode(url)');
  writeBundle('b'.repeat(64), 2);
  expect(load()).toBe('absent 2');
});

test('code that was cut off is refused', () => {
  run('keepCode(url)');
  run(`
    import { truncateSync } from 'node:fs';
    truncateSync(${JSON.stringify(file('start.cjs.code'))}, 200);`);
  expect(load()).toBe('refused 1');
});

test('a bundle that does not say which build it is of has no code kept', () => {
  writeBundle('none', 1);
  expect(() => run('keepCode(url)')).toThrow(/which build it is of/);
});

test('what it requires while it runs is found beside it', () => {
  writeFileSync(file('beside.cjs'), 'exports.answer = 3;');
  expect(run('console.log(loadBundle(url).exports.load().answer)')).toBe('3');
});

test('a stack names the file that the bundle was made of', () => {
  const map = { version: 3, sources: ['../src/part.js'], names: [], mappings: ';AAIE' };
  writeFileSync(file('start.cjs.map'), JSON.stringify(map));
  const program =
    'try { loadBundle(url).exports.fail(); } catch (error) { console.log(error.stack); }';
  const stack = run(program, ['--enable-source-maps']).split('\n');
  expect(stack[0]).toBe('Error: of the bundle');
  expect(stack[1]).toContain(join(folder, '../src/part.js:5:3'));
  expect(run(program)).toContain(`${file()}:2:`);
});

test('a bundle without a map has stacks all the same', () => {
  const program =
    'try { loadBundle(url).exports.fail(); } catch (error) { console.log(error.stack); }';
  expect(run(program, ['--enable-source-maps'])).toContain(`${file()}:2:`);
  copyFileSync(file(), file('start.cjs.map'));
  expect(run(program, ['--enable-source-maps'])).toContain(`${file()}:2:`);
});
