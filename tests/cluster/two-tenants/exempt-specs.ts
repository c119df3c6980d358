/** Specs that play without the shadow, by the end of their path, each with the reason. */
export const exemptSpecs: Readonly<Record<string, string>> = {
  'random-history/random-history.spec.ts': 'plays as two tenants by itself, always',
  'gateway/gateway-tenants.spec.ts': 'asks as all tenants, who see the shadow too',
  'pay-ins/upstream-topics.spec.ts':
    'a topic of it says the tenant, the shared one is the gateway’s',
  'pay-ins/lying-offsets.spec.ts': 'counts the offsets of one partition',
  'pay-ins/compression.spec.ts': 'counts the offsets of one partition',
  'pay-ins/broken-log.native.spec.ts': 'breaks the log at the offset of one message',
  'outages/database-certificate.native.spec.ts': 'its database has no tables',
  'rotation/rotation-drill.native.spec.ts':
    'its clients are of one tenant, and count what all have',
  'outages/repeated-keys-undone.spec.ts': 'pays twice what the shadow has paid once',
  'audit/audit-faults.spec.ts':
    'plants audit faults in rows of all tenants, and compares all that is found',
};

/** Single tests that are left out while their specs play as two, by name, each with the reason. */
export const exemptTests: Readonly<Record<string, string>> = {
  'a pay-in is 503 within the deadline, then at once, and 202 when the broker is back':
    'compares all that the topic has with what it was answered',
  'copies every dead letter to billing.payin.dlq with its reason': 'counts all copies of letters',
};
