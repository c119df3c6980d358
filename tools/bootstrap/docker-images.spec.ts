import { readFileSync } from 'node:fs';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
const images = JSON.parse(read('../cluster/images.json')) as Record<string, string>;

describe('the images of the test engine', () => {
  test('hold the release of Kafka that a native cluster runs; patches may differ', () => {
    const [, release] = /<kafka\.version>(\d+\.\d+)\./.exec(read('../kafka/pom.xml')) ?? [];
    expect(images['kafka']).toMatch(new RegExp(`^apache/kafka:${release}\\.`));
  });

  test('hold the reaper that testcontainers asks for', () => {
    const reaper = read('../../node_modules/testcontainers/build/reaper/reaper.js');
    expect(reaper).toContain(`"${images['reaper']}"`);
  });
});
