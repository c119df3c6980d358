import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { CoordinatorConnection } from '@billing/cluster';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import descriptor, {
  type IDescriptorProto,
  type IFileDescriptorProto,
} from 'protobufjs/ext/descriptor/index.js';
import { credentialsFor } from './coordinator-client.js';

export type ReflectionVersion = 'v1' | 'v1alpha';

interface Answer {
  readonly fileDescriptorResponse?: { readonly fileDescriptorProto: readonly Buffer[] };
  readonly listServicesResponse?: { readonly service: readonly { readonly name: string }[] };
  readonly errorResponse?: { readonly errorMessage: string };
}

/** What a server's reflection says of itself, and what in it leads nowhere. */
export interface Reflected {
  readonly services: readonly string[];
  /** `billing.v1.Billing/PayOut`, of every service. */
  readonly methods: readonly string[];
  /** Fully qualified names of messages and enums. */
  readonly types: readonly string[];
  readonly errors: readonly string[];
}

/** Asks a server's reflection as tools such as grpcurl do. */
export class ReflectionClient {
  private readonly client: grpc.Client;
  private readonly stream: grpc.ClientDuplexStream<object, Answer>;
  /** How the stream ended. */
  readonly ended: Promise<string>;

  constructor(
    { address, tls }: CoordinatorConnection,
    token: string | undefined,
    version: ReflectionVersion = 'v1',
  ) {
    const library = createRequire(import.meta.url).resolve('@grpc/reflection/package.json');
    const file = join(dirname(library), `build/proto/grpc/reflection/${version}/reflection.proto`);
    const definition = loadSync(file)[`grpc.reflection.${version}.ServerReflection`];
    const Client = grpc.makeClientConstructor(
      definition as grpc.ServiceDefinition,
      'ServerReflection',
    );
    const client = new Client(address, credentialsFor(tls));
    const metadata = new grpc.Metadata();
    if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
    this.client = client;
    this.stream = client['ServerReflectionInfo']!(metadata) as unknown as typeof this.stream;
    this.stream.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      this.stream.on('status', ({ code }: grpc.StatusObject) => resolve(grpc.status[code]!));
    });
  }

  async services(): Promise<string[]> {
    const { listServicesResponse } = await this.ask({ listServices: '' });
    return listServicesResponse!.service.map(({ name }) => name);
  }

  /** Every service with every file that it needs, and every name in them looked up. */
  async everything(): Promise<Reflected> {
    const services = await this.services();
    const files = new Map<string, IFileDescriptorProto>();
    const errors: string[] = [];
    for (const fileContainingSymbol of services) {
      await this.read({ fileContainingSymbol }, files, errors);
    }
    const types = new Map([...files.values()].map((file) => [file.name!, typesOf(file)]));
    for (const file of files.values()) errors.push(...danglingReferences(file, types));
    const methods = [...files.values()].flatMap(methodsOf);
    return { services, methods, types: [...types.values()].flatMap((names) => [...names]), errors };
  }

  close(): void {
    this.stream.end();
    this.client.close();
  }

  private async read(
    request: object,
    files: Map<string, IFileDescriptorProto>,
    errors: string[],
  ): Promise<void> {
    const { errorResponse, fileDescriptorResponse } = await this.ask(request);
    if (errorResponse) errors.push(`${JSON.stringify(request)}: ${errorResponse.errorMessage}`);
    const [first] = fileDescriptorResponse?.fileDescriptorProto ?? [];
    if (first === undefined) return;
    const file = descriptor.FileDescriptorProto.decode(first) as unknown as IFileDescriptorProto;
    if (files.has(file.name!)) return;
    files.set(file.name!, file);
    for (const fileByFilename of file.dependency ?? []) {
      await this.read({ fileByFilename }, files, errors);
    }
  }

  private ask(request: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.stream.once('data', resolve);
      void this.ended.then((code) => reject(new Error(`the stream ended: ${code}`)));
      this.stream.write(request);
    });
  }
}

const methodsOf = ({ package: scope, service }: IFileDescriptorProto): string[] =>
  (service ?? []).flatMap(({ name, method }) =>
    (method ?? []).map((one) => `${scope}.${name}/${one.name}`),
  );

function messagesOf(file: IFileDescriptorProto): [name: string, message: IDescriptorProto][] {
  const within = (scope: string, message: IDescriptorProto): [string, IDescriptorProto][] => {
    const name = `${scope}.${message.name}`;
    return [
      [name, message],
      ...(message.nestedType ?? []).flatMap((nested) => within(name, nested)),
    ];
  };
  return (file.messageType ?? []).flatMap((message) => within(`.${file.package}`, message));
}

function typesOf(file: IFileDescriptorProto): Set<string> {
  const messages = messagesOf(file);
  const enums = messages.flatMap(([name, { enumType }]) =>
    (enumType ?? []).map((one) => `${name}.${one.name}`),
  );
  const outer = (file.enumType ?? []).map((one) => `.${file.package}.${one.name}`);
  return new Set([...messages.map(([name]) => name), ...enums, ...outer]);
}

/** As protoc has it: a name is defined in the file itself or in one that it imports, by its full name. */
function danglingReferences(
  file: IFileDescriptorProto,
  types: ReadonlyMap<string, ReadonlySet<string>>,
): string[] {
  const visible = [file.name!, ...(file.dependency ?? [])];
  const isKnown = (name: string): boolean => visible.some((one) => types.get(one)?.has(name));
  const errors: string[] = [];
  const check = (where: string, name: string | null | undefined): void => {
    if (name && !isKnown(name)) errors.push(`${file.name}: ${where}: ${name}`);
  };
  for (const [name, { field, nestedType }] of messagesOf(file)) {
    for (const one of field ?? []) {
      check(`${name}.${one.name}`, one.typeName);
      const entry = nestedType?.find((nested) => one.typeName?.endsWith(`.${nested.name}`));
      if (entry?.options?.mapEntry && entry.name?.toLowerCase() !== `${one.name}entry`) {
        errors.push(`${file.name}: the entry of map ${one.name} is named ${entry.name}`);
      }
    }
  }
  for (const { name, method } of file.service ?? []) {
    for (const one of method ?? []) {
      check(`${name}.${one.name}`, one.inputType);
      check(`${name}.${one.name}`, one.outputType);
    }
  }
  return errors;
}
