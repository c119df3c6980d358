export { NativeCluster, startNativeCluster } from './native-cluster.js';
export type { NativeClusterOptions } from './native-cluster.options.js';
export { ClusterError, type ClusterErrorCode } from './cluster-error.js';
export {
  loadTopology,
  topologyFile,
  type Datacenter,
  type NodePorts,
  type Topic,
  type Topology,
} from './topology.js';
export {
  appKinds,
  defaultRestartPolicy,
  partKinds,
  type AppKind,
  type PartKind,
  type PartState,
  type PartStatus,
  type RestartPolicy,
} from './part.js';
export { createTopics, isBrokerAnswering } from './kafka-wire.js';
export { findFreePorts, isPortFree } from './ports.js';
export { JwtKeys, type TokenClaims } from './jwt.js';
export { readDeveloperToken, RunningCluster, type RunningDatacenter } from './running-cluster.js';
export type { KafkaOptions } from './kafka-part.js';
export type { PostgresOptions } from './postgres-part.js';
