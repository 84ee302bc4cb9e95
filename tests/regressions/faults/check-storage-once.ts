import { checkStorage } from '../../../core/tracking/check-storage.ts'
import { openRecording } from '../../core/tracking/open-recording.ts'

/** What doctor says of the records in a folder, for a test that asks as somebody else. */
const at = await openRecording(process.argv[2])
process.stdout.write(JSON.stringify(await checkStorage(at)))
at.database.close()
