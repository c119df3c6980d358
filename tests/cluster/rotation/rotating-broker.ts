import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { trySetPasswords, withAdmin } from '@billing/kafka/admin';
import type { Cluster } from '@billing/cluster';
import { eventually } from '@billing/testing';
import kafkajs, { type Admin, type AclEntry } from 'kafkajs';

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, Kafka, logLevel } = kafkajs;
const { ResourcePatternTypes } = kafkajs;

const clientId = 'operator';
const TOOL_MS = 60_000;

const anyRight = {
  resourceType: AclResourceTypes.ANY,
  resourcePatternType: ResourcePatternTypes.ANY,
  operation: AclOperationTypes.ANY,
  permissionType: AclPermissionTypes.ANY,
};

/** What an operator changes at a broker that goes on: its users, and the certificate that it shows. */
export class RotatingBroker {
  private stores = 0;

  constructor(
    private readonly cluster: Cluster,
    private readonly nodeId: number,
  ) {}

  /** A second name with the same rights and a password of its own, in its file. */
  async addTwin(user: string, twin: string): Promise<void> {
    const password = randomBytes(18).toString('base64url');
    await this.setPassword(twin, password);
    writeFileSync(this.cluster.secrets.passwordFile(twin), password, { mode: 0o600 });
    await this.asOperator(async (admin) => {
      const rights = await rightsOf(admin, user);
      await admin.createAcls({
        acl: rights.map((right) => ({ ...right, principal: `User:${twin}` })),
      });
      await eventually(
        () => rightsOf(admin, twin),
        (held) => held.length === rights.length && held.length > 0,
      );
    });
  }

  /** It has no rights, and a password that nobody knows. */
  async removeUser(user: string): Promise<void> {
    await this.asOperator((admin) =>
      admin.deleteAcls({ filters: [{ ...anyRight, principal: `User:${user}` }] }),
    );
    await this.setPassword(user, randomBytes(18).toString('base64url'));
  }

  /** Whom it believes is read first: it takes no certificate that it does not believe itself. */
  async readStores(): Promise<void> {
    const { caFile, certFile, keyFile } = this.cluster.tls!;
    await this.readStore('truststore', [caFile]);
    await this.readStore('keystore', [keyFile, certFile]);
  }

  /**
   * At the listener of clients. Kafka reads a store when it is told another name of it; that of the controller's listener only
   * at its start (KAFKA-20025, KAFKA-20583).
   */
  private async readStore(store: string, parts: readonly string[]): Promise<void> {
    this.stores += 1;
    const folder = join(this.cluster.home, `dc${this.nodeId}/kafka`);
    const file = join(folder, `${store}-${this.stores}.pem`);
    const text = parts.map((part) => readFileSync(part, 'utf8')).join('\n');
    writeFileSync(file, text, { mode: 0o600 });
    const settings = { type: 'PEM', location: file };
    const named = Object.entries(settings).map(
      ([name, value]) => `listener.name.clients.ssl.${store}.${name}=${value}`,
    );
    const login = ['--command-config', join(folder, 'admin.properties')];
    const broker = ['--bootstrap-server', this.cluster.kafkaBroker(this.nodeId), ...login];
    const which = ['--alter', '--entity-type', 'brokers', '--entity-name', String(this.nodeId)];
    const { code, output } = await this.cluster.runKafkaProgram(this.nodeId, {
      args: ['kafka.admin.ConfigCommand', ...broker, ...which, '--add-config', named.join()],
      timeoutMs: TOOL_MS,
    });
    expect([code, output]).toEqual([0, expect.stringContaining('Completed updating config')]);
  }

  private asOperator<T>(act: (admin: Admin) => Promise<T>): Promise<T> {
    const { brokers, ssl, sasl } = this.cluster.kafkaConnection(this.nodeId);
    const login = { ...(ssl && { ssl }), ...(sasl && { sasl }) };
    return withAdmin(new Kafka({ brokers, clientId, ...login, logLevel: logLevel.NOTHING }), act);
  }

  private async setPassword(user: string, password: string): Promise<void> {
    const { brokers, ssl, sasl } = this.cluster.kafkaConnection(this.nodeId);
    const operator = { brokers, clientId, security: { ssl, sasl } };
    expect(await trySetPasswords(operator, { [user]: password })).toBe(true);
  }
}

async function rightsOf(admin: Admin, user: string): Promise<AclEntry[]> {
  const principal = `User:${user}`;
  const { resources } = await admin.describeAcls({ ...anyRight, principal });
  return resources.flatMap(({ resourceType, resourceName, resourcePatternType, acls }) =>
    acls.map((right) => ({ ...right, resourceType, resourceName, resourcePatternType })),
  );
}
