import { loadTopology, portNames } from './topology.js';

describe('the topology', () => {
  const topology = loadTopology();

  test('is three datacenters with the ports that are promised to people', () => {
    expect(topology.datacenters.map(({ name, nodeId }) => [name, nodeId])).toEqual([
      ['dc1', 1],
      ['dc2', 2],
      ['dc3', 3],
    ]);
    const promised = { postgres: 15432, kafka: 19092, gateway: 8081, coordinatorGrpc: 50051 };
    const management = {
      ledgerWorkerManagement: 8181,
      coordinatorManagement: 8281,
      gatewayManagement: 8381,
    };
    expect(topology.datacenters[0]?.ports).toMatchObject({ ...promised, ...management });
    expect(topology.datacenters.map(({ ports }) => ports.kafka)).toEqual([19092, 29092, 39092]);
    expect(topology.datacenters.map(({ ports }) => ports.postgres)).toEqual([15432, 15433, 15434]);
  });

  test('names every port of every datacenter, and none twice', () => {
    const all = topology.datacenters.flatMap(({ ports }) => portNames.map((name) => ports[name]));
    expect(all.every((port) => port > 1024 && port < 65_536)).toBe(true);
    expect(new Set(all).size).toBe(topology.datacenters.length * portNames.length);
  });
});
