import { startCluster, type Cluster } from '@billing/cluster';
import { ConsoleSite } from './console-site.js';

let cluster: Cluster;
let site: ConsoleSite;

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: 1,
    members: ['postgres', 'kafka', 'coordinator', 'gateway'],
    postgres: { fsync: false },
  });
  site = await ConsoleSite.open(cluster);
}, 240_000);

afterAll(async () => {
  await site?.close();
  await cluster?.destroy();
}, 60_000);

test('the document is shown by a page that asks nobody else, and no policy is broken', async () => {
  const asked = new Set<string>();
  site.page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (protocol !== 'data:') asked.add(origin);
  });
  await site.page.goto(`${site.url}/docs`);
  await site.page.getByRole('heading', { name: 'Geo-distributed billing' }).waitFor();
  for (const width of [1280, 390]) {
    await site.page.setViewportSize({ width, height: 900 });
    await site.page.getByText('Opens an account').waitFor();
    await site.keepPicture(`document-${width}-light`);
  }
  await site.page.setViewportSize({ width: 1280, height: 900 });
  expect([...asked]).toEqual([new URL(site.url).origin]);
  expect(site.complaints).toEqual([]);
}, 60_000);

test('an operation is tried from the page, with a token', async () => {
  const { page } = site;
  await page.getByRole('button', { name: 'Authorize' }).click();
  await page.locator('.modal-ux input').fill(site.token);
  await page.locator('.modal-ux').getByRole('button', { name: 'Apply credentials' }).click();
  await page.locator('.modal-ux').getByRole('button', { name: 'Close' }).click();
  const operation = page.locator('#operations-services-listServices');
  await operation.getByText('Reads the catalogue').click();
  await operation.getByRole('button', { name: 'Try it out' }).click();
  await operation.getByRole('button', { name: 'Execute' }).click();
  await operation.locator('.live-responses-table').getByText('200').first().waitFor();
  expect(site.complaints).toEqual([]);
}, 60_000);
