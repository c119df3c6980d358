// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface OpenAccountResponseInput {
  accountId?: string;
  replayed?: boolean;
  position?: string;
}

export interface OpenAccountResponse {
  accountId: string;
  replayed: boolean;
  position: string;
}
