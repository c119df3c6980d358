import { readTlsFiles, type TlsFiles } from '@billing/config';
import { ServerCredentials } from '@grpc/grpc-js';

/** Undefined: in plain text. With a CA, clients without a certificate of it do not get in. @throws NamedFileError */
export function serverCredentials(files: TlsFiles | undefined): ServerCredentials {
  if (files === undefined) return ServerCredentials.createInsecure();
  const { ca, cert = '', key = '' } = readTlsFiles(files, 'GRPC_TLS', 'GRPC_TLS_CLIENT_CA_FILE');
  const pair = { cert_chain: Buffer.from(cert), private_key: Buffer.from(key) };
  const clientCa = ca === undefined ? null : Buffer.from(ca);
  return ServerCredentials.createSsl(clientCa, [pair], clientCa !== null);
}
