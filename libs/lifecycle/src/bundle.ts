import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire, SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Script } from 'node:vm';

/** What became of the code that V8 kept: another Node or other flags of V8 refuse it, and compile anew. */
export type KeptCode = 'used' | 'refused' | 'absent';

export interface Bundle<T> {
  readonly exports: T;
  readonly keptCode: KeptCode;
}

/** What a bundle's build writes into its last lines, and before the code that V8 kept of it. */
const ID_LINE = /^\/\/ bundle ([0-9a-f]{64})$/m;
const ID_BYTES = 64;
const TAIL_CHARS = 256;

/**
 * Runs a bundle of CommonJS that `tools/bundle-app.mjs` wrote, from code that V8 compiled when it was built (`cachedData` of
 * `vm.Script`), which halves the processor time of loading (ADR 24).
 *
 * @throws what the bundle throws; Error ENOENT when there is none
 */
export function loadBundle<T>(url: URL): Bundle<T> {
  const file = fileURLToPath(url);
  const source = readFileSync(file, 'utf8');
  const cachedData = readCode(file, source);
  const script = compile(file, source, cachedData);
  if (process.sourceMapsEnabled) nameSources(file);
  const keptCode = script.cachedDataRejected ? 'refused' : 'used';
  return { exports: run<T>(file, script), keptCode: cachedData ? keptCode : 'absent' };
}

/** Runs a bundle, and keeps beside it the code that V8 made of it: all that was called while it loaded. */
export function keepCode(url: URL): void {
  const file = fileURLToPath(url);
  const source = readFileSync(file, 'utf8');
  const script = compile(file, source, undefined);
  run(file, script);
  writeFileSync(
    codeFile(file),
    Buffer.concat([Buffer.from(idOf(source)), script.createCachedData()]),
  );
}

const codeFile = (file: string): string => `${file}.code`;

function idOf(source: string): string {
  const id = ID_LINE.exec(source.slice(-TAIL_CHARS))?.[1];
  if (id === undefined) throw new Error('the bundle does not say which build it is of');
  return id;
}

/** V8 compares no more of a source than its length: code of another build counts as absent. */
function readCode(file: string, source: string): Buffer | undefined {
  if (!existsSync(codeFile(file))) return undefined;
  const kept = readFileSync(codeFile(file));
  return kept.toString('latin1', 0, ID_BYTES) === idOf(source)
    ? kept.subarray(ID_BYTES)
    : undefined;
}

function compile(filename: string, source: string, cachedData: Buffer | undefined): Script {
  return new Script(`(function (exports, require, __filename) {${source}\n})`, {
    filename,
    cachedData,
  });
}

function run<T>(file: string, script: Script): T {
  const exports = {};
  const wrapped = script.runInThisContext() as (...all: unknown[]) => void;
  wrapped(exports, createRequire(file), file);
  return exports as T;
}

/** Stacks name the files that the bundle was made of. Node does so for modules alone, and reads each map as it loads. */
function nameSources(file: string): void {
  let map: SourceMap | null | undefined;
  const sourceOf = (line: number, column: number): string | undefined => {
    if (map === undefined) map = readMap(file);
    const entry = map?.findEntry(line - 1, column - 1);
    if (entry === undefined || !('originalSource' in entry)) return undefined;
    const source = fileURLToPath(new URL(entry.originalSource, pathToFileURL(file)));
    return `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  };
  Error.prepareStackTrace = (error, frames) => {
    const lines = frames.map((frame) => {
      const said = String(frame);
      if (frame.getFileName() !== file) return said;
      const [line, column] = [frame.getLineNumber() ?? 1, frame.getColumnNumber() ?? 1];
      return said.replace(`${file}:${line}:${column}`, (here) => sourceOf(line, column) ?? here);
    });
    return [String(error), ...lines.map((line) => `    at ${line}`)].join('\n');
  };
}

/** Null: there is none that can be read, and an error is better told of by its place in the bundle than not at all. */
function readMap(file: string): SourceMap | null {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')) as SourceMapPayload);
  } catch {
    return null;
  }
}
