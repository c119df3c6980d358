import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { containersOf } from './left-behind.mjs';

const imagesFile = new URL('../cluster/images.json', import.meta.url);
const images = JSON.parse(readFileSync(imagesFile, 'utf8')) as Record<string, string>;

test('containers that a suite left are found by the folder of their home, running or not', () => {
  const folder = `/tmp/left-behind-${process.pid}`;
  const labels = [`geo-billing.home=${folder}/geo-billing-1`, 'geo-billing.part=dc1/kafka'];
  const args = ['create', ...labels.flatMap((label) => ['--label', label]), images['node']!];
  const id = execFileSync('docker', args, { encoding: 'utf8' }).trim();
  try {
    expect(containersOf(folder)).toEqual([
      { id: id.slice(0, 12), home: `${folder}/geo-billing-1`, member: 'dc1/kafka' },
    ]);
    expect(containersOf('/tmp/another-folder')).toEqual([]);
  } finally {
    execFileSync('docker', ['rm', '--force', '--volumes', id]);
  }
  expect(containersOf(folder)).toEqual([]);
}, 30_000);
