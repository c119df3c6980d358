import { rmSync } from 'node:fs';
import { allSettled } from './all-settled.js';
import { appEnvironment, managementPort, requireBuilt } from './app-member.js';
import { ClusterError, explainSystemError } from './cluster-error.js';
import { ClusterLayout, layOutDatacenters } from './cluster-layout.js';
import {
  ClusterSecurity,
  type CoordinatorConnection,
  type KafkaConnection,
} from './cluster-security.js';
import type { TlsFiles } from './cluster-tls.js';
import { DockerEngine } from './docker/docker-engine.js';
import { engineNameOf, type Engine, type EngineName } from './engine.js';
import { cloneFolder, lockHome, makeTemporaryHome, prepareHome } from './home.js';
import { JwtKeys, writeDeveloperToken, type TokenClaims } from './jwt.js';
import { boundLogFiles } from './log-file.js';
import type { ClusterOptions } from './cluster-options.js';
import { NativeEngine } from './native/native-engine.js';
import { postgresOwner } from './os-user.js';
import {
  appKinds,
  isAppKind,
  isStore,
  Member,
  memberKinds,
  type AppKind,
  type MemberKind,
  type MemberSpec,
  type MemberStatus,
} from './member.js';
import { copyPgcryptoKey } from './pgcrypto-key.js';
import { runSqlPipeline } from './pipeline.js';
import type { Program, ProgramRun } from './program.js';
import { Secrets } from './secrets.js';
import {
  loadTopology,
  loginRolesOf,
  upstreamTopicList,
  type Datacenter,
  type NodePorts,
  type Topology,
} from './topology.js';

/** Datacenters on this machine, run by one engine or the other. Made by `startCluster` or `create`. */
export class Cluster {
  readonly security: ClusterSecurity;
  private readonly members: Member[];
  private releaseHome: (() => void) | undefined;
  private logTimer: NodeJS.Timeout | undefined;
  /** Aborted by stop(): a start that is under way ends with it. */
  private stopping = new AbortController();

  private constructor(
    private readonly options: ClusterOptions,
    readonly topology: Topology,
    readonly layout: ClusterLayout,
    readonly datacenters: readonly Datacenter[],
    readonly secrets: Secrets,
    readonly jwt: JwtKeys,
    private readonly engine: Engine,
    private readonly isTemporary: boolean,
  ) {
    this.security = new ClusterSecurity(options, topology, secrets, layout.tlsFolder);
    this.members = this.datacenters.flatMap((datacenter) =>
      this.kinds.map(
        (kind) => new Member(this.memberSpec(kind, datacenter), options.restart, this.log),
      ),
    );
  }

  /** Everything but processes: the home, its secrets and ports. Nothing runs yet. */
  static async create(options: ClusterOptions = {}): Promise<Cluster> {
    try {
      return await Cluster.prepare(options);
    } catch (error) {
      throw explainSystemError(error);
    }
  }

  private static async prepare(options: ClusterOptions): Promise<Cluster> {
    const kinds = options.members ?? memberKinds;
    requireBuilt(cloneFolder, kinds);
    const engineName = options.engine ?? engineNameOf(process.env);
    // In containers the servers have users of their own, and their files too.
    const isNative = engineName === 'native';
    const owner = isNative && kinds.includes('postgres') ? postgresOwner() : undefined;
    const home = options.home ?? makeTemporaryHome();
    prepareHome(home, owner, options.home === undefined);
    const topology = loadTopology();
    const layout = new ClusterLayout(home);
    const secrets = new Secrets(layout.secretsFolder);
    const jwt = new JwtKeys(layout.jwtFolder);
    await writeDeveloperToken(jwt, layout.tokenFile);
    copyPgcryptoKey(layout, owner);
    const nodeCount = options.nodeCount ?? 3;
    const nodeIds = Array.from({ length: nodeCount }, (_, index) => index + 1);
    const kafkaUsers = options.kafkaUsers ? Object.values(topology.kafkaUsers) : [];
    for (const name of [topology.superuser, ...loginRolesOf(topology, nodeIds), ...kafkaUsers])
      secrets.password(name);
    return new Cluster(
      options,
      topology,
      layout,
      await layOutDatacenters(layout, topology, nodeCount, options.ports ?? 'free'),
      secrets,
      jwt,
      isNative ? new NativeEngine(layout, kinds, owner) : new DockerEngine(layout),
      options.home === undefined,
    );
  }

