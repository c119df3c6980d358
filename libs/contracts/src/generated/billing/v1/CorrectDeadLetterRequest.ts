// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/operations.proto

export interface CorrectDeadLetterRequestInput {
  id?: string;
  note?: string;
  commandId?: string;
  accountId?: string;
  amount?: string;
  currency?: string;
  reference?: string;
  metadataJson?: string;
}

export interface CorrectDeadLetterRequest {
  id: string;
  note: string;
  commandId: string;
  accountId: string;
  amount: string;
  currency: string;
  reference: string;
  metadataJson: string;
}
