import type { MemberLauncher, MemberProcess, StopSignal } from '../member-process.js';
import { ContainerProcess } from './container-process.js';
import {
  createContainer,
  findContainer,
  ignoring,
  notModified,
  type Container,
  type ContainerPlace,
  type ContainerRecipe,
} from './docker-runtime.js';

/**
 * Runs a member as a container that is made once, by testcontainers, and then started again and again:
 * its volume, and so what a store has written, lives as long as it does.
 */
export class ContainerLauncher implements MemberLauncher {
  private found: Container | undefined;

  constructor(
    private readonly place: ContainerPlace,
    private readonly recipe: ContainerRecipe,
    private readonly logFile: string,
  ) {}

  /** Of a member that was launched. */
  get container(): Container {
    if (this.found) return this.found;
    throw new RangeError(`${this.place.memberName} has no container yet`);
  }

  async launch(): Promise<MemberProcess> {
    const sinceMs = Date.now();
    this.found ??= await findContainer(this.place.containerName);
    if (this.found) await this.found.start().catch(ignoring(notModified));
    else this.found = await createContainer(this.recipe, this.place);
    return ContainerProcess.follow(this.found, sinceMs, this.logFile);
  }

  async clearLeftovers(signals: readonly StopSignal[], log: (line: string) => void): Promise<void> {
    const left = await findContainer(this.place.containerName);
    if (!left || !(await left.inspect()).State.Running) return;
    log(`stopping container ${this.place.containerName}, left by an earlier run`);
    const running = await ContainerProcess.follow(left, Date.now(), this.logFile);
    await running.stop(signals, () => undefined);
  }
}
