import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A project of one module that needs no package at all, so that its environment is made in a moment. */
export function writeBlankProject(folder: string, pipeline: string, settings = ''): string {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'slipway.toml'), `name = "blank"\npipeline = ["pipeline.py"]\n${settings}`)
  writeFileSync(join(folder, 'requirements.txt'), '')
  writeFileSync(join(folder, 'pipeline.py'), pipeline)
  return folder
}

/** A step that is busy until it is ended, and leaves its process number in `pid`. */
export const busyPipeline = `import os, time
from slipway import step

@step
def first():
    return 1

@step
def busy(first):
    print("busy now", flush=True)
    with open("pid", "w") as file:
        file.write(str(os.getpid()))
    time.sleep(300)
    return first
`
