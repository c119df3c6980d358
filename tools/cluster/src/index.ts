export { appArguments } from './app-member.js';
export { Cluster, startCluster } from './cluster.js';
export type { ClusterOptions } from './cluster-options.js';
export type {
  ClusterSecurity,
  CoordinatorConnection,
  KafkaConnection,
} from './cluster-security.js';
export type { TlsFiles } from './cluster-tls.js';
export type { EngineName } from './engine.js';
export type { Program, ProgramRun } from './program.js';
export { ClusterError, type ClusterErrorCode } from './cluster-error.js';
export {
  loadTopology,
  loginRolesOf,
  topologyFile,
  type Datacenter,
  type NodePorts,
  type Topic,
  type Topology,
} from './topology.js';
export {
  appKinds,
  defaultRestartPolicy,
  memberKinds,
  type AppKind,
  type MemberKind,
  type MemberState,
  type MemberStatus,
  type RestartPolicy,
} from './member.js';
export { makeCertificates, type Certificates } from './certificates.js';
export { createTopics, isBrokerAnswering } from './broker.js';
export { findFreePorts, isPortFree } from './ports.js';
export { describeProcess } from './process-table.js';
export { developerScopes, JwtKeys, type TokenClaims } from './jwt.js';
export { readDeveloperToken, RunningCluster, type RunningDatacenter } from './running-cluster.js';
export type { KafkaLogin } from './kafka-users.js';
export type { KafkaOptions, SecuredListener } from './kafka-settings.js';
export type { PostgresOptions } from './postgres-settings.js';
export { createRootCommand, parseCount } from './command-line/root-command.js';
export { runSelfCheck } from './command-line/self-check.js';
export {
  formatMarkdown,
  formatRows,
  formatTable,
  makePrintable,
  toTheRight,
  type Column,
} from './command-line/table.js';
