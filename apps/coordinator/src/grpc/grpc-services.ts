import {
  status,
  type Server,
  type ServerWritableStream,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';
import { BILLING_PACKAGE, BILLING_SERVICE, OPERATIONS_SERVICE } from '@billing/contracts';
import type { CallerAddresses } from './caller-addresses.js';
import type { Reflection } from './reflection.js';

const SERVICE_NAMES = [
  '',
  `${BILLING_PACKAGE}.${BILLING_SERVICE}`,
  `${BILLING_PACKAGE}.${OPERATIONS_SERVICE}`,
];

/** Whoever watches needs no token, so what can be had is little: load balancers watch once a connection. */
const WATCHES_MAX = 256;
const WATCHES_PER_ADDRESS_MAX = 16;

type Watch = ServerWritableStream<{ readonly service: string }, { readonly status: string }>;

/** The services that every gRPC server should have: reflection, and health, which wants no token. */
export class GrpcServices {
  private server: Pick<Server, 'addService' | 'forceShutdown'> | undefined;
  private readonly health = new HealthImplementation(
    Object.fromEntries(SERVICE_NAMES.map((name) => [name, 'NOT_SERVING' as const])),
  );

  /** Open ones, and where each comes from. */
  private readonly watches = new Map<Watch, string | undefined>();

  constructor(
    private readonly reflection: Pick<Reflection, 'addTo'>,
    private readonly addresses: CallerAddresses,
  ) {}

  /** For Nest's `onLoadPackageDefinition`: adds them to its server. */
  add(server: Pick<Server, 'addService' | 'forceShutdown'>): void {
    this.server = server;
    this.reflection.addTo(server);
    const addService: Server['addService'] = (definition, handlers) =>
      server.addService(definition, this.withBoundedWatch(handlers));
    this.health.addToServer({ addService } as Server);
  }

  private withBoundedWatch(handlers: UntypedServiceImplementation): UntypedServiceImplementation {
    const watch = handlers['watch'] as (call: Watch) => void;
    return {
      ...handlers,
      watch: (call: Watch): void => {
        // The library remembers each name that was ever asked for.
        if (!SERVICE_NAMES.includes(call.request.service)) {
          call.write({ status: 'SERVICE_UNKNOWN' });
          call.end();
        } else if (this.takeWatch(call)) watch(call);
        else {
          const details = 'too many watches of health are open: end some, or ask Check';
          call.emit('error', { code: status.RESOURCE_EXHAUSTED, details });
        }
      },
    };
  }

  private takeWatch(call: Watch): boolean {
    const address = this.addresses.of(call, call.metadata);
    const sameAddress = [...this.watches.values()].filter((from) => from === address).length;
    if (this.watches.size >= WATCHES_MAX || sameAddress >= WATCHES_PER_ADDRESS_MAX) return false;
    this.watches.set(call, address);
    for (const event of ['cancelled', 'close', 'error'])
      call.once(event, () => this.watches.delete(call));
    return true;
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
