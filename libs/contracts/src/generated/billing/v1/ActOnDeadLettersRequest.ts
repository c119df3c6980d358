// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/operations.proto

export interface ActOnDeadLettersRequestInput {
  act?: string;
  ids?: string[];
  note?: string;
}

export interface ActOnDeadLettersRequest {
  act: string;
  ids: string[];
  note: string;
}
