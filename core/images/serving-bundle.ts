import { stat } from 'node:fs/promises'
import { fail } from '../domain/failure.ts'

/**
 * The prediction server as one file, the runtime's own package left outside. An installation brings `bundleFile`
 * along; in a clone it is made from `sourceFile`, the same bytes every time.
 * @throws images/runtimeMissing when it is neither there nor can be made
 */
export async function findServingBundle(bundleFile: string, sourceFile: string): Promise<string> {
  if (await isFile(bundleFile)) return bundleFile
  if (!(await isFile(sourceFile))) throw fail('images/runtimeMissing', { what: 'the prediction server' })
  await buildServingBundle(sourceFile, bundleFile)
  return bundleFile
}

export async function buildServingBundle(sourceFile: string, bundleFile: string): Promise<void> {
  try {
    const { build } = await import('esbuild')
    await build({
      entryPoints: [sourceFile],
      outfile: bundleFile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node24',
      external: ['onnxruntime-node'],
      legalComments: 'none',
      logLevel: 'silent',
    })
  } catch (cause) {
    throw fail('images/runtimeMissing', { what: 'the prediction server (it could not be bundled)' }, { cause })
  }
}

function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isFile(),
    () => false,
  )
}
