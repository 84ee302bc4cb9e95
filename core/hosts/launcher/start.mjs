import { join } from 'node:path'
import process from 'node:process'
import { build, describeTrouble } from './build.mjs'
import { fetchElectron } from './electron-binary.mjs'
import { projectNode, root } from './root.mjs'
import { handOver } from './run-program.mjs'
import { createProgress } from './say.mjs'
import { setUp } from './setup.mjs'

/** `npm start`: sets up what is missing, then opens the best workbench that this computer can show. */
const progress = createProgress()
const cli = join(root, 'dist', 'core', 'cli.mjs')

try {
  await setUp(progress)
  await build(['core', 'serving', 'renderer', 'electron'], progress)
  await open()
} catch (error) {
  process.stderr.write(describeTrouble(error))
  process.exitCode = 3
}

async function open() {
  if (!hasDisplay()) {
    progress.note(
      'There is no display here: the sample journey runs in this terminal, then a browser can open the workbench.',
    )
    return handOver(projectNode, [cli, 'demo', '--yes', '--open'])
  }
  if (await fetchElectron(progress)) return handOver(projectNode, [cli, 'open', '--sample'])
  progress.note(
    "Electron's binary cannot be had here, so the workbench opens in your browser. It is the same workbench.",
  )
  return handOver(projectNode, [cli, 'open', '--sample', '--browser'])
}

function hasDisplay() {
  if (process.platform === 'darwin' || process.platform === 'win32') return !process.env.SSH_CONNECTION
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}
