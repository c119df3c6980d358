// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: null

import type { AnyExtension } from '@grpc/proto-loader';

export type AnyInput =
  | AnyExtension
  | {
      type_url: string;
      value: Buffer | Uint8Array | string;
    };

export interface Any {
  type_url: string;
  value: Buffer;
}
