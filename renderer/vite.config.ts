import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/**
 * SLIPWAY_BUILD_TARGET lowers the syntax for an older browser engine (`chrome108`); the default is what the
 * shipped Electron and current browsers run. Everything is bundled: the page never asks another host for anything.
 */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    outDir: fileURLToPath(new URL('../dist/renderer', import.meta.url)),
    emptyOutDir: true,
    target: process.env.SLIPWAY_BUILD_TARGET ?? 'chrome140',
    cssTarget: process.env.SLIPWAY_BUILD_TARGET ?? 'chrome140',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 5000,
    reportCompressedSize: false,
  },
})
