import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const tool = fileURLToPath(new URL('generate-openapi.mjs', import.meta.url));

test('docs/openapi.json is what the routes say, each of which is described', async () => {
  const { stderr } = await promisify(execFile)(process.execPath, [tool, '--check']);
  expect(stderr).toBe('');
});
