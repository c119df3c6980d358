import type { Server } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { BILLING_PACKAGE, BILLING_SERVICE, OPERATIONS_SERVICE } from '@billing/contracts';
import type { Reflection } from './reflection.js';

const SERVICE_NAMES = [
  '',
  `${BILLING_PACKAGE}.${BILLING_SERVICE}`,
  `${BILLING_PACKAGE}.${OPERATIONS_SERVICE}`,
];

/** The services that every gRPC server should have: reflection, and health, which wants no token. */
export class GrpcServices {
  private server: Pick<Server, 'addService' | 'forceShutdown'> | undefined;
  private readonly health = new HealthImplementation(
    Object.fromEntries(SERVICE_NAMES.map((name) => [name, 'NOT_SERVING' as const])),
  );

  constructor(private readonly reflection: Reflection) {}

  /** For Nest's `onLoadPackageDefinition`: adds them to its server. */
  add(server: Pick<Server, 'addService' | 'forceShutdown'>): void {
    this.server = server;
    this.reflection.addTo(server);
    this.health.addToServer(server as Server);
  }

  setServing(serving: boolean): void {
    for (const name of SERVICE_NAMES) {
      this.health.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING');
    }
  }

  /** Ends what still runs, such as a health watch that nobody will end. */
  forceShutdown(): void {
    this.server?.forceShutdown();
  }
}
