import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The desktop shell's executable where it was fetched and a display could show it; null otherwise. */
export function findDesktop(root: string): string | null {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return null
  const folder = join(root, 'node_modules', 'electron')
  const pointer = join(folder, 'path.txt')
  if (!existsSync(pointer) || !existsSync(join(root, 'dist', 'electron', 'main.mjs'))) return null
  const file = join(folder, 'dist', readFileSync(pointer, 'utf8'))
  return existsSync(file) ? file : null
}

/** Opens the desktop workbench, on a project or on home, and stays until it is closed. @returns its exit code */
export function openDesktop(
  program: string,
  options: { readonly root: string; readonly projectKey: string | null; readonly signal: AbortSignal },
): Promise<number> {
  const { projectKey, root, signal } = options
  // Inherited from some editors' terminals, this would start it as a plain Node.
  const { ELECTRON_RUN_AS_NODE: _, ...variables } = process.env
  const args = projectKey === null ? [root] : [root, `--project=${projectKey}`]
  const child = spawn(program, args, { stdio: 'inherit', env: variables })
  signal.addEventListener('abort', () => child.kill('SIGTERM'), { once: true })
  return new Promise((done, refuse) => {
    child.once('error', refuse)
    child.once('exit', (code) => done(code ?? 130))
  })
}
