import process from 'node:process'
import { askCore } from '../../../core/hosts/ask-core.ts'
import { findAssets } from '../../../core/hosts/assets.ts'

/** A command that is only ever run by a core that is up, as the launcher asks for it; it says where none did. */
const argv = process.argv.slice(2)
const launcher = new URL('../../../core/hosts/launcher/', import.meta.url)
const { findLiveCore } = await import(new URL('live-core.mjs', launcher).href)
const live = findLiveCore(argv)
if (live === null || !(await askCore(argv, live, findAssets().version))) process.stdout.write('elsewhere\n')
