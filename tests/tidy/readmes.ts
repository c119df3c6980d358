import { foldersOf, lineCount, type Tree } from './tree.js';

const rooms = /^((apps|libs|tools|examples)\/[^/]+|tests(\/(load|support))?|sql)$/;
/** Maps of more than a room: the life of a pay-in in SQL; the form of data that came from elsewhere. */
const maps = new Set(['sql', 'examples/data']);
const linesMax = 15;

export function findMissingReadmes(tree: Tree): string[] {
  const violations: string[] = [];
  for (const folder of [...foldersOf(tree)].filter((path) => rooms.test(path)).sort()) {
    const path = `${folder}/README.md`;
    const text = tree.get(path);
    if (text === undefined) violations.push(`${folder}: no README.md`);
    else if (lineCount(text) > linesMax && !maps.has(folder)) {
      violations.push(`${path}: ${lineCount(text)} lines`);
    }
  }
  return violations;
}
