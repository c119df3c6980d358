import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Path from the top of the repository → text. What is no text has none (''). */
export type Tree = ReadonlyMap<string, string>;

const top = fileURLToPath(new URL('../..', import.meta.url));
const texts = /(\.(ts|tsx|mjs|js|json|md|sql|sh|yml|yaml|proto|css|out|txt|csv)|Dockerfile)$/;
/** Made by tools, or a running cluster's. */
const made = /^(node_modules|dist.*|coverage|\.(?!ci|github|dockerignore|gitignore|prettier).*)$/;

export function readTree(folder = '', tree = new Map<string, string>()): Map<string, string> {
  for (const entry of readdirSync(join(top, folder), { withFileTypes: true })) {
    if (made.test(entry.name)) continue;
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) readTree(path, tree);
    else tree.set(path, texts.test(path) ? readFileSync(join(top, path), 'utf8') : '');
  }
  return tree;
}

/** Every folder above some file. */
export function foldersOf(tree: Tree): Set<string> {
  const folders = new Set<string>();
  for (const path of tree.keys()) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      folders.add(path.slice(0, end));
    }
  }
  return folders;
}

export function lineCount(text: string): number {
  return text.trimEnd().split('\n').length;
}