  get engineName(): EngineName {
    return this.engine.name;
  }

  get home(): string {
    return this.layout.home;
  }

  get nodeIds(): number[] {
    return this.datacenters.map(({ nodeId }) => nodeId);
  }

  get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  ports(nodeId: number): NodePorts {
    return this.datacenter(nodeId).ports;
  }

  /** Without a password, as DATABASE_URL wants it. */
  databaseUrl(nodeId: number, role = this.topology.superuser): string {
    const { host, database } = this.topology;
    const url = `postgres://${role}@${host}:${this.ports(nodeId).postgres}/${database}`;
    return this.security.databaseUrl(url);
  }

  /** With the password in it, for tests and people. */
  connectionString(nodeId: number, role = this.topology.superuser): string {
    return this.databaseUrl(nodeId, role).replace('@', `:${this.secrets.password(role)}@`);
  }

  kafkaBroker(nodeId: number): string {
    return `${this.topology.host}:${this.ports(nodeId).kafka}`;
  }

  /** For a client of kafkajs, as the admin where brokers know users. */
  kafkaConnection(nodeId: number): KafkaConnection {
    return this.security.kafkaConnection(this.kafkaBroker(nodeId));
  }

  gatewayUrl(nodeId: number): string {
    return `${this.security.scheme}://${this.topology.host}:${this.ports(nodeId).gateway}`;
  }

  coordinatorAddress(nodeId: number): string {
    return `${this.topology.host}:${this.ports(nodeId).coordinatorGrpc}`;
  }

  /** Of a node, or at an address, with the certificate that it wants to see; for `connectBilling`. */
  coordinatorConnection(at: number | string): CoordinatorConnection {
    const address = typeof at === 'string' ? at : this.coordinatorAddress(at);
    return this.security.coordinatorConnection(address);
  }

  /** At the management port, as `/metrics` is. */
  healthUrl(kind: AppKind, nodeId: number): string {
    return `${this.security.scheme}://${this.topology.host}:${managementPort(kind, this.ports(nodeId))}/health/ready`;
  }

  signToken(claims: TokenClaims = { sub: 'developer' }): Promise<string> {
    return this.jwt.signToken(claims);
  }

  /** The environment that this cluster gives to an app, for a test that starts one itself. */
  appEnvironment(kind: AppKind, nodeId: number): Record<string, string> {
    const given = appEnvironment(kind, {
      nodeId,
      host: this.topology.host,
      ports: this.ports(nodeId),
      databaseUrl: (role) => this.databaseUrl(nodeId, role),
      passwordFile: (role) => this.secrets.passwordFile(role),
      kafkaBrokers: this.kafkaBroker(nodeId),
      kafkaUsers: this.options.kafkaUsers ? this.topology.kafkaUsers : undefined,
      upstreamTopics: this.options.kafkaUsers ? upstreamTopicList(this.topology) : '',
      jwtPublicKeyFile: this.jwt.publicKeyFile,
      peerGateways: this.nodeIds
        .filter((peer) => peer !== nodeId)
        .map((peer) => `${peer}=${this.gatewayUrl(peer)}`)
        .join(' '),
    });
    const nodeEnvironment = this.options.nodeEnvironment ?? 'test';
    const secured = this.security.appEnvironment(kind);
    const wanted = this.options.appEnvironment?.[kind];
    return { NODE_ENV: nodeEnvironment, ...given, ...secured, ...wanted };
  }

  /** Makes the home ours, or says who has it. start() does so too. */
  lock(): void {
    this.releaseHome ??= lockHome(this.home);
  }

