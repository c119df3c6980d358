import { loadSync, type PackageDefinition } from '@grpc/proto-loader';
import type { Server } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation, protoPath as healthProtoFile } from 'grpc-health-check';
import { BILLING_PACKAGE, BILLING_SERVICE, OPERATIONS_SERVICE } from '@billing/contracts';

const SERVICE_NAMES = [
  '',
  `${BILLING_PACKAGE}.${BILLING_SERVICE}`,
  `${BILLING_PACKAGE}.${OPERATIONS_SERVICE}`,
];

/** The services that every gRPC server should have: reflection and health. */
export class GrpcServices {
  private server: Pick<Server, 'addService' | 'forceShutdown'> | undefined;
  private readonly health = new HealthImplementation(
    Object.fromEntries(SERVICE_NAMES.map((name) => [name, 'NOT_SERVING' as const])),
  );

  /** For Nest's `onLoadPackageDefinition`: adds them to its server. */
  add(definition: PackageDefinition, server: Pick<Server, 'addService' | 'forceShutdown'>): void {
    this.server = server;
    new ReflectionService({ ...definition, ...loadSync(healthProtoFile) }).addToServer(server);
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
