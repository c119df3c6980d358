import fc from 'fast-check';
import protobuf from 'protobufjs';
import {
  BILLING_PROTO_FILE,
  decodeErrorDetails,
  encodeErrorDetails,
  PROTO_FOLDER,
  readStatusMessage,
  toStatusMessage,
  type StatusMessage,
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

describe('details of an error', () => {
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
    expect(readStatusMessage(type.toObject(type.decode(bytes)) as StatusMessage)).toEqual(error);
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
