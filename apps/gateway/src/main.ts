import { StartProgress } from '@billing/lifecycle';

// Nothing else is imported before the first line of the log.
const progress = StartProgress.begin({ app: 'gateway' });
const { start } = await import('./bundle/start.js');
await start(progress);
