export { applyPayIns, encodeMessages } from './apply-pay-ins.js';
export type { PayInBatch, PayInBatchMessage, PayInBatchOutcome } from './apply-pay-ins.js';
export { Database, Session } from './database.js';
export type { Caller, DatabaseOptions, PoolState, Row } from './database.js';
export { KeptSession } from './kept-session.js';
export { handOverPayOuts } from './hand-overs.js';
export type { HandOver, HomeVerdict } from './hand-overs.js';
export { handOverPayIns, type PayInHandOver } from './pay-in-hand-overs.js';
export { countClawbacks, takeClawbacks, type ClawbackCount } from './clawbacks.js';
export type { RefundMade } from './refunds-made.js';
export { countMovedRefunds, handOverRefund, moveRefunds } from './refunds.js';
export type {
  MovedRefundCount,
  RefundHandOver,
  RefundOrder,
  RefundRecord,
  RefundsMoved,
  RefundVerdict,
} from './refunds.js';
export { countDuplicates, findArrivedPayOut, undoDuplicates } from './duplicates.js';
export type { ArrivedPayOut, DuplicateCount, Undoing } from './duplicates.js';
export { DatabaseError } from './database.errors.js';
export type { DelayRange, FailureEffect, FailureKind } from './database.errors.js';
export {
  acceptOffset,
  claimPartition,
  haltUnreadable,
  listConsumerOffsets,
} from './consumer-offsets.js';
export type {
  ConsumerOffset,
  HaltReason,
  PartitionClaim,
  UnreadableOutcome,
} from './consumer-offsets.js';
export { listUnpublishedDeadLetters, markDeadLettersPublished } from './dead-letters.js';
export type { DeadLetter, UnpublishedPage } from './dead-letters.js';
export { retryParkedPayIns } from './parked-pay-ins.js';
export type { ParkedRetry } from './parked-pay-ins.js';
export { getAccount, listAccounts } from './accounts.js';
export type { Account, AccountSearch } from './accounts.js';
export { getBalance } from './balance.js';
export { describeCopy, findCopyOf, listCopies, type Copy } from './copies.js';
export type { Balance, BalancePart } from './balance.js';
export { getPayIn } from './pay-in-outcome.js';
export type { PayInOutcome, PayInPlace, PayInStatus } from './pay-in-outcome.js';
export { listOperations } from './operations.js';
export type {
  AccountOperation,
  OperationCharge,
  OperationDetails,
  OperationEntry,
  OperationFilter,
  OperationKey,
} from './operations.js';
export { listTransactions } from './transactions.js';
export type { Transaction, TransactionPosition } from './transactions.js';
export {
  assertDatabaseMatches,
  DatabaseMismatchError,
  SCHEMA_VERSION,
  untilDatabaseMatches,
} from './database-match.js';
export type { DatabaseWait } from './database-match.js';
export { changeAccount, confirmAtNodes } from './account-states.js';
export type {
  AccountChange,
  AccountChangeOutcome,
  AccountState,
  StateConfirmation,
} from './account-states.js';
export { correctBalance, deleteAccount, listMoneyOfDeleted } from './account-acts.js';
export type {
  AccountDeletion,
  BalanceCorrection,
  CorrectionStatus,
  CorrectionOrder,
  DeletionOrder,
  MoneyOfDeleted,
} from './account-acts.js';
export { listActs } from './acts.js';
export type { Act, ActPosition, WantedActs } from './acts.js';
export { openAccount } from './account-opening.js';
export type { AccountOpening, OpeningStatus } from './account-opening.js';
export { sealBatches, unpackBatches, type Sealing, type Unpacking } from './batches.js';
export { addMissingBalanceRows, sweepMissingBalanceRows } from './missing-balance-rows.js';
export {
  handOverHold,
  handOverHoldOperation,
  type HandedOver,
  type HomeHoldVerdict,
} from './hold-hand-overs.js';
export {
  askHoldParts,
  endHolds,
  recordHoldAnswers,
  type EndedHolds,
  type RecordedAnswers,
} from './hold-duties.js';
export {
  authoriseHolds,
  beginHoldOperation,
  describeHoldOperation,
  getHold,
  type HoldAsk,
  type HoldLookup,
  type HoldOperationAnswer,
  type HoldOperationKind,
  type HoldOperationRow,
  type HoldPart,
  type HoldRecord,
  type HoldRow,
  type HoldVerdict,
} from './holds.js';
export { seeDuties, type Duties } from './duties.js';
export { holdNode, type NodeHolding } from './node-holding.js';
export { probeNode, replicationStatus, restartSubscription, visitNode } from './peers.js';
export type { PeerReplication, SubscriptionStatus, Visit } from './peers.js';
export { seePositions, type PositionState } from './positions.js';
export { changeCatalogue, describeServices, listPricedServices } from './services.js';
export type { CatalogueChange, CatalogueOutcome, Service, ServicePrice } from './services.js';
export {
  beginTransfers,
  countOpenTransfers,
  deliverTransfers,
  markTransfersDelivered,
} from './transfers.js';
export type { DeliveryStatus, OpenTransfers, TransferDelivery } from './transfers.js';
export { countEntries } from './entry-counts.js';
export type { EntryCount } from './entry-counts.js';
export type { Listing } from './listing.js';
export type { PaidUpTo, UpTo } from './up-to.js';
export { requireUpgraded } from './upgrades.js';
export { beginAttempt, getPayOut, payOut, previewPayOut } from './pay-outs.js';
export type {
  Attempt,
  Charge,
  ChargeRefusal,
  ChargeRow,
  PayOutLookup,
  PayOutPreview,
  PayOutRecord,
  PayOutRow,
  PayOutVerdict,
  ReserveAnswer,
  Taking,
} from './pay-outs.js';
export {
  askDecisions,
  closeByReplicas,
  closeReservations,
  decideDrain,
  decideDrains,
  forgetPayOuts,
  listLateAttempts,
  markTold,
  rejectLatePayOuts,
  reserve,
  reserveAtNodes,
  tellDecisions,
} from './drains.js';
export type {
  AskedDecisions,
  DrainDecision,
  DrainFindings,
  DrainVerdict,
  Reserve,
  Telling,
} from './drains.js';
export { findDrainsInDoubt } from './drains-in-doubt.js';
export type { DrainInDoubt } from './drains-in-doubt.js';
export { listLockHolders } from './lock-holders.js';
export type { LockHolder } from './lock-holders.js';
export { takesWrites } from './takes-writes.js';
export {
  countDeadLetters,
  countHolds,
  countUncopiedDeadLetters,
  countParkedPayIns,
  listBreakers,
  listDrainsInDoubt,
  listNodeClocks,
  listReplicationSlots,
} from './metric-reads.js';
export type {
  BreakerState,
  DoubtStage,
  DrainsInDoubt,
  NodeClock,
  OpenDeadLetters,
  UncopiedDeadLetters,
  ParkedCount,
  ReplicationSlot,
} from './metric-reads.js';
export {
  countFoundDeadLetters,
  findDeadLetters,
  findParkedPayIns,
  showDeadLetter,
} from './letters.js';
export type {
  Letter,
  LetterAct,
  LetterPosition,
  ParkedPayIn,
  WantedLetters,
  WholeLetter,
} from './letters.js';
export {
  correctDeadLetter,
  discardDeadLetter,
  discardParkedPayIn,
  listParkedToRetry,
  replayDeadLetter,
  retryParkedPayIn,
} from './letter-acts.js';
export type { ActCall, ActOutcome, ActResult } from './letter-acts.js';
export {
  auditChecks,
  auditStep,
  quickWalks,
  recordAudit,
  rememberOffsets,
  thoroughWalks,
} from './audit.js';
export type {
  AuditBounds,
  AuditFinding,
  AuditRecord,
  AuditStatus,
  AuditStep,
  AuditWalk,
} from './audit.js';
export { auditSums, countAuditFaults, listAuditFaults, listAuditRuns } from './audit-reads.js';
export type { AuditFault, AuditRun, AuditSum } from './audit-reads.js';
