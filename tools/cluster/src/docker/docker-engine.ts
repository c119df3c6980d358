import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appArguments, createAppMember } from '../app-member.js';
import type { ClusterLayout } from '../cluster-layout.js';
import type { AppInput, Engine, KafkaInput, PostgresInput } from '../engine.js';
import { cloneFolder } from '../home.js';
import { KafkaFolder } from '../kafka-folder.js';
import type { MemberSpec } from '../member.js';
import type { Program, ProgramRun } from '../program.js';
import { datacenterName } from '../topology.js';
import { ClientContainer, currentUser } from './client-container.js';
import { ContainerLauncher } from './container-launcher.js';
import { runInContainer } from './container-program.js';
import {
  findContainer,
  loadImages,
  removeContainersOf,
  type ContainerPlace,
} from './docker-runtime.js';
import { createKafkaContainer, kafkaLauncher, variableOf } from './kafka-container.js';
import { createPostgresContainer, takeSecretsAgain } from './postgres-container.js';

/** Members as containers in the network of this machine. */
export class DockerEngine implements Engine {
  readonly name = 'docker';
  private readonly client: ClientContainer;
  private readonly postgresNames: string[] = [];
  private readonly kafkas = new Map<number, ContainerLauncher>();

  constructor(private readonly layout: ClusterLayout) {
    this.client = new ClientContainer(this.place('client'));
  }

  postgresMember(input: PostgresInput): MemberSpec {
    const place = this.place(input.name);
    this.postgresNames.push(place.containerName);
    const { pgcryptoKeyFile } = this.layout;
    const folder = join(this.layout.nodeFolder(input.nodeId), 'postgres');
    return createPostgresContainer({ ...input, place, pgcryptoKeyFile, folder });
  }

  kafkaMember(input: KafkaInput): MemberSpec {
    const topicsFile = join(this.layout.home, 'run', `${input.name.replace('/', '-')}.topics`);
    const folder = new KafkaFolder(this.layout.kafkaFolder(input.nodeId), input.users);
    const whole = { ...input, place: this.place(input.name), folder, topicsFile };
    const launcher = kafkaLauncher(whole);
    this.kafkas.set(input.nodeId, launcher);
    return createKafkaContainer(whole, launcher);
  }

  /** The clone as it is built, run by the image's Node: no image is built to test a change. */
  appMember(input: AppInput): MemberSpec {
    const recipe = {
      image: loadImages().node,
      entrypoint: ['node'],
      command: appArguments(cloneFolder, input.kind),
      environment: { LANG: 'C.UTF-8', TZ: 'UTC', ...input.environment },
      mounts: [{ source: cloneFolder }, { source: this.layout.home }],
      // Who may read the passwords.
      user: currentUser(),
      workingFolder: cloneFolder,
    };
    const place = this.place(input.name);
    return createAppMember(input, new ContainerLauncher(place, recipe, input.logFile));
  }

  runDatabaseProgram(program: Program): Promise<ProgramRun> {
    return this.client.run(program);
  }

  runKafkaProgram(
    nodeId: number,
    program: Pick<Program, 'args' | 'input' | 'timeoutMs'>,
  ): Promise<ProgramRun> {
    const args = ['-XX:TieredStopAtLevel=1', '-cp', '/opt/kafka/libs/*', ...program.args];
    const { container } = this.kafkas.get(nodeId)!;
    return runInContainer(container, { ...program, file: 'java', args, env: {} });
  }

  async brokerSetting(nodeId: number, name: string): Promise<string | undefined> {
    const container = await findContainer(
      this.place(`${datacenterName(nodeId)}/kafka`).containerName,
    );
    if (container === undefined) return undefined;
    const start = `${variableOf(name)}=`;
    const { Env: variables } = (await container.inspect()).Config;
    return variables.find((variable) => variable.startsWith(start))?.slice(start.length) ?? '';
  }

  async replacePgcryptoKey(key: string): Promise<void> {
    writeFileSync(this.layout.pgcryptoKeyFile, key);
    for (const name of this.postgresNames) {
      const container = await findContainer(name);
      // Those that do not run take it when they start.
      if ((await container?.inspect())?.State.Running) await takeSecretsAgain(container!);
    }
  }

  remove(): Promise<void> {
    return removeContainersOf(this.layout.home);
  }

  private place(memberName: string): ContainerPlace {
    const { home } = this.layout;
    const hash = createHash('sha256').update(home).digest('hex').slice(0, 12);
    return {
      home,
      memberName,
      containerName: `geo-billing-${hash}-${memberName.replace('/', '-')}`,
    };
  }
}