  /** Stores, then the pipeline on PostgreSQL, then the apps. Fails whole: nothing stays up. */
  async start(): Promise<void> {
    this.stopping = new AbortController();
    this.lock();
    const logFiles = this.members.map(({ spec }) => spec.logFile);
    this.logTimer ??= boundLogFiles([...logFiles, this.layout.pipelineLogFile]);
    try {
      await this.stopLeftovers();
      this.security.prepare();
      // All of them before anything runs: what is in the way is said at once.
      await Promise.all(this.members.map((member) => member.assertPortsFree()));
      await allSettled([
        this.timed('Kafka', () => this.startKind('kafka')),
        this.timed('PostgreSQL', () => this.startKind('postgres')).then(() =>
          this.wantsPipeline ? this.timed('SQL pipeline', () => this.runPipeline()) : undefined,
        ),
      ]);
      if (this.kinds.some(isAppKind)) {
        await this.timed('apps', () => allSettled(appKinds.map((kind) => this.startKind(kind))));
      }
    } catch (error) {
      await this.stop();
      throw explainSystemError(error);
    }
  }

  /** Apps first, then PostgreSQL and Kafka together; within 10 s, by SIGKILL if need be. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.stopMembers(this.members);
    clearInterval(this.logTimer);
    this.logTimer = undefined;
    this.releaseHome?.();
    this.releaseHome = undefined;
  }

  /** Stops, and removes what the engine keeps, and the home if it was a temporary one. */
  async destroy(): Promise<void> {
    try {
      await this.options.beforeDestroy?.();
    } finally {
      await this.stop();
      await this.engine.remove();
      if (this.isTemporary) rmSync(this.home, { recursive: true, force: true });
    }
  }

  /** Ends what a supervisor that was killed left running in this home. */
  async stopLeftovers(): Promise<void> {
    await allSettled(this.members.map((member) => member.clearLeftovers()));
  }

  async startNode(nodeId: number): Promise<void> {
    const members = this.membersOf(nodeId);
    await allSettled(members.filter(isStore).map((member) => member.start()));
    await allSettled(members.filter((member) => !isStore(member)).map((member) => member.start()));
  }

  stopNode(nodeId: number): Promise<void> {
    return this.stopMembers(this.membersOf(nodeId));
  }

  startMember(kind: MemberKind, nodeId: number): Promise<void> {
    return this.member(kind, nodeId).start();
  }

  stopMember(kind: MemberKind, nodeId: number): Promise<void> {
    return this.member(kind, nodeId).stop();
  }

  /** SIGKILL to all of the member. Without a restart policy it stays away. */
  killMember(kind: MemberKind, nodeId: number): Promise<void> {
    return this.member(kind, nodeId).kill();
  }

  /** Connections stay open and nobody answers. */
  pauseMember(kind: MemberKind, nodeId: number): Promise<void> {
    return this.member(kind, nodeId).pause();
  }

  resumeMember(kind: MemberKind, nodeId: number): Promise<void> {
    return this.member(kind, nodeId).resume();
  }

  status(): MemberStatus[] {
    return this.members.map((member) => member.status());
  }

  memberStatus(kind: MemberKind, nodeId: number): MemberStatus {
    return this.member(kind, nodeId).status();
  }

  memberLogFile(kind: MemberKind, nodeId: number): string {
    return this.member(kind, nodeId).spec.logFile;
  }

  /** psql, or a script that calls it; all its files are in the clone or in the home. */
  runDatabaseProgram(program: Program): Promise<ProgramRun> {
    return this.engine.runDatabaseProgram(program);
  }

  /** A main class of Kafka's tools with its arguments. */
  runKafkaProgram(
    nodeId: number,
    program: Pick<Program, 'args' | 'input' | 'timeoutMs'>,
  ): Promise<ProgramRun> {
    return this.engine.runKafkaProgram(nodeId, program);
  }

  /** As the broker was last told it; undefined: it never started. */
  brokerSetting(nodeId: number, name: string): Promise<string | undefined> {
    return this.engine.brokerSetting(nodeId, name);
  }

  /** Gives all database servers another pgcrypto key, as whoever runs them might. */
  replacePgcryptoKey(key: string): Promise<void> {
    return this.engine.replacePgcryptoKey(key);
  }

