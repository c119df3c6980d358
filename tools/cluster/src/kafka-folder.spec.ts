import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from './certificates.js';
import { KafkaFolder } from './kafka-folder.js';
import { kafkaUsersOf } from './kafka-users.js';
import { loadTopology } from './topology.js';

const home = mkdtempSync(join(tmpdir(), 'geo-billing-kafka-'));
const path = join(home, 'dc1', 'kafka');
const tls = makeCertificates(home, 'kafka-folder');
const users = kafkaUsersOf(loadTopology(), (user) => `password of ${user}`, tls);
const modeOf = (file: string): number => statSync(file).mode & 0o777;
afterAll(() => rmSync(home, { recursive: true }));

test('what a broker reads is its owner’s alone, and says where its key is', () => {
  const folder = new KafkaFolder(path, users);
  expect(folder.setting('listeners')).toBeUndefined();
  folder.prepare({ listeners: 'CLIENTS://a=b:1', 'listeners.more': 'no' });
  expect(folder.setting('listeners')).toBe('CLIENTS://a=b:1');
  expect(folder.setting('node.id')).toBe('');
  const admin = join(path, 'admin.properties');
  expect(readFileSync(admin, 'utf8')).toContain(`ssl.truststore.location=${tls.caFile}`);
  const keystore = readFileSync(folder.keystoreFile!, 'utf8');
  for (const part of [tls.keyFile, tls.certFile]) {
    expect(keystore).toContain(readFileSync(part, 'utf8'));
  }
  expect(modeOf(path)).toBe(0o700);
  for (const file of [folder.configurationFile, folder.keystoreFile!, admin]) {
    expect([file, modeOf(file)]).toEqual([file, 0o600]);
  }
});

test('in plain text no key is left', () => {
  const { keystoreFile } = new KafkaFolder(path, users);
  const plain = new KafkaFolder(path, undefined);
  plain.prepare({});
  expect(plain.keystoreFile).toBeUndefined();
  expect(existsSync(keystoreFile!)).toBe(false);
});
