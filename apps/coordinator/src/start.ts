import 'reflect-metadata';
import { loadConfig, parseCoordinatorConfig } from '@billing/config';
import { runApp, type StartProgress } from '@billing/lifecycle';
import { createLog } from '@billing/observability';
import { Coordinator } from './coordinator.js';

const STOP_DEADLINE_MS = 8_000;

/** What cannot be started ends the process, and says why. */
export async function start(progress: StartProgress): Promise<void> {
  const config = loadConfig('coordinator', parseCoordinatorConfig);
  const log = createLog({ app: 'coordinator', nodeId: config.nodeId, level: config.logLevel });
  await runApp(progress, {
    name: 'coordinator',
    makeApp: () => new Coordinator(config, log),
    stopDeadlineMs: STOP_DEADLINE_MS,
    log,
  });
}