  /** Safe to call again: it changes nothing that is there. */
  runPipeline(): Promise<void> {
    const { host, database, superuser } = this.topology;
    const nodes = this.datacenters.map(
      ({ nodeId, ports }) => [nodeId, `${host}:${ports.postgres}`] as const,
    );
    return runSqlPipeline({
      cloneFolder,
      nodes,
      peerAddress: this.options.peerAddress ?? (() => undefined),
      signal: this.stopping.signal,
      database,
      superuser,
      secretsFolder: this.layout.secretsFolder,
      runProgram: (program) => this.runDatabaseProgram(program),
      links: this.security.pipelineEnvironment,
      sampleData: this.options.sampleData ?? false,
      nodeEnvironment: this.options.nodeEnvironment ?? 'test',
      logFile: this.layout.pipelineLogFile,
      log: (line) => this.log(`  ${line}`),
    });
  }

  /** Undefined: in plain text. The files are made by start(). */
  get tls(): TlsFiles | undefined {
    return this.security.tls;
  }

  private get kinds(): MemberKind[] {
    const wanted = this.options.members ?? memberKinds;
    return memberKinds.filter((kind) => wanted.includes(kind));
  }

  private get wantsPipeline(): boolean {
    return this.options.pipeline ?? this.kinds.some(isAppKind);
  }

  private readonly log = (line: string): void => this.options.log?.(line);

  private async timed(what: string, step: () => Promise<unknown>): Promise<void> {
    if (this.isStopping) throw new ClusterError('STOPPED', 'stopped while starting');
    const startedMs = performance.now();
    await step();
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    this.log(`${what}: ${seconds} s`);
  }

  private startKind(kind: MemberKind): Promise<void> {
    return allSettled(this.members.filter(({ spec }) => spec.kind === kind).map((p) => p.start()));
  }

  private async stopMembers(members: readonly Member[]): Promise<void> {
    try {
      await allSettled(members.filter((member) => !isStore(member)).map((member) => member.stop()));
    } finally {
      await allSettled(members.filter(isStore).map((member) => member.stop()));
    }
  }

  private datacenter(nodeId: number): Datacenter {
    const found = this.datacenters.find((datacenter) => datacenter.nodeId === nodeId);
    if (!found) throw new ClusterError('BAD_REQUEST', `there is no datacenter dc${nodeId}`);
    return found;
  }

  private membersOf(nodeId: number): Member[] {
    const { name } = this.datacenter(nodeId);
    return this.members.filter(({ spec }) => spec.name.startsWith(`${name}/`));
  }

  private member(kind: MemberKind, nodeId: number): Member {
    const found = this.membersOf(nodeId).find(({ spec }) => spec.kind === kind);
    if (!found) throw new ClusterError('BAD_REQUEST', `dc${nodeId} runs no ${kind}`);
    return found;
  }

  private memberSpec(kind: MemberKind, datacenter: Datacenter): MemberSpec {
    const { nodeId, ports } = datacenter;
    const name = `${datacenter.name}/${kind}`;
    const { host, database, superuser } = this.topology;
    const place = { nodeId, name, host, logFile: this.layout.logFile(name) };
    if (kind === 'postgres') {
      return this.engine.postgresMember({
        ...place,
        port: ports.postgres,
        database,
        superuser,
        secrets: this.secrets,
        tls: this.tls,
        options: this.options.postgres ?? {},
      });
    }
    if (kind === 'kafka') {
      return this.engine.kafkaMember({
        ...place,
        port: ports.kafka,
        controllerPort: ports.kafkaController,
        topics: this.options.kafka?.topics ?? this.security.topics,
        users: this.security.kafkaUsers,
        options: this.options.kafka ?? {},
      });
    }
    return this.engine.appMember({
      ...place,
      kind,
      ports,
      tls: this.tls,
      environment: this.appEnvironment(kind, nodeId),
    });
  }
}

export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const cluster = await Cluster.create(options);
  try {
    await cluster.start();
  } catch (error) {
    await cluster.destroy();
    throw error;
  }
  return cluster;
}
