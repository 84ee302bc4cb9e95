import { join } from 'node:path'
import type { CommandLine } from './command-line.ts'

/** The penguins in `work`, run, registered, approved and built, all through the shell. */
export async function shipSample(slipway: CommandLine, work: string): Promise<{ folder: string; image: string }> {
  const folder = join(work, 'penguins')
  const ask = async (...args: string[]) => {
    const end = await slipway.run([...args, '--json'], { folder: args[0] === 'init' ? work : folder })
    if (end.code !== 0) throw new Error(`slipway ${args.join(' ')}: ${end.code}\n${end.stdout}\n${end.stderr}`)
    return end.json<{ image: { manifestDigest: string } }>()
  }
  await ask('init', 'penguins', '--template', 'penguins')
  await ask('run', '--trust')
  // All cached: what follows belongs to a run that ran nothing itself.
  await ask('run', '--trust')
  await ask('models', 'register', 'latest:model', 'penguins')
  await ask('models', 'approve', 'penguins@1', '--note', 'Metrics reviewed')
  const { image } = await ask('image', 'build', 'penguins@1')
  return { folder, image: image.manifestDigest }
}
