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

/**
 * Where psql runs, for a machine that has none: one container for all programs of a cluster. The least of
 * five on two busy cores: 0.27 s for psql --version in it, 0.65 s in a container of its own each time.
 */
export class ClientContainer {
  private starting: Promise<Container> | undefined;

  constructor(private readonly place: ContainerPlace) {}

  async run(program: Program): Promise<ProgramRun> {
    if (program.signal?.aborted) return { code: null, output: '' };
    this.starting ??= this.create();
    const container = await this.starting;
    // All that runs in it, for a cluster that stops: the next program gets a new one.
    const end = (): void => {
      this.starting = undefined;
      void container.remove({ force: true, v: true }).catch(ignoring(notFound, conflict));
    };
    program.signal?.addEventListener('abort', end, { once: true });
    try {
      const env = { HOME: '/tmp', LANG: 'C.UTF-8', ...program.env };
      return await runInContainer(container, { ...program, env });
    } finally {
      program.signal?.removeEventListener('abort', end);
    }
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
