import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { grantRights, isBrokerAnswering, tryMakeUsers } from './broker.js';
import type { KafkaInput } from './engine.js';
import { fingerprint } from './kafka-users.js';

type Broker = Pick<KafkaInput, 'host' | 'port' | 'controllerPort' | 'users'>;

/** Whether a broker answers; one with users lets us in once they are made, which is done on the way. */
export class BrokerReadiness {
  lastHeard = 'not asked yet';
  private areUsersMade = false;

  /** `madeFile` tells of the users and rights that the broker has; without it they are made again. */
  constructor(
    private readonly broker: Broker,
    private readonly madeFile: string,
  ) {}

  async ask(): Promise<boolean> {
    const { host, port, users } = this.broker;
    if (!(await this.makeUsers())) {
      this.lastHeard = 'its controller takes no users';
      return false;
    }
    const answers = await isBrokerAnswering(host, port, users);
    this.lastHeard = answers ? 'it answers' : 'it does not answer';
    return answers;
  }

  /** Where a password or a right has become another one, too. */
  async grantRights(): Promise<void> {
    const { host, port, users } = this.broker;
    if (users === undefined || this.isCurrent()) return;
    await grantRights(host, port, users);
    writeFileSync(this.madeFile, fingerprint(users), { mode: 0o600 });
  }

  private async makeUsers(): Promise<boolean> {
    const { host, controllerPort, users } = this.broker;
    if (users === undefined || this.areUsersMade || this.isCurrent()) return true;
    this.areUsersMade = await tryMakeUsers(host, controllerPort, users);
    return this.areUsersMade;
  }

  private isCurrent(): boolean {
    const { users } = this.broker;
    if (users === undefined || !existsSync(this.madeFile)) return false;
    return readFileSync(this.madeFile, 'utf8') === fingerprint(users);
  }
}
