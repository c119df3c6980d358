import type { Scope } from '@billing/auth';
import type { RpcName } from '@billing/contracts';

/** What each call wants of a token: the compiler asks for every rpc of the protos. */
export const callScopes: Readonly<Record<RpcName, Scope>> = {
  // With an initial balance accounts:fund as well.
  OpenAccount: 'accounts:write',
  // By force operator:act as well.
  DeleteAccount: 'accounts:write',
  FreezeAccount: 'accounts:write',
  ThawAccount: 'accounts:write',
  PayOut: 'pay-outs:write',
  PayOuts: 'pay-outs:write',
  GetPayOut: 'pay-outs:read',
  RefundPayOut: 'pay-outs:write',
  PreviewPayOut: 'pay-outs:read',
  AuthoriseHold: 'pay-outs:write',
  CaptureHold: 'pay-outs:write',
  RefundCapture: 'pay-outs:write',
  VoidHold: 'pay-outs:write',
  ExtendHold: 'pay-outs:write',
  GetHold: 'pay-outs:read',
  ListServices: 'services:read',
  CreateService: 'services:write',
  RepriceService: 'services:write',
  RetireService: 'services:write',
  CorrectBalance: 'operator:act',
  ReplayDeadLetter: 'operator:act',
  CorrectDeadLetter: 'operator:act',
  DiscardDeadLetter: 'operator:act',
  ActOnDeadLetters: 'operator:act',
  RetryParkedPayIns: 'operator:act',
  DiscardParkedPayIns: 'operator:act',
};
