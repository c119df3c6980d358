import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type AclEntry, type Admin, type Kafka } from 'kafkajs';
import {
  createImpatientClient,
  createKafkaClient,
  type KafkaClientOptions,
} from './kafka-client.js';
import { setScramPasswords } from './scram-users.js';

// A door of its own, `@billing/kafka/admin`: who brings a broker up waits for it, and Nest, which is behind
// the other one, takes longer to load than all of this.
const {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  KafkaJSAggregateError,
  ResourcePatternTypes,
} = kafkajs;

export type BrokerOptions = Omit<KafkaClientOptions, 'log'>;

export interface WantedTopic {
  readonly name: string;
  readonly partitions: number;
}

/** What a user may do: an ACL of Kafka that allows one operation on one resource, from every address. */
export interface KafkaRight {
  readonly user: string;
  readonly resource: 'TOPIC' | 'GROUP' | 'CLUSTER';
  readonly name: string;
  readonly operation: keyof typeof AclOperationTypes;
}

/** Asked once, at most as long as an impatient client waits. Never throws. */
export async function isBrokerAnswering(options: BrokerOptions): Promise<boolean> {
  try {
    await withAdmin(createImpatientClient(quiet(options)), async () => undefined);
    return true;
  } catch {
    return false;
  }
}

/**
 * Makes the topics that are missing, with one replica; those that exist stay as they are.
 * @throws Error naming the topic that the broker refuses, KafkaJSError
 */
export async function createTopics(
  options: BrokerOptions,
  topics: readonly WantedTopic[],
  timeoutMs: number,
): Promise<void> {
  const wanted = topics.map(({ name, partitions }) => ({
    topic: name,
    numPartitions: partitions,
    replicationFactor: 1,
  }));
  try {
    await withAdmin(createKafkaClient(quiet(options), timeoutMs), (admin) =>
      // The broker gives up before we do, and says so.
      admin.createTopics({ topics: wanted, timeout: timeoutMs - 1_000, waitForLeaders: false }),
    );
  } catch (error) {
    throw explainRefusal(error);
  }
}

/**
 * Gives users passwords for SCRAM-SHA-512 by the listener of a controller, which may have a mechanism of its own:
 * where no user has a password yet, nobody comes in by the brokers'. Never throws.
 */
export async function trySetPasswords(
  controller: BrokerOptions,
  passwords: Readonly<Record<string, string>>,
): Promise<boolean> {
  try {
    await setScramPasswords(createImpatientClient(quiet(controller)), passwords);
    return true;
  } catch {
    return false;
  }
}

const GRANT_POLL_MS = 50;
const GRANT_POLLS_MAX = 200;

/** Those that are there stay. Ends once the broker goes by them. @throws Error, KafkaJSError */
export async function grantRights(
  options: BrokerOptions,
  rights: readonly KafkaRight[],
): Promise<void> {
  const acl = rights.map(({ user, resource, name, operation }) => ({
    principal: `User:${user}`,
    host: '*',
    resourceType: AclResourceTypes[resource],
    resourceName: name,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    operation: AclOperationTypes[operation],
    permissionType: AclPermissionTypes.ALLOW,
  }));
  await withAdmin(createKafkaClient(quiet(options)), async (admin) => {
    await admin.createAcls({ acl });
    // The controller has answered; the broker hears of it a moment later.
    for (let polls = 0; polls < GRANT_POLLS_MAX; polls += 1) {
      const held = await listRights(admin);
      if (acl.every((entry) => held.has(nameOf(entry)))) return;
      await sleep(GRANT_POLL_MS);
    }
    throw new Error('the broker does not go by the rights that were granted');
  });
}

type NamedRight = Pick<AclEntry, 'resourceType' | 'resourceName' | 'principal' | 'operation'>;

const nameOf = ({ resourceType, resourceName, principal, operation }: NamedRight): string =>
  [resourceType, resourceName, principal, operation].join(' ');

/** What the broker goes by now. */
async function listRights(admin: Admin): Promise<ReadonlySet<string>> {
  const { resources } = await admin.describeAcls({
    resourceType: AclResourceTypes.ANY,
    resourcePatternType: ResourcePatternTypes.ANY,
    operation: AclOperationTypes.ANY,
    permissionType: AclPermissionTypes.ANY,
  });
  return new Set(
    resources.flatMap(({ resourceType, resourceName, acls }) =>
      acls.map((each) => nameOf({ ...each, resourceType, resourceName })),
    ),
  );
}

/** What failed reaches the caller. */
function quiet(options: BrokerOptions): KafkaClientOptions {
  const nothing = (): void => undefined;
  return { ...options, log: { debug: nothing, info: nothing, warn: nothing, error: nothing } };
}

/** What is done with an admin of its own, which goes whatever comes of it. */
export async function withAdmin<T>(kafka: Kafka, act: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await act(admin);
  } finally {
    await admin.disconnect();
  }
}

function explainRefusal(error: unknown): unknown {
  if (!(error instanceof KafkaJSAggregateError)) return error;
  // Of those that exist already kafkajs says so as well, where another was refused.
  const refused = (error.errors as { type?: string; topic?: string; message: string }[]).find(
    ({ type }) => type !== 'TOPIC_ALREADY_EXISTS',
  );
  if (refused === undefined) return error;
  return new Error(`topic ${refused.topic} was not made: ${refused.message}`, { cause: error });
}
