import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

export type PythonWorker = {
  readonly pid: number
  /** What the script writes on descriptor 3. */
  readonly pipe: Readable
  /** One call of a function of the script. @throws Error with what Python raised */
  ask<Answer>(name: string, ...args: readonly unknown[]): Promise<Answer>
  close(): Promise<void>
}

/** A Python process that stays: what it takes to start and to import is not measured. Scripts serve with `serve.py`. */
export async function startWorker(python: string, script: string, args: readonly string[]): Promise<PythonWorker> {
  const child = spawn(python, [script, ...args], {
    stdio: ['pipe', 'pipe', 'inherit', 'pipe'],
    env: {
      ...process.env,
      PYTHONDONTWRITEBYTECODE: '1',
      MLFLOW_DISABLE_TELEMETRY: 'true',
      GIT_PYTHON_REFRESH: 'quiet',
    },
  })
  const answers: ((line: string | null) => void)[] = []
  createInterface({ input: child.stdout as Readable }).on('line', (line) => answers.shift()?.(line))
  const closed = new Promise<void>((done) => child.once('close', () => done()))
  void closed.then(() => {
    for (const answer of answers.splice(0)) answer(null)
  })
  const worker: PythonWorker = {
    pid: child.pid as number,
    pipe: child.stdio[3] as Readable,
    ask: (name, ...values) =>
      new Promise((resolve, reject) => {
        answers.push((line) => {
          if (line === null) return reject(new Error(`${script} ended before it answered ${name}`))
          const { answer, error } = JSON.parse(line)
          if (error === undefined) resolve(answer)
          else reject(new Error(`${script} ${name}: ${error}`))
        })
        child.stdin?.write(`${JSON.stringify([name, values])}\n`)
      }),
    async close() {
      child.stdin?.end()
      await closed
    },
  }
  await worker.ask('ready')
  return worker
}
