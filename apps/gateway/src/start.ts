import 'reflect-metadata';
import { loadConfig, parseGatewayConfig, type GatewayConfig } from '@billing/config';
import { stopOnSignals, type StartProgress } from '@billing/lifecycle';
import { createLog, type Log } from '@billing/observability';
import { Gateway } from './gateway.js';

const STOP_DEADLINE_MS = 9_000;

async function run(config: GatewayConfig, log: Log, progress: StartProgress): Promise<void> {
  const gateway = new Gateway(config, log, (error) => {
    log.fatal({ err: error }, 'this is not the database to work with');
    stop(1);
  });
  const stop = stopOnSignals({
    stop: async () => {
      log.info('stopping');
      await gateway.stop();
      log.info('stopped');
    },
    deadlineMs: STOP_DEADLINE_MS,
    onLate: () => log.error('stopping took too long'),
    onError: (error) => log.error({ err: error }, 'stopping failed'),
  });
  const port = await progress.step('listening', () => gateway.start());
  log.info({ host: config.http.host, port, ...progress.end() }, 'gateway is listening');
}

/** What cannot be started ends the process, and says why. */
export async function start(progress: StartProgress): Promise<void> {
  const config = loadConfig('gateway', parseGatewayConfig);
  const log = createLog({ app: 'gateway', nodeId: config.nodeId, level: config.logLevel });
  try {
    await run(config, log, progress);
  } catch (error) {
    log.fatal({ err: error }, 'the gateway could not start');
    process.exit(1);
  }
}
