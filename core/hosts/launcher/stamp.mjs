import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, root } from './root.mjs'

/**
 * Whether something was made from the inputs as they are now. Sizes and times are looked at first; only when these
 * moved is the text itself compared.
 * @param {string} name
 * @param {readonly string[]} inputs files and folders, relative to the clone
 * @param {readonly string[]} outputs files that have to be there
 */
export function isUpToDate(name, inputs, outputs) {
  if (!outputs.every((file) => existsSync(join(root, file)))) return false
  const stamp = readStamp(name)
  if (stamp === null) return false
  const files = listFiles(inputs)
  if (stamp.quick === digestTimes(files)) return true
  if (stamp.text !== digestTexts(files)) return false
  writeStamp(name, inputs)
  return true
}

/** Says that the outputs were made from the inputs as they are now. */
export function writeStamp(name, inputs) {
  const files = listFiles(inputs, true)
  mkdirSync(cacheFolder, { recursive: true })
  const file = stampFile(name)
  writeFileSync(`${file}.new`, JSON.stringify({ quick: digestTimes(files), text: digestTexts(files) }))
  renameSync(`${file}.new`, file)
}

function readStamp(name) {
  try {
    return JSON.parse(readFileSync(stampFile(name), 'utf8'))
  } catch {
    return null
  }
}

function stampFile(name) {
  return join(cacheFolder, `built-${name}.json`)
}

/** Targets share most of their inputs, and every command asks: what was seen once is not looked at again. */
const seen = new Map()

function listFiles(inputs, fresh = false) {
  if (fresh) seen.clear()
  return inputs.flatMap((input) => {
    if (!seen.has(input)) seen.set(input, listInput(input))
    return seen.get(input)
  })
}

function listInput(path) {
  const found = statSync(join(root, path), { throwIfNoEntry: false })
  if (!found) return []
  if (!found.isDirectory()) return [{ path, sizeBytes: found.size, changedMs: found.mtimeMs }]
  const key = (entry) => `${path}/${entry.name}`
  return readdirSync(join(root, path), { withFileTypes: true })
    .filter(({ name }) => name !== '__pycache__' && name !== 'node_modules' && !name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (!seen.has(key(entry))) seen.set(key(entry), listInput(key(entry)))
      return seen.get(key(entry))
    })
}

function digestTimes(files) {
  const lines = files.map(({ path, sizeBytes, changedMs }) => `${path}\0${sizeBytes}\0${changedMs}\n`)
  return createHash('sha256').update(lines.join('')).digest('hex')
}

function digestTexts(files) {
  const hash = createHash('sha256')
  for (const { path } of files) hash.update(`${path}\0`).update(readFileSync(join(root, path)))
  return hash.digest('hex')
}
