// npm run demo: the compiled program, or a word on how to get it.
import { existsSync } from 'node:fs';

const program = new URL('../dist/main.js', import.meta.url);
if (existsSync(program)) {
  const { main } = await import(program.href);
  process.exitCode = await main(process.argv.slice(2));
} else {
  console.error('nothing is built yet: npm start builds and runs everything; then again');
  process.exitCode = 3;
}
