export { makeCertificates, type Certificates } from '@billing/cluster';
export { AppProcess } from './app-process.js';
export { assertEncrypted } from './encryption.js';
export { eventually } from './eventually.js';
export {
  invariants,
  settledInvariants,
  untilClean,
  violationsOf,
} from './invariants/invariants.js';
export type { Checker } from './invariants/checker.js';
export { Ledger } from './ledger.js';
export { inLongRun, isLongRun } from './long-run.js';
export {
  createProxiedCluster,
  NodeLinks,
  startProxiedCluster,
  type ProxiedCluster,
} from './proxied-cluster.js';
export { createCluster, createEncrypted, startCluster } from './started-cluster.js';
export {
  TcpProxy,
  type LinkDelay,
  type LinkDirection,
  type SetTrap,
  type TcpAddress,
  type TcpProxyOptions,
  type Trap,
} from './tcp-proxy.js';
