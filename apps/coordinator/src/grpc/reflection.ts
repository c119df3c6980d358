import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { loadSync } from '@grpc/proto-loader';
import type { handleBidiStreamingCall, Server, UntypedServiceImplementation } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { protoPath as healthProtoFile } from 'grpc-health-check';
import {
  BILLING_PROTO_FILE,
  BILLING_PROTO_OPTIONS,
  linkFileDescriptors,
  OPERATIONS_PROTO_FILE,
} from '@billing/contracts';
import type { Client } from '@billing/auth';
import type { Log } from '@billing/observability';
import { describeError } from './billing-error.filter.js';
import { BillingError, toServiceError } from './billing.errors.js';
import type { ClientAccess } from './client-access.js';

/** Tools ask their few questions and go. */
const STREAM_MAX_MS = 300_000;

type Handler = handleBidiStreamingCall<unknown, unknown>;
type Stream = Parameters<Handler>[0];

/** What this server says of its interface, to those whose calls it would take. */
export class Reflection {
  constructor(
    private readonly access: ClientAccess,
    private readonly log: Log,
  ) {}

  addTo(server: Pick<Server, 'addService'>): void {
    new ReflectionService(describeServices()).addToServer({
      addService: (definition: Parameters<Server['addService']>[0], handlers: object) =>
        server.addService(definition, this.guard(handlers as UntypedServiceImplementation)),
    });
  }

  private guard(handlers: UntypedServiceImplementation): UntypedServiceImplementation {
    return Object.fromEntries(
      Object.entries(handlers).map(([name, handler]) => [
        name,
        (stream: Stream): void => void this.serve(stream, handler as Handler),
      ]),
    );
  }

  private async serve(stream: Stream, handler: Handler): Promise<void> {
    let isOver = false;
    const end = (error: unknown): void => {
      isOver = true;
      stream.pause();
      stream.emit('error', toServiceError(describeError(error, this.log)));
    };
    stream.on('cancelled', () => (isOver = true));
    let client: Client;
    try {
      client = await this.access.authorizeAny(stream.metadata);
      const leftMs = leftOf(client);
      if (isOver) return;
      const timer = setTimeout(() => end(tooLong(leftMs)), Math.min(leftMs, STREAM_MAX_MS));
      for (const event of ['end', 'cancelled', 'error'])
        stream.on(event, () => clearTimeout(timer));
    } catch (error) {
      end(error);
      return;
    }
    handler(stream);
    stream.on('data', () => {
      if (isOver) return;
      try {
        this.access.count(client);
      } catch (error) {
        end(error);
        return;
      }
      // Who does not read answers is not asked for more questions.
      if (!stream.writableNeedDrain) return;
      stream.pause();
      stream.once('drain', () => isOver || stream.resume());
    });
  }
}

/** How long the token lasts. @throws BillingError UNAUTHENTICATED */
function leftOf({ expiresAtMs }: Client): number {
  const leftMs = expiresAtMs - Date.now();
  if (leftMs <= 0) throw tooLong(leftMs);
  return leftMs;
}

function tooLong(leftMs: number): BillingError {
  return leftMs < STREAM_MAX_MS
    ? new BillingError('UNAUTHENTICATED', 'the token has expired')
    : new BillingError('DEADLINE_EXCEEDED', 'a stream of questions ends after five minutes');
}

/** As the files have them: the names of fields that a server's own messages go by are JavaScript's. */
function describeServices(): ConstructorParameters<typeof ReflectionService>[0] {
  const options = { ...BILLING_PROTO_OPTIONS, keepCase: true };
  const files = [BILLING_PROTO_FILE, OPERATIONS_PROTO_FILE, healthProtoFile, ...ownProtoFiles()];
  // Together: what is of one package becomes one file.
  const loaded = Object.values(loadSync(files, options));
  const descriptors = loaded.flatMap(
    (one) => (one as { readonly fileDescriptorProtos?: Buffer[] }).fileDescriptorProtos ?? [],
  );
  const fileDescriptorProtos = linkFileDescriptors(descriptors).map((one) => Buffer.from(one));
  return { all: { format: 'files', type: {}, fileDescriptorProtos } } as never;
}

function ownProtoFiles(): string[] {
  const library = createRequire(import.meta.url).resolve('@grpc/reflection/package.json');
  return ['v1', 'v1alpha'].map((version) =>
    join(dirname(library), `build/proto/grpc/reflection/${version}/reflection.proto`),
  );
}
