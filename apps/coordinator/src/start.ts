import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Transport, type GrpcOptions } from '@nestjs/microservices';
import { loadConfig, parseCoordinatorConfig, type CoordinatorConfig } from '@billing/config';
import {
  BILLING_PACKAGE,
  BILLING_PROTO_FILE,
  BILLING_PROTO_OPTIONS,
  OPERATIONS_PROTO_FILE,
} from '@billing/contracts';
import { PeriodicTask, stopOnSignals, type StartProgress } from '@billing/lifecycle';
import { createLog, HealthServer, NestLog, type Log } from '@billing/observability';
import { AccountDesk } from './accounts/account-desk.js';
import { BillingController } from './accounts/account.controller.js';
import { BillingErrorFilter, describeError } from './grpc/billing-error.filter.js';
import { ClientAccess } from './grpc/client-access.js';
import { Coordinator } from './coordinator.js';
import { CoordinatorSettings } from './grpc/call-deadline.js';
import { GrpcServices } from './grpc/grpc-services.js';
import { LetterController } from './letters/letter.controller.js';
import { LetterDesk } from './letters/letter-desk.js';
import { PayOutController } from './pay-outs/pay-out.controller.js';
import { PayOutDesk } from './pay-outs/pay-out-desk.js';
import { PayOutStreams } from './pay-outs/pay-out-streams.js';
import { Reflection } from './grpc/reflection.js';

const CALLS_END_MS = 2_500;
const STOP_DEADLINE_MS = 8_000;
const HEALTH_INTERVAL_MS = 1_000;
const REQUEST_BYTES_MAX = 65_536;

@Module({})
class CoordinatorModule {}

function grpcOptions(config: CoordinatorConfig, services: GrpcServices): GrpcOptions {
  return {
    transport: Transport.GRPC,
    options: {
      url: `${config.grpc.host}:${config.grpc.port}`,
      package: BILLING_PACKAGE,
      protoPath: [BILLING_PROTO_FILE, OPERATIONS_PROTO_FILE],
      loader: BILLING_PROTO_OPTIONS,
      maxReceiveMessageLength: REQUEST_BYTES_MAX,
      gracefulShutdown: true,
      onLoadPackageDefinition: (_definition, server) => services.add(server),
    },
  };
}

async function run(config: CoordinatorConfig, log: Log, progress: StartProgress): Promise<void> {
  const coordinator = new Coordinator(config, log);
  const health = new HealthServer(() => coordinator.faults(), coordinator.metrics);
  await health.listen(config.http.host, config.http.port);
  await progress.step('asking PostgreSQL which node it is', () =>
    coordinator.assertDatabaseMatches(),
  );

  const letters = new LetterDesk({
    database: coordinator.database,
    describeError: (error) => describeError(error, log),
  });
  const services = new GrpcServices(new Reflection(coordinator.access, log));
  const app = await NestFactory.createMicroservice<GrpcOptions>(
    {
      module: CoordinatorModule,
      controllers: [BillingController, PayOutController, LetterController],
      providers: [
        { provide: AccountDesk, useValue: coordinator.desk },
        { provide: PayOutDesk, useValue: coordinator.payOuts },
        { provide: LetterDesk, useValue: letters },
        { provide: PayOutStreams, useValue: coordinator.payOutStreams },
        { provide: ClientAccess, useValue: coordinator.access },
        { provide: CoordinatorSettings, useValue: coordinator.settings },
      ],
    },
    { ...grpcOptions(config, services), logger: new NestLog(log) },
  );
  app.useGlobalFilters(new BillingErrorFilter(log));
  const healthTask = new PeriodicTask({
    intervalMs: HEALTH_INTERVAL_MS,
    run: async () => services.setServing(Object.keys(await coordinator.faults()).length === 0),
    onError: (error) => log.warn({ err: error }, 'health could not be told'),
  });

  stopOnSignals({
    stop: async () => {
      log.info('stopping');
      await healthTask.stop();
      services.setServing(false);
      const late = setTimeout(() => services.forceShutdown(), CALLS_END_MS);
      // Together: a call that comes meanwhile hears that it was not begun.
      await Promise.all([coordinator.finishPayOuts(CALLS_END_MS), app.close()]);
      clearTimeout(late);
      await coordinator.close();
      await health.close();
      log.info('stopped');
    },
    deadlineMs: STOP_DEADLINE_MS,
    onLate: () => log.error('stopping took too long'),
    onError: (error) => log.error({ err: error }, 'stopping failed'),
  });

  await progress.step('listening', () => app.listen());
  healthTask.start();
  coordinator.start();
  const grpc = `${config.grpc.host}:${config.grpc.port}`;
  log.info({ grpc, ...progress.end() }, 'coordinator takes calls');
}

/** What cannot be started ends the process, and says why. */
export async function start(progress: StartProgress): Promise<void> {
  const config = loadConfig('coordinator', parseCoordinatorConfig);
  const log = createLog({ app: 'coordinator', nodeId: config.nodeId, level: config.logLevel });
  try {
    await run(config, log, progress);
  } catch (error) {
    log.fatal({ err: error }, 'the coordinator could not start');
    process.exit(1);
  }
}
