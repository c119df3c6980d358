import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ContainerRuntimeClient, GenericContainer } from 'testcontainers';
import { ClusterError } from '../cluster-error.js';

export type Container = ReturnType<ContainerRuntimeClient['container']['getById']>;

interface Images {
  readonly postgres: string;
  readonly kafka: string;
  readonly node: string;
}

/** The data file that tools/bootstrap reads as well, to have them there before a test runs. */
export function loadImages(): Images {
  const file = fileURLToPath(new URL('../../images.json', import.meta.url));
  return JSON.parse(readFileSync(file, 'utf8')) as Images;
}

/** By these, what a killed test run left is found. */
export const homeLabel = 'geo-billing.home';
export const memberLabel = 'geo-billing.part';

/** Seen at the same path, or at `target`; never written to. */
export interface ContainerMount {
  readonly source: string;
  readonly target?: string;
}

/** What a container is made of, before testcontainers makes it. */
export interface ContainerRecipe {
  readonly image: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts?: readonly ContainerMount[];
  readonly user?: string;
  readonly workingFolder?: string;
}

export interface ContainerPlace {
  readonly home: string;
  readonly memberName: string;
  readonly containerName: string;
}

/** Only where containers run is testcontainers loaded: it takes half a second. */
async function loadTestcontainers(): Promise<typeof import('testcontainers')> {
  return import('testcontainers');
}

async function runtimeClient(): Promise<ContainerRuntimeClient> {
  const { getContainerRuntimeClient } = await loadTestcontainers();
  try {
    return await getContainerRuntimeClient();
  } catch (error) {
    const message = `no Docker engine answers (${String(error)}): start it, or TEST_ENGINE=native`;
    throw new ClusterError('MISSING_SOFTWARE', message, { cause: error });
  }
}

/**
 * Makes the container and starts it. In the host's network: what listens in it listens on this
 * machine's 127.0.0.1, on the very port that a native member would have.
 */
export async function createContainer(
  recipe: ContainerRecipe,
  { home, memberName, containerName }: ContainerPlace,
): Promise<Container> {
  const { GenericContainer, Wait } = await loadTestcontainers();
  const mounts = (recipe.mounts ?? []).map(({ source, target }) => ({
    source,
    target: target ?? source,
    mode: 'ro' as const,
  }));
  const wanted: GenericContainer = new GenericContainer(recipe.image)
    .withName(containerName)
    .withLabels({ [homeLabel]: home, [memberLabel]: memberName })
    .withNetworkMode('host')
    .withEntrypoint([...recipe.entrypoint])
    .withCommand([...recipe.command])
    .withEnvironment({ ...recipe.environment })
    .withBindMounts(mounts)
    .withSharedMemorySize(sharedMemoryBytes)
    // Where SELinux is on, it would keep the mounts from them.
    .withSecurityOpt('label=disable')
    // Member waits until it is ready, the same way for all.
    .withWaitStrategy(Wait.forAll([]));
  if (recipe.user !== undefined) wanted.withUser(recipe.user);
  if (recipe.workingFolder !== undefined) wanted.withWorkingDir(recipe.workingFolder);
  const { container } = await runtimeClient();
  try {
    const started = await wanted.start();
    return container.getById(started.getId());
  } catch (error) {
    throw new ClusterError('MEMBER_FAILED', `${memberName}: ${String(error)}`, { cause: error });
  }
}

// Docker's own 64 MB are few for PostgreSQL's parallel workers.
const sharedMemoryBytes = 256 * 1024 * 1024;

/** The container of that name, running or not. */
export async function findContainer(name: string): Promise<Container | undefined> {
  const { container } = await runtimeClient();
  const found = container.getById(name);
  try {
    await found.inspect();
    return found;
  } catch (error) {
    if (isAnswer(error, notFound)) return undefined;
    throw error;
  }
}

/** With their volumes; running or not. */
export async function removeContainersOf(home: string): Promise<void> {
  const { dockerode } = (await runtimeClient()).container;
  const filters = { label: [`${homeLabel}=${home}`] };
  const found = await dockerode.listContainers({ all: true, filters });
  await Promise.all(
    found.map(({ Id }) =>
      dockerode
        .getContainer(Id)
        .remove({ force: true, v: true })
        .catch(ignoring(notFound, conflict)),
    ),
  );
}

export const notFound = 404;
/** The container is not in the state that the request wants: it has ended, or is being removed. */
export const conflict = 409;
/** It was already as wanted. */
export const notModified = 304;

function isAnswer(error: unknown, ...statuses: readonly number[]): boolean {
  return statuses.includes((error as { statusCode?: number }).statusCode ?? 0);
}

export function ignoring(...statuses: readonly number[]): (error: unknown) => void {
  return (error) => {
    if (!isAnswer(error, ...statuses)) throw error;
  };
}
