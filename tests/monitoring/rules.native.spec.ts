import { spawnSync } from 'node:child_process';
import {
  filesOf,
  readAlerts,
  repository,
  rulesFolder,
  ruleTestsFolder,
} from './monitoring-files.js';

// Of Debian's package "prometheus", which tools/bootstrap installs.
function promtool(...args: string[]): { status: number | null; said: string } {
  const { status, stdout, stderr, error } = spawnSync('promtool', args, {
    cwd: ruleTestsFolder,
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, said: `${stdout}${stderr}${error?.message ?? ''}` };
}

const tests = filesOf(ruleTestsFolder, '.test.yml');

test('rules and configuration are what Prometheus can read', () => {
  const rules = filesOf(rulesFolder, '.rules.yml').map(({ name }) => rulesFolder + name);
  expect(promtool('check', 'rules', ...rules)).toMatchObject({ status: 0 });
  const config = `${repository}deploy/prometheus/prometheus.yml`;
  expect(promtool('check', 'config', config)).toMatchObject({ status: 0 });
});

test.each(tests.map(({ name }) => name))(
  '%s: rules fire when they should, and only then',
  (name) => {
    expect(promtool('test', 'rules', name)).toMatchObject({ status: 0 });
  },
);

test('each rule has a case in which it fires and one in which it is quiet', () => {
  const cases = tests.flatMap(({ text }) => [
    ...text.matchAll(/^ {8}alertname: (\w+)\n {8}exp_alerts:( \[\])?$/gm),
  ]);
  const firing = new Set(cases.filter(([, , none]) => !none).map(([, name]) => name));
  const quiet = new Set(cases.filter(([, , none]) => none).map(([, name]) => name));
  const names = readAlerts().map(({ name }) => name);
  expect(names.filter((name) => !firing.has(name))).toEqual([]);
  expect(names.filter((name) => !quiet.has(name))).toEqual([]);
});
