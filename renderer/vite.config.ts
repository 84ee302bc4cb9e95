import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig, type HtmlTagDescriptor, type Plugin } from 'vite'

/** Monaco and what draws graphs are large, and only some screens have them. */
const isOfAnyScreen = (module: string) =>
  !/monaco-editor|[\\/]editor[\\/](?!load-monaco)|@xyflow|@dagrejs|[\\/]d3-|graph|lineage-canvas|place-lineage|still-canvas/.test(
    module,
  )

/** The page names what every screen of it needs, so that this is not asked for by its first script alone. */
const namesAhead: Plugin = {
  name: 'names-ahead',
  transformIndexHtml: {
    order: 'post',
    handler(_, { bundle = {} }) {
      const parts = Object.values(bundle).flatMap((part) =>
        part.type === 'chunk' && ['app', 'shared'].includes(part.name) ? [part] : [],
      )
      const styles = parts.flatMap((part) => [...(part.viteMetadata?.importedCss ?? [])])
      const link = (attrs: HtmlTagDescriptor['attrs']): HtmlTagDescriptor => ({ tag: 'link', attrs, injectTo: 'head' })
      return [
        ...parts.map(({ fileName }) => link({ rel: 'modulepreload', crossorigin: true, href: `./${fileName}` })),
        ...styles.map((file) => link({ rel: 'preload', as: 'style', crossorigin: true, href: `./${file}` })),
      ]
    },
  },
}

/**
 * SLIPWAY_BUILD_TARGET lowers the syntax for an older browser engine (`chrome108`); the default is what the
 * shipped Electron and current browsers run. Everything is bundled: the page never asks another host for anything.
 */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [react(), namesAhead],
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
