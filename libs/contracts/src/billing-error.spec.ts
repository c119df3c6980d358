import fc from 'fast-check';
import protobuf from 'protobufjs';
import {
  BILLING_PROTO_FILE,
  decodeErrorDetails,
  encodeErrorDetails,
  PROTO_FOLDER,
  readStatusMessage,
  toStatusMessage,
  type Status,
} from './index.js';

const error = {
  code: 14,
  message: 'node 2 does not answer',
  reason: 'NODE_UNREACHABLE',
  metadata: { node_id: '2', retryable: 'true' },
};

function loadProto(): protobuf.Root {
  const root = new protobuf.Root();
  root.resolvePath = (origin, target) => (origin === '' ? target : `${PROTO_FOLDER}/${target}`);
  return root.loadSync(BILLING_PROTO_FILE);
}

/** What clients of any language have been sent so far: the trailer's bytes, a fact a line. */
const sent = [
  {
    details: error,
    bytes: [
      '080e',
      '12166e6f6465203220646f6573206e6f7420616e73776572',
      '1a6b',
      '0a28747970652e676f6f676c65617069732e636f6d2f676f6f676c652e7270632e4572726f72496e666f',
      '123f',
      '0a104e4f44455f554e524541434841424c45',
      '120a62696c6c696e672e7631',
      '1a0c0a076e6f64655f6964120132',
      '1a110a09726574727961626c65120474727565',
    ],
  },
  {
    details: { code: 16, message: 'účet má 0,30 €', reason: 'UNAUTHENTICATED', metadata: {} },
    bytes: [
      '0810',
      '1213c3bac48d6574206dc3a120302c333020e282ac',
      '1a49',
      '0a28747970652e676f6f676c65617069732e636f6d2f676f6f676c652e7270632e4572726f72496e666f',
      '121d',
      '0a0f554e41555448454e54494341544544',
      '120a62696c6c696e672e7631',
    ],
  },
  {
    // What is empty is sent, too.
    details: { code: 0, message: '', reason: '', metadata: { '': '' } },
    bytes: [
      '0800',
      '1200',
      '1a40',
      '0a28747970652e676f6f676c65617069732e636f6d2f676f6f676c652e7270632e4572726f72496e666f',
      '1214',
      '0a00',
      '120a62696c6c696e672e7631',
      '1a040a001200',
    ],
  },
];

describe('details of an error', () => {
  test.each(sent)('are these bytes: $details', ({ details, bytes }) => {
    const info = bytes.slice(5).join('');
    expect(encodeErrorDetails(details).toString('hex')).toBe(bytes.join(''));
    expect(toStatusMessage(details).details).toEqual([
      { type_url: 'type.googleapis.com/google.rpc.ErrorInfo', value: expect.any(Uint8Array) },
    ]);
    const [detail] = toStatusMessage(details).details;
    expect(Buffer.from(detail!.value).toString('hex')).toBe(info);
    expect(decodeErrorDetails(Buffer.from(bytes.join(''), 'hex'))).toEqual(details);
  });

  test('survive the trailer, whatever they say', () => {
    fc.assert(
      fc.property(
        fc.record({
          code: fc.integer({ min: 0, max: 16 }),
          message: fc.string(),
          reason: fc.string(),
          metadata: fc.dictionary(fc.stringMatching(/^[a-z_]{1,10}$/), fc.string()),
        }),
        (details) => {
          expect(decodeErrorDetails(encodeErrorDetails(details))).toEqual({
            ...details,
            metadata: { ...details.metadata },
          });
        },
      ),
    );
  });

  test('survive a stream, in the place of an answer', () => {
    const type = loadProto().lookupType('google.rpc.Status');
    const bytes = type.encode(type.fromObject(toStatusMessage(error))).finish();
    expect(readStatusMessage(type.toObject(type.decode(bytes)) as Status)).toEqual(error);
  });

  test('are a google.rpc.Status for readers that know only the proto', () => {
    const root = loadProto();
    const status = root
      .lookupType('google.rpc.Status')
      .decode(encodeErrorDetails(error)) as unknown as {
      code: number;
      message: string;
      details: { type_url: string; value: Uint8Array }[];
    };
    expect(status).toMatchObject({ code: 14, message: error.message });
    const type = root.lookupType('google.rpc.ErrorInfo');
    expect(type.toObject(type.decode(status.details[0]!.value))).toEqual({
      reason: 'NODE_UNREACHABLE',
      domain: 'billing.v1',
      metadata: error.metadata,
    });
  });

  test('of another service are not taken for ours', () => {
    expect(decodeErrorDetails(Buffer.from('grpc: something else'))).toBeUndefined();
    expect(decodeErrorDetails(Buffer.alloc(0))).toBeUndefined();
  });
});
