// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/operations.proto

export interface CorrectBalanceResponseInput {
  correctionId?: string;
  balance?: string;
  replayed?: boolean;
  position?: string;
}

export interface CorrectBalanceResponse {
  correctionId: string;
  balance: string;
  replayed: boolean;
  position: string;
}
