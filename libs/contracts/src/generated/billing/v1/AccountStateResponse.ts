// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface AccountStateResponseInput {
  debitsFrozen?: boolean;
  creditsFrozen?: boolean;
  confirmedNodes?: number[];
  unconfirmedNodes?: number[];
  unchanged?: boolean;
  replayed?: boolean;
  position?: string;
}

export interface AccountStateResponse {
  debitsFrozen: boolean;
  creditsFrozen: boolean;
  confirmedNodes: number[];
  unconfirmedNodes: number[];
  unchanged: boolean;
  replayed: boolean;
  position: string;
}
