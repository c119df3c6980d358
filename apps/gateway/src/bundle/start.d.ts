// What `tools/bundle-app.mjs` makes of ../start.ts.
export * from '../start.js';
