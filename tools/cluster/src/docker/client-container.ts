import { cloneFolder } from '../home.js';
import type { Program, ProgramRun } from '../program.js';
import { runInContainer } from './container-program.js';
import {
  conflict,
  createContainer,
  ignoring,
  loadImages,
  notFound,
  type Container,
  type ContainerPlace,
} from './docker-runtime.js';

const interrupted: ProgramRun = { code: null, output: '' };

/**
 * Where psql runs, for a machine that has none: one container for all programs of a cluster. The least of
 * five on two busy cores: 0.27 s for psql --version in it, 0.65 s in a container of its own each time.
 */
export class ClientContainer {
  private starting: Promise<Container> | undefined;
  private removing: Promise<void> | undefined;

  constructor(private readonly place: ContainerPlace) {}

  async run(program: Program): Promise<ProgramRun> {
    if (program.signal?.aborted) return interrupted;
    await this.removing;
    this.starting ??= this.create();
    const container = await this.starting;
    const end = (): void => this.remove(container);
    program.signal?.addEventListener('abort', end, { once: true });
    try {
      const env = { HOME: '/tmp', LANG: 'C.UTF-8', ...program.env };
      return await runInContainer(container, { ...program, env });
    } catch (error) {
      if (program.signal?.aborted) return interrupted;
      throw error;
    } finally {
      program.signal?.removeEventListener('abort', end);
    }
  }

  /** With all that runs in it, for a cluster that stops: the next program gets a new one. */
  private remove(container: Container): void {
    this.starting = undefined;
    const removed = container.remove({ force: true, v: true });
    this.removing = removed.catch(ignoring(notFound, conflict));
  }

  private create(): Promise<Container> {
    const recipe = {
      image: loadImages().postgres,
      entrypoint: ['sleep'],
      command: ['infinity'],
      environment: {},
      mounts: [{ source: cloneFolder }, { source: this.place.home }],
      // Who may read the passwords.
      user: currentUser(),
    };
    return createContainer(recipe, this.place);
  }
}

export function currentUser(): string {
  return `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
}
