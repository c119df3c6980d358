import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = dirname(fileURLToPath(import.meta.url));
/** What is said of every page: colours, and elements as they are without a class. */
const globalSheets = ['styles/base.css', 'styles/tokens.css'];

/** Classes that nobody wears, that no sheet has, or that are everybody's. */
function violationsOf(folder: string): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const sheets = paths.filter((path) => path.endsWith('.css'));
  const code = new Map(
    paths.filter((path) => path.endsWith('.tsx')).map((path) => [path, read(folder, path)]),
  );
  const violations = [...code].flatMap(([path, text]) =>
    [...text.matchAll(/className=(?:"|\{`)/g)].map(() => `${path}: a class that is everybody's`),
  );
  for (const sheet of sheets) {
    const defined = classesIn(read(folder, sheet));
    if (!sheet.endsWith('.module.css')) {
      if (!globalSheets.includes(sheet) || defined.size > 0) violations.push(`${sheet}: is global`);
      continue;
    }
    const used = new Set([...code.values()].flatMap((text) => usedOf(text, basename(sheet))));
    for (const name of defined)
      if (!used.has(name)) violations.push(`${sheet}: nobody wears ${name}`);
    for (const name of used) if (!defined.has(name)) violations.push(`${sheet}: has no ${name}`);
  }
  return violations;
}

const read = (folder: string, path: string): string => readFileSync(join(folder, path), 'utf8');

function classesIn(css: string): Set<string> {
  const heads = css
    .replaceAll(/\/\*.*?\*\//gs, '')
    .split('{')
    .slice(0, -1);
  // A head follows what was opened, closed or said before it; that of @media names no class.
  const selectors = heads.map((text) => text.split(/[;}]/).at(-1)!);
  return new Set(
    selectors.flatMap((text) => [...text.matchAll(/\.([a-zA-Z][\w-]*)/g)].map(([, name]) => name!)),
  );
}

/** `styles.panel`, where `styles` is what the sheet was imported as: file names of sheets are unique. */
function usedOf(code: string, sheet: string): string[] {
  const [, name] = new RegExp(`import (\\w+) from '[./\\w-]*/${sheet}'`).exec(code) ?? [];
  if (name === undefined) return [];
  return [...code.matchAll(new RegExp(`\\b${name}\\.(\\w+)`, 'g'))].map(([, used]) => used!);
}

test('every class is of one sheet beside its component, and worn', () => {
  expect(violationsOf(source)).toEqual([]);
});

test('and one that is not is found', () => {
  const folder = mkdtempSync(join(tmpdir(), 'styles-'));
  try {
    mkdirSync(join(folder, 'styles'));
    writeFileSync(join(folder, 'styles/base.css'), 'a,\n.link { color: red; }\n');
    writeFileSync(
      join(folder, 'a.module.css'),
      '.worn { top: 1.5px; }\n@media print { .idle { top: 0; } }\n',
    );
    writeFileSync(
      join(folder, 'a.tsx'),
      "import styles from './a.module.css';\n" +
        'const a = <i className={styles.worn}><b className={styles.lost} /><u className="loud" /></i>;\n',
    );
    expect(violationsOf(folder)).toEqual([
      "a.tsx: a class that is everybody's",
      'a.module.css: nobody wears idle',
      'a.module.css: has no lost',
      'styles/base.css: is global',
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
