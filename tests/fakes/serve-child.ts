import { openProcessDoor } from '../../core/images/process-door.ts'

/** A process that serves a model folder and may be killed: node serve-child.ts FOLDER NODE */
const [folder = '', nodeFile = ''] = process.argv.slice(2)
const door = await openProcessDoor({ folder, nodeFile, model: 'child@1', port: 0 })
process.stdout.write(`${door.url}\n`)
