import { isDigest } from '../../core/domain/digest.ts'
import { pushImage } from '../../core/images/push.ts'
import { parseReference } from '../../core/images/reference.ts'
import { createStore } from '../../core/store/create-store.ts'

/** A process that pushes and may be killed: node push-child.ts STORE MANIFEST REFERENCE */
const [folder, manifest, reference] = process.argv.slice(2)
if (!folder || !isDigest(manifest) || !reference) throw new RangeError('STORE MANIFEST REFERENCE')
await pushImage(manifest, parseReference(reference), { store: await createStore(folder), pausesMs: [10] })
