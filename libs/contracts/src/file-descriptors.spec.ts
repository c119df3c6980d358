import { loadSync } from '@grpc/proto-loader';
import descriptor, { type IFileDescriptorProto } from 'protobufjs/ext/descriptor/index.js';
import { BILLING_PROTO_FILE, BILLING_PROTO_OPTIONS, linkFileDescriptors } from './index.js';

test('file descriptors name what they import, and types by their full names', () => {
  const loaded = Object.values(loadSync(BILLING_PROTO_FILE, BILLING_PROTO_OPTIONS));
  const encoded = loaded.flatMap(
    (one) => (one as { readonly fileDescriptorProtos?: Buffer[] }).fileDescriptorProtos ?? [],
  );
  const files = linkFileDescriptors(encoded).map(
    (bytes) => descriptor.FileDescriptorProto.decode(bytes) as IFileDescriptorProto,
  );
  expect(Object.fromEntries(files.map((file) => [file.name, file.dependency]))).toEqual({
    'billing_v1.proto': ['google_rpc.proto'],
    'google_rpc.proto': ['google_protobuf.proto'],
    'google_protobuf.proto': [],
  });
  const rpc = files.find(({ name }) => name === 'google_rpc.proto');
  const [errorInfo, status] = rpc!.messageType!;
  expect(errorInfo!.nestedType!.map(({ name }) => name)).toEqual(['MetadataEntry']);
  expect(errorInfo!.field!.at(-1)?.typeName).toBe('.google.rpc.ErrorInfo.MetadataEntry');
  expect(status!.field!.at(-1)?.typeName).toBe('.google.protobuf.Any');
  const withoutAny = encoded.filter((one) => !Buffer.from(one).includes('type_url'));
  expect(() => linkFileDescriptors(withoutAny)).toThrow('no file has the type protobuf.Any');
});
