import { promisify } from 'node:util'
import { deflate, gzip } from 'node:zlib'
import type { Answer } from './route.ts'

/** Below this, compressing costs more than it saves on any network between two machines. */
const leastBytes = 64 * 1024

export async function compressAnswer(answer: Answer, accepted: string | string[] | undefined): Promise<Answer> {
  if (accepted === undefined || Buffer.byteLength(answer.body) < leastBytes) return answer
  const encodings = String(accepted)
    .toLowerCase()
    .split(',')
    .map((one) => one.trim())
    .filter((one) => !/;\s*q=0(\.0*)?$/.test(one))
    .map((one) => one.split(';')[0])
  const encoding = encodings.includes('gzip') ? 'gzip' : encodings.includes('deflate') ? 'deflate' : null
  if (encoding === null) return answer
  const body = await promisify(encoding === 'gzip' ? gzip : deflate)(answer.body, { level: 1 })
  return { ...answer, body, headers: { ...answer.headers, 'Content-Encoding': encoding, Vary: 'Accept-Encoding' } }
}
