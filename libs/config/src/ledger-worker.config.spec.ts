import { ConfigError, parseLedgerWorkerConfig } from './index.js';

const good = {
  BILLING_NODE_ID: '2',
  MANAGEMENT_PORT: '8182',
  DATABASE_URL: 'postgres://billing_ledger_worker@127.0.0.1:15433/billing',
  DATABASE_PASSWORD_FILE: '/run/secrets/p',
  KAFKA_BROKERS: 'a:1,b:2',
};

describe('the configuration of a ledger worker', () => {
  test('is grouped, typed and frozen', () => {
    const config = parseLedgerWorkerConfig({
      ...good,
      WORKER_BATCH_SIZE_MAX: '500',
      LOG_LEVEL: '',
    });
    expect(config).toMatchObject({
      nodeId: 2,
      logLevel: 'info',
      kafka: { brokers: ['a:1', 'b:2'] },
      worker: { batchSizeMax: 500, groupId: 'billing-ledger-worker' },
    });
    expect(Object.isFrozen(config.worker)).toBe(true);
  });

  test('tells all violations at once and prints no value', () => {
    const violationsOf = (): readonly string[] => {
      try {
        parseLedgerWorkerConfig({
          BILLING_NODE_ID: '64',
          MANAGEMENT_PORT: 'many',
          DATABASE_URL: 'postgres://role:hunter2@host/billing',
          KAFKA_BROKERS: 'nowhere',
        });
      } catch (error) {
        if (error instanceof ConfigError) return error.violations;
        throw error;
      }
      throw new Error('no violation was found');
    };
    const text = violationsOf().join('\n');
    for (const name of ['BILLING_NODE_ID', 'MANAGEMENT_PORT', 'DATABASE_URL', 'KAFKA_BROKERS']) {
      expect(text).toContain(name);
    }
    expect(text).not.toContain('hunter2');
  });
});
