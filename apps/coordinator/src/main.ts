import { loadBundle, StartProgress } from '@billing/lifecycle';
import type * as app from './start.js';

// Nothing else is imported before the first line of the log.
const progress = StartProgress.begin({ app: 'coordinator' });
const bundle = loadBundle<typeof app>(new URL('./bundle/start.cjs', import.meta.url));
await bundle.exports.start(progress);
