import { type ChildProcess, spawn } from 'node:child_process'

/** A screen for windows: the one there is, else a virtual one of our own, ended by us. */
export type Display = { readonly name: string; stop(): void }

/** @throws when there is neither a screen nor Xvfb. */
export async function openDisplay(): Promise<Display> {
  if (process.env.DISPLAY) return { name: process.env.DISPLAY, stop: () => undefined }
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1440x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const number = await readNumber(server)
  return { name: `:${number}`, stop: () => server.kill() }
}

function readNumber(server: ChildProcess): Promise<string> {
  return new Promise((settle, refuse) => {
    let text = ''
    server.once('error', refuse)
    server.once('exit', (code) => refuse(new Error(`Xvfb ended with ${code} before it gave a display`)))
    server.stdio[3]?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes('\n')) settle(text.trim())
    })
  })
}
