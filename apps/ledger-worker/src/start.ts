import 'reflect-metadata';
import { Catch, Module, type ExceptionFilter } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { loadConfig, parseLedgerWorkerConfig, type LedgerWorkerConfig } from '@billing/config';
import { assertDatabaseMatches } from '@billing/database';
import { stopOnSignals, type StartProgress } from '@billing/lifecycle';
import { createLog, HealthServer, NestLog, type Log } from '@billing/observability';
import { throwError, type Observable } from 'rxjs';
import { LedgerWorker } from './ledger-worker.js';
import { PayInBatchApplier } from './pay-in-batch-applier.js';
import { PayInConsumer } from './pay-in-consumer.js';

const STOP_DEADLINE_MS = 8_000;

@Module({})
class LedgerWorkerModule {}

/** Nest would swallow the error and answer with another; the transport needs the real one. */
@Catch()
class PassErrorsOn implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

async function run(config: LedgerWorkerConfig, log: Log, progress: StartProgress): Promise<void> {
  const worker = new LedgerWorker(config, log);
  const health = new HealthServer(() => worker.faults(), worker.metrics);
  const port = await health.listen(config.http.host, config.http.port);
  await progress.step('asking PostgreSQL which node it is', () =>
    assertDatabaseMatches(worker.database, config.nodeId),
  );

  const app = await NestFactory.createMicroservice(
    {
      module: LedgerWorkerModule,
      controllers: [PayInConsumer],
      providers: [{ provide: PayInBatchApplier, useValue: worker.applier }],
    },
    { strategy: worker.server, logger: new NestLog(log) },
  );
  app.useGlobalFilters(new PassErrorsOn());

  const stop = stopOnSignals({
    stop: async () => {
      log.info('stopping');
      await app.close();
      await worker.close();
      await health.close();
      log.info('stopped');
    },
    deadlineMs: STOP_DEADLINE_MS,
    onLate: () => log.error('stopping took too long'),
    onError: (error) => log.error({ err: error }, 'stopping failed'),
  });
  worker.server.on('crashed', (error) => {
    log.fatal({ err: error }, 'the consumer cannot go on');
    stop(1);
  });

  worker.startTasks();
  await progress.step('joining the consumer group', () => app.listen());
  log.info(
    { port, brokers: config.kafka.brokers, ...progress.end() },
    'ledger worker is consuming',
  );
}

/** What cannot be started ends the process, and says why. */
export async function start(progress: StartProgress): Promise<void> {
  const config = loadConfig('ledger-worker', parseLedgerWorkerConfig);
  const log = createLog({ app: 'ledger-worker', nodeId: config.nodeId, level: config.logLevel });
  try {
    await run(config, log, progress);
  } catch (error) {
    log.fatal({ err: error }, 'the ledger worker could not start');
    process.exit(1);
  }
}
