#!/usr/bin/env node
// npx billing: the compiled program, or a word on how to get it.
import { existsSync } from 'node:fs';

const program = new URL('../dist/main.js', import.meta.url);
if (existsSync(program)) {
  const { main } = await import(program.href);
  process.exitCode = await main(process.argv.slice(2));
} else {
  console.error('nothing is built yet: npm start builds and runs everything; or npm run build');
  process.exitCode = 3;
}
