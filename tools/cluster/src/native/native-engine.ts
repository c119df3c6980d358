import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { appArguments, createAppMember } from '../app-member.js';
import type { ClusterLayout } from '../cluster-layout.js';
import type { AppInput, Engine, KafkaInput, PostgresInput } from '../engine.js';
import { cloneFolder } from '../home.js';
import { createKafkaMember, findKafka, type KafkaSoftware } from './kafka-process.js';
import { NativeLauncher } from './native-launcher.js';
import { runNativeProgram } from './native-program.js';
import type { OsUser } from '../os-user.js';
import type { MemberKind, MemberSpec } from '../member.js';
import { createPostgresMember, findPostgres, type PostgresBinaries } from './postgres-process.js';
import { KafkaFolder } from '../kafka-folder.js';
import type { Program, ProgramRun } from '../program.js';

/** Members as processes of this machine. */
export class NativeEngine implements Engine {
  readonly name = 'native';
  private readonly postgres: PostgresBinaries | undefined;
  private readonly kafka: KafkaSoftware | undefined;

  constructor(
    private readonly layout: ClusterLayout,
    kinds: readonly MemberKind[],
    private readonly owner: OsUser | undefined,
  ) {
    this.postgres = kinds.includes('postgres') ? findPostgres() : undefined;
    this.kafka = kinds.includes('kafka') ? findKafka(join(cloneFolder, 'tools/kafka')) : undefined;
  }

  postgresMember(input: PostgresInput): MemberSpec {
    return createPostgresMember({
      ...input,
      pidFile: this.layout.pidFile(input.name),
      folder: join(this.layout.nodeFolder(input.nodeId), 'postgres'),
      pgcryptoKeyFile: this.layout.pgcryptoKeyFile,
      owner: this.owner,
      binaries: this.postgres!,
    });
  }

  kafkaMember(input: KafkaInput): MemberSpec {
    return createKafkaMember({
      ...input,
      pidFile: this.layout.pidFile(input.name),
      folder: this.layout.kafkaFolder(input.nodeId),
      software: this.kafka!,
    });
  }

  appMember(input: AppInput): MemberSpec {
    const command = {
      file: process.execPath,
      args: appArguments(cloneFolder, input.kind),
      env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', TZ: 'UTC', ...input.environment },
      cwd: cloneFolder,
    };
    const { logFile } = input;
    const pidFile = this.layout.pidFile(input.name);
    return createAppMember(input, new NativeLauncher({ command: () => command, logFile, pidFile }));
  }

  runDatabaseProgram(program: Program): Promise<ProgramRun> {
    const inherited = process.env['PATH'] ?? '/usr/bin:/bin';
    const path = this.postgres ? `${this.postgres.folder}:${inherited}` : inherited;
    return runNativeProgram(program, path);
  }

  runKafkaProgram(
    _nodeId: number,
    program: Pick<Program, 'args' | 'input' | 'timeoutMs'>,
  ): Promise<ProgramRun> {
    const { java, jarsFolder } = this.kafka!;
    const args = ['-XX:TieredStopAtLevel=1', '-cp', join(jarsFolder, '*'), ...program.args];
    const path = '/usr/bin:/bin';
    return runNativeProgram({ ...program, file: java, args, env: {}, cwd: cloneFolder }, path);
  }

  async brokerSetting(nodeId: number, name: string): Promise<string | undefined> {
    return new KafkaFolder(this.layout.kafkaFolder(nodeId), undefined).setting(name);
  }

  async replacePgcryptoKey(key: string): Promise<void> {
    // The same file as before: it is the servers' user's, and stays so.
    writeFileSync(this.layout.pgcryptoKeyFile, key);
  }

  /** Everything that is ours is in the home. */
  async remove(): Promise<void> {
    return undefined;
  }
}
