import { defineConfig } from 'vite';

// The gateway serves the result under /console, with a policy that allows nothing but its own files.
export default defineConfig({
  base: '/console/',
  publicDir: 'public',
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    emptyOutDir: true,
    reportCompressedSize: false,
  },
});
