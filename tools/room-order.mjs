// The order of rooms: one imports those below it, never one above. A new room gets its place here; lint asks for it.
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('..', import.meta.url));

/** From above to below; `*`: whatever is not named. What stands on one line may import each other. */
const orders = {
  'apps/gateway/src': [
    'main.ts',
    'bundle',
    'start.ts',
    'gateway.ts gateway.module.ts file-routes.ts',
    'console openapi',
    'overview',
    'datacenters',
    'audit',
    'acts',
    'letters',
    'pay-ins',
    'holds',
    'pay-outs',
    'accounts',
    'services',
    'health',
    'coordinator',
    'http',
    'metrics',
  ],
  'apps/coordinator/src': [
    'main.ts',
    'bundle',
    'start.ts',
    'coordinator.ts coordinator.module.ts coordinator-databases.ts',
    'letters',
    'holds',
    'pay-outs',
    'accounts',
    'catalogue',
    'duties',
    'audit',
    'holder',
    'recovery',
    'metrics',
    'grpc',
  ],
  'apps/ledger-worker/src': [
    'main.ts',
    'bundle',
    'start.ts',
    'ledger-worker.ts',
    'topic-consumer.ts',
    'ledger-worker.module.ts',
    '*',
  ],
  'apps/console/src': [
    'main.tsx',
    'app.tsx',
    'shell.tsx navigation.tsx',
    'routes.tsx',
    'pages',
    'datacenters',
    'components live',
    '*',
  ],
  'tools/cluster/src': [
    'command-line prepare-compose.ts index.ts',
    'cluster.ts',
    'docker native',
    '*',
  ],
  'tests/cluster': [
    'two-tenants',
    'outages',
    'rotation',
    'audit',
    'letters',
    'access',
    'holds',
    'gateway',
    'random-history',
    'drains',
    'pay-outs',
    'command-line',
    'coordinator',
    'pay-ins',
  ],
};

/** A folder that git has left behind is no room. */
const isEmpty = (path) => statSync(path).isDirectory() && readdirSync(path).length === 0;

/** For import-x/no-restricted-paths. Specs look at what they want in their own project. */
export const roomZones = Object.entries(orders).flatMap(([folder, order]) => {
  const levels = order.map((line) => line.split(' '));
  const named = levels.flat();
  const rest = readdirSync(top + folder).filter((name) => !named.includes(name));
  const strangers = rest.filter(
    (name) => !name.includes('.spec.') && !isEmpty(`${top}${folder}/${name}`),
  );
  if (!named.includes('*') && strangers.length > 0) {
    throw new Error(`${folder}: no place for ${strangers.join(', ')} in tools/room-order.mjs`);
  }
  const paths = levels.map((level) =>
    level.flatMap((name) => (name === '*' ? strangers : [name])).map((name) => `${folder}/${name}`),
  );
  return paths.slice(1).map((target, index) => ({
    target,
    from: paths.slice(0, index + 1).flat(),
    message: 'room-order: it stands above (tools/room-order.mjs).',
  }));
});
