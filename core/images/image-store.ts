import type { Database } from '../database/database.ts'
import type { Digest } from '../domain/digest.ts'
import { fail } from '../domain/failure.ts'
import type { Image, Push } from '../domain/image.ts'
import { canonicalJson } from '../domain/json.ts'
import type { Parity } from '../domain/parity.ts'

/** What stands in the table: the image without what comes to it later. */
export type ImageRecord = Omit<Image, 'parity' | 'pushes'>

export type ImageStore = {
  /** Idempotent by manifest digest; a rebuild makes it the newest again. */
  record(image: ImageRecord): void
  recordParity(manifestDigest: Digest, parity: Parity): void
  recordPush(manifestDigest: Digest, push: Push): void
  /** Newest first. */
  list(): readonly Image[]
  /** A manifest digest, a unique prefix of one, `name@VERSION` or `name`. @throws images/notFound, images/ambiguous */
  find(reference: string): Image
  findByManifest(manifestDigest: Digest): Image | null
  /** Images whose config or model layer is among `digests`: other layers are shared by many. */
  findCarrying(digests: readonly Digest[]): readonly Image[]
  /** The newest certificate that the image's own server gave. */
  newestProof(manifestDigest: Digest): Parity | null
}

type Row = { readonly number: number; readonly detail: string; readonly parity: string | null; readonly pushes: string }

const columns = `
  SELECT image.number, image.detail,
    (SELECT detail FROM parity WHERE parity.image = image.number ORDER BY number DESC LIMIT 1) AS parity,
    (SELECT json_group_array(json(detail)) FROM (SELECT detail FROM push WHERE push.image = image.number ORDER BY number DESC)) AS pushes
  FROM image`

const shortestPrefix = 4

export function createImageStore(database: Database): ImageStore {
  const insert = database.prepare(`
    INSERT INTO image (manifest_digest, image_id, model_version, built_at, detail)
    VALUES ($manifestDigest, $imageId,
      (SELECT number FROM model_version WHERE name = $model AND version = $version), $builtAt, $detail)
    ON CONFLICT (manifest_digest) DO UPDATE SET built_at = excluded.built_at, detail = excluded.detail`)
  const insertParity = database.prepare(`
    INSERT INTO parity (image, at, detail)
    VALUES ((SELECT number FROM image WHERE manifest_digest = $manifestDigest), $at, $detail)`)
  const insertPush = database.prepare(`
    INSERT INTO push (image, at, detail)
    VALUES ((SELECT number FROM image WHERE manifest_digest = $manifestDigest), $at, $detail)`)
  const selectAll = database.prepare<Row>(`${columns} ORDER BY built_at DESC, number DESC`)
  const selectByDigest = database.prepare<Row>(`${columns} WHERE manifest_digest = $digest`)
  const selectByPrefix = database.prepare<Row>(
    `${columns} WHERE substr(manifest_digest, 8, length($hex)) = $hex ORDER BY number`,
  )
  const selectByModel = database.prepare<Row>(`${columns}
    JOIN model_version ON model_version.number = image.model_version
    WHERE model_version.name = $name AND ($version IS NULL OR model_version.version = $version)
    ORDER BY model_version.version DESC, built_at DESC, image.number DESC LIMIT 1`)

  const selectProof = database.prepare<{ detail: string }>(`
    SELECT parity.detail FROM parity JOIN image ON image.number = parity.image
    WHERE image.manifest_digest = $manifestDigest AND json_extract(parity.detail, '$.level') != 'model'
    ORDER BY parity.number DESC LIMIT 1`)

  const list = () => selectAll.all().map(toImage)

  function byModel(reference: string): Image | null {
    const at = reference.lastIndexOf('@')
    const version = at > 0 && /^\d{1,9}$/.test(reference.slice(at + 1)) ? Number(reference.slice(at + 1)) : null
    const name = version === null ? reference : reference.slice(0, at)
    const row = selectByModel.get({ name, version })
    return row ? toImage(row) : null
  }

  function byPrefix(reference: string): Image | null {
    const hex = reference.replace(/^sha256:/, '')
    if (hex.length < shortestPrefix || !/^[0-9a-f]{1,64}$/.test(hex)) return null
    const [first, ...others] = selectByPrefix.all({ hex }).map(toImage)
    if (first && others.length > 0)
      throw fail('images/ambiguous', {
        image: reference,
        candidates: [first, ...others].map(({ manifestDigest }) => manifestDigest.slice(0, 27)),
      })
    return first ?? null
  }

  return {
    record(image) {
      const { manifestDigest, imageId, builtAt, model } = image
      insert.run({
        manifestDigest,
        imageId,
        builtAt,
        model: model.name,
        version: model.version,
        detail: canonicalJson(image),
      })
    },
    recordParity(manifestDigest, parity) {
      insertParity.run({ manifestDigest, at: parity.at, detail: canonicalJson(parity) })
    },
    recordPush(manifestDigest, push) {
      insertPush.run({ manifestDigest, at: push.pushedAt, detail: canonicalJson(push) })
    },
    list,
    find(reference) {
      const image = byModel(reference) ?? byPrefix(reference)
      if (image === null) throw fail('images/notFound', { image: reference })
      return image
    },
    findByManifest(manifestDigest) {
      const row = selectByDigest.get({ digest: manifestDigest })
      return row ? toImage(row) : null
    },
    findCarrying(digests) {
      const wanted = new Set(digests)
      return list().filter(
        ({ imageId, layers }) =>
          wanted.has(imageId) || layers.some(({ name, digest }) => name === 'model' && wanted.has(digest)),
      )
    },
    newestProof(manifestDigest) {
      const row = selectProof.get({ manifestDigest })
      return row ? (JSON.parse(row.detail) as Parity) : null
    },
  }

  function toImage(row: Row): Image {
    return {
      ...(JSON.parse(row.detail) as ImageRecord),
      parity: row.parity === null ? null : (JSON.parse(row.parity) as Parity),
      pushes: JSON.parse(row.pushes) as Push[],
    }
  }
}
