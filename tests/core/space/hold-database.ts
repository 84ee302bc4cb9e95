import { spawn } from 'node:child_process'

const code = `
import Driver from 'better-sqlite3'
const [file, begin] = process.argv.slice(1)
const connection = new Driver(file)
connection.exec(begin)
connection.prepare('SELECT count(*) FROM run').get()
process.stdout.write('held')
process.stdin.on('end', () => process.exit(0)).resume()
`

/** Another process that has begun to write (`BEGIN IMMEDIATE`) or to read (`BEGIN`), until it is ended. */
export async function holdDatabase(file: string, begin: string): Promise<{ end(): Promise<void> }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', code, file, begin], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve())
    child.once('exit', () => reject(new Error('It ended before it held the database.')))
  })
  return {
    end() {
      child.stdin.end()
      return ended
    },
  }
}
