import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClusterLayout, layOutDatacenters } from './cluster-layout.js';
import { loadTopology, portNames } from './topology.js';

test('a home keeps its ports, and one from before there were some gets those', async () => {
  const home = mkdtempSync(join(tmpdir(), 'geo-billing-layout-'));
  try {
    const layout = new ClusterLayout(home);
    const [made] = await layOutDatacenters(layout, loadTopology(), 1, 'free');
    const { gatewayManagement: _, ...before } = made!.ports;
    writeFileSync(layout.portsFile, JSON.stringify({ 1: before }));
    const [again] = await layOutDatacenters(layout, loadTopology(), 1, 'free');
    expect(again!.ports).toMatchObject(before);
    expect(new Set(portNames.map((name) => again!.ports[name])).size).toBe(portNames.length);
    expect(JSON.parse(readFileSync(layout.portsFile, 'utf8'))).toEqual({ 1: again!.ports });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
