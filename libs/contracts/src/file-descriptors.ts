import descriptor, {
  type IDescriptorProto,
  type IFieldDescriptorProto,
  type IFileDescriptorProto,
} from 'protobufjs/ext/descriptor/index.js';

/**
 * Makes file descriptors whole that protobufjs wrote. They name no imports, write types relative to where they
 * are used, and call the entry of a map "Metadata" where protoc says "MetadataEntry": readers that go by
 * the specification (Go's, so grpcurl's) refuse such files.
 * @param encoded FileDescriptorProtos; of a name that comes twice the first counts
 * @returns the same, ready to be told by reflection
 * @throws TypeError when a type is in none of them
 */
export function linkFileDescriptors(encoded: Iterable<Uint8Array>): Uint8Array[] {
  const files = new Map<string, IFileDescriptorProto>();
  for (const bytes of encoded) {
    const file = descriptor.FileDescriptorProto.decode(bytes) as IFileDescriptorProto;
    if (!files.has(file.name ?? '')) files.set(file.name ?? '', file);
  }
  const fileOf = new Map<string, string>();
  for (const file of files.values()) {
    const scope = scopeOf(file);
    for (const message of file.messageType ?? []) nameMapEntries(message);
    for (const type of [...(file.messageType ?? []), ...(file.enumType ?? [])]) {
      addType(fileOf, `${scope}.${type.name}`, type, file.name ?? '');
    }
  }
  return [...files.values()].map((file) => {
    link(file, fileOf);
    return descriptor.FileDescriptorProto.encode(file).finish();
  });
}

const scopeOf = (file: IFileDescriptorProto): string => (file.package ? `.${file.package}` : '');

/** A message; an enum has none of these. */
interface Type {
  readonly name?: string | null | undefined;
  readonly nestedType?: readonly Type[] | null | undefined;
  readonly enumType?: readonly Type[] | null | undefined;
}

function addType(fileOf: Map<string, string>, name: string, type: Type, file: string): void {
  fileOf.set(name, file);
  for (const inner of [...(type.nestedType ?? []), ...(type.enumType ?? [])]) {
    addType(fileOf, `${name}.${inner.name}`, inner, file);
  }
}

/** "order_lines" has entries called "OrderLinesEntry". */
function nameMapEntries(message: IDescriptorProto): void {
  for (const nested of message.nestedType ?? []) {
    nameMapEntries(nested);
    if (!nested.options?.mapEntry) continue;
    const field = message.field?.find(({ typeName }) => typeName === nested.name);
    if (field === undefined) continue;
    const words = (field.name ?? '').split('_').filter((word) => word !== '');
    nested.name = `${words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('')}Entry`;
    field.typeName = nested.name;
  }
}

/** Writes each type by its full name, and as imports the files that they are in. */
function link(file: IFileDescriptorProto, fileOf: ReadonlyMap<string, string>): void {
  const imports = new Set<string>();
  const resolve = (name: string, scope: string): string => {
    const full = fullName(name, scope, fileOf);
    const home = fileOf.get(full)!;
    if (home !== file.name) imports.add(home);
    return full;
  };
  const linkField = (field: IFieldDescriptorProto, scope: string): void => {
    if (field.typeName) field.typeName = resolve(field.typeName, scope);
  };
  const linkMessage = (message: IDescriptorProto, outer: string): void => {
    const scope = `${outer}.${message.name}`;
    for (const field of message.field ?? []) linkField(field, scope);
    for (const nested of message.nestedType ?? []) linkMessage(nested, scope);
  };
  for (const message of file.messageType ?? []) linkMessage(message, scopeOf(file));
  for (const { method } of file.service ?? []) {
    for (const one of method ?? []) {
      one.inputType = resolve(one.inputType ?? '', scopeOf(file));
      one.outputType = resolve(one.outputType ?? '', scopeOf(file));
    }
  }
  file.dependency = [...imports].sort();
}

/** From the innermost scope outwards, as protoc looks for it. */
function fullName(name: string, scope: string, fileOf: ReadonlyMap<string, string>): string {
  if (name.startsWith('.') && fileOf.has(name)) return name;
  for (let within = scope; ; within = within.slice(0, within.lastIndexOf('.'))) {
    if (fileOf.has(`${within}.${name}`)) return `${within}.${name}`;
    if (within === '') throw new TypeError(`no file has the type ${name}`);
  }
}
