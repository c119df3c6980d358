import 'reflect-metadata';
import { loadConfig, parseLedgerWorkerConfig } from '@billing/config';
import { runApp, type StartProgress } from '@billing/lifecycle';
import { createLog } from '@billing/observability';
import { LedgerWorker } from './ledger-worker.js';

const STOP_DEADLINE_MS = 8_000;

/** What cannot be started ends the process, and says why. */
export async function start(progress: StartProgress): Promise<void> {
  const config = loadConfig('ledger-worker', parseLedgerWorkerConfig);
  const log = createLog({ app: 'ledger-worker', nodeId: config.nodeId, level: config.logLevel });
  await runApp(progress, {
    name: 'ledger worker',
    makeApp: (fail) => new LedgerWorker(config, log, fail),
    stopDeadlineMs: STOP_DEADLINE_MS,
    log,
  });
}
