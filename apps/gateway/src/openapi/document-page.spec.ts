import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { takeImages } from './document-page.js';

test('images of a style become files', () => {
  const svg = 'url("data:image/svg+xml;charset=utf-8,<svg a=\\"b\\"/>")';
  const png = 'url(data:image/png;base64,AAEC)';
  const { style, images } = takeImages(`a{background:${svg}}b{background:${png}}c{color:red}`);
  expect(style).toBe(
    'a{background:url(/docs/image-1.svg)}b{background:url(/docs/image-2.png)}c{color:red}',
  );
  expect(images).toEqual(
    new Map([
      ['image-1.svg', Buffer.from('<svg a="b"/>')],
      ['image-2.png', Buffer.from([0, 1, 2])],
    ]),
  );
});

test('all of those of the viewer do', () => {
  const file = createRequire(import.meta.url).resolve('swagger-ui-dist/swagger-ui.css');
  const { style, images } = takeImages(readFileSync(file, 'utf8'));
  expect(style).not.toContain('data:');
  expect(images.size).toBeGreaterThan(10);
});
