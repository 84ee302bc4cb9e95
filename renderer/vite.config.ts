import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Monaco and what draws graphs are large, and only some screens have them. */
const isOfAnyScreen = (module: string) =>
  !/monaco-editor|[\\/]editor[\\/](?!load-monaco)|@xyflow|@dagrejs|[\\/]d3-|graph|lineage-canvas|place-lineage|still-canvas/.test(
    module,
  )

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
    rolldownOptions: {
      output: {
        // A start waits for few files instead of for many small ones: what asks for the rest, what several parts of
        // the window have in common, and what is drawn.
        codeSplitting: {
          groups: [
            { name: 'start', tags: ['$initial'], priority: 3 },
            { name: 'shared', test: isOfAnyScreen, minShareCount: 2, priority: 2 },
            { name: 'graph', test: /node_modules[\\/](@xyflow|@dagrejs|d3-)/, priority: 1 },
          ],
        },
      },
    },
  },
})
