const OWN_CERTIFICATE = 'GRPC_TLS_CERT_FILE and GRPC_TLS_KEY_FILE';

/** By the words of Node's TLS and OpenSSL, which is all that gRPC hands on. */
const tlsFailures: readonly (readonly [RegExp, string])[] = [
  [
    /self-signed certificate|unable to verify the first certificate|unable to get (?:local )?issuer|certificate signature failure/,
    'the certificate of the coordinator is of no CA that is believed: put the certificate of its CA into GRPC_TLS_CA_FILE',
  ],
  [
    /ERR_TLS_CERT_ALTNAME_INVALID/,
    'the certificate of the coordinator does not bear the name in COORDINATOR_URL: check that, or give it another one',
  ],
  [
    /alert certificate required/,
    `the coordinator wants a certificate of this gateway: set ${OWN_CERTIFICATE}`,
  ],
  [
    /alert (?:unknown ca|bad certificate|unsupported certificate|certificate)/,
    `the coordinator does not take the certificate of this gateway: check ${OWN_CERTIFICATE}, and GRPC_TLS_CLIENT_CA_FILE there`,
  ],
  [
    /wrong version number|packet length too long|before secure TLS connection was established/,
    'there is no TLS at this address: check COORDINATOR_URL, give the coordinator a certificate (GRPC_TLS_CERT_FILE), or leave out GRPC_TLS and GRPC_TLS_..._FILE here',
  ],
  // Behind `alert certificate expired`, which is about this gateway's.
  [/certificate has expired/, 'the certificate of the coordinator has expired: give it a new one'],
  [
    /certificate is not yet valid/,
    'the certificate of the coordinator is not valid yet: check the clocks',
  ],
];

/** A server of Node that does not believe a client's certificate closes, and says nothing; so does one that is asked in plain text. */
const CLOSED = /Last error: Failed to connect/;

/** What to mend when no connection comes about; what gRPC says where that is nothing to be mended here. */
export function explainConnectionFailure(said: string, isEncrypted: boolean): string {
  const advice = tlsFailures.find(([words]) => words.test(said))?.[1];
  if (advice !== undefined) return advice;
  if (!CLOSED.test(said)) return said;
  const wanted = isEncrypted
    ? `does not believe the certificate of this gateway (${OWN_CERTIFICATE}; GRPC_TLS_CLIENT_CA_FILE there)`
    : 'wants TLS (GRPC_TLS_CA_FILE)';
  return `the coordinator closes the connection unanswered: it is stopping, or ${wanted}`;
}
