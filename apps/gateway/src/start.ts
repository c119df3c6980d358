import 'reflect-metadata';
import { loadConfig, parseGatewayConfig } from '@billing/config';
import { runApp, type StartProgress } from '@billing/lifecycle';
import { createLog } from '@billing/observability';
import { Gateway } from './gateway.js';

const STOP_DEADLINE_MS = 9_000;

/** What cannot be started ends the process, and says why. */
export async function start(progress: StartProgress): Promise<void> {
  const config = loadConfig('gateway', parseGatewayConfig);
  const log = createLog({ app: 'gateway', nodeId: config.nodeId, level: config.logLevel });
  await runApp(progress, {
    name: 'gateway',
    makeApp: (fail) => new Gateway(config, log, fail),
    stopDeadlineMs: STOP_DEADLINE_MS,
    log,
  });
}
