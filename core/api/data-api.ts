import * as z from 'zod'
import { command, query } from '../rpc/procedure.ts'
import type { DataArea } from './data-area.ts'

const name = z.string().min(1).max(200)
/** `NAME@VERSION`, or `NAME` for its newest version. */
const reference = z.string().min(1).max(300)
/** A version's number, a digest or a prefix of one, `newest`, or `now` for the files on disk. */
const state = z.string().min(1).max(100)
const terms = z.object({
  origin: z.string().max(10_000).optional(),
  licence: z.string().max(500).optional(),
  purpose: z.array(z.string().min(1).max(500)).optional(),
  expires: z.iso.date().optional(),
  personal: z.boolean().optional(),
  contact: z.string().max(1000).optional(),
})

const changedTerms = z.object({
  origin: z.string().max(10_000).nullable().optional(),
  licence: z.string().max(500).nullable().optional(),
  purpose: z.array(z.string().min(1).max(500)).optional(),
  expires: z.iso.date().nullable().optional(),
  personal: z.boolean().optional(),
  contact: z.string().max(1000).nullable().optional(),
})
const path = z.string().min(1).max(4096)
const upload = z.uuid()
/** In base64, of at most 3 MiB. */
const longestPiece = 4 * 1024 * 1024

export function dataApi(core: { readonly data: DataArea }) {
  return {
    data: {
      list: query(z.object({}), () => core.data.list()),
      show: query(z.object({ dataset: reference }), (input) => core.data.show(input.dataset)),
      versions: query(z.object({ name }), (input) => core.data.versions(input.name)),
      files: query(
        z.object({
          dataset: reference,
          offset: z.int().min(0).optional(),
          limit: z.int().min(1).max(2_000).optional(),
        }),
        ({ dataset, ...page }) => core.data.files(dataset, page),
      ),
      uses: query(z.object({ name }), (input) => core.data.uses(input.name)),
      undeclared: query(z.object({}), () => core.data.undeclared()),
      declare: command(z.object({ name, path: path.optional(), terms: changedTerms.optional() }), (input) =>
        core.data.declare(input),
      ),
      diff: command(
        z.object({ name, from: state.optional(), to: state.optional(), key: z.array(z.string()).optional() }),
        (input) => core.data.diff(input),
      ),
      add: command(
        z.object({
          name,
          path: path.optional(),
          terms: terms.optional(),
          keep: z.boolean().optional(),
          link: z.boolean().optional(),
        }),
        (input) => core.data.add(input),
      ),
      expect: command(z.object({ name, clear: z.boolean().optional() }), (input) =>
        core.data.expect(input.name, input.clear ?? false),
      ),
      bring: command(z.object({ from: z.union([path, z.array(path).min(1).max(10_000)]), to: path }), ({ from, to }) =>
        core.data.bring(typeof from === 'string' ? [from] : from, to),
      ),
      openUpload: command(
        z.object({ to: path, sizeBytes: z.int().min(0), isFolder: z.boolean().optional() }),
        ({ to, sizeBytes, isFolder }) => core.data.openUpload(to, sizeBytes, isFolder ?? false),
      ),
      writeUpload: command(
        z.object({ upload, file: path.optional(), offset: z.int().min(0), base64: z.string().max(longestPiece) }),
        ({ upload, file, offset, base64 }) =>
          core.data.writeUpload(upload, offset, Buffer.from(base64, 'base64'), file ?? null),
      ),
      finishUpload: command(z.object({ upload }), (input) => core.data.finishUpload(input.upload)),
      dropUpload: command(z.object({ upload }), (input) => core.data.dropUpload(input.upload)),
      restore: command(z.object({ dataset: reference, to: path.optional() }), (input) =>
        core.data.restore(input.dataset, input.to),
      ),
      export: command(
        z.object({ dataset: reference, format: z.enum(['croissant']), file: path, replaces: z.boolean().optional() }),
        (input) => core.data.export(input.dataset, input.format, input.file, input.replaces),
      ),
    },
  }
}
