import { writeSync } from 'node:fs'
import { openProjectDatabase } from '../../../core/database/open-database.ts'

/** Opens the database in the folder and closes it, as any start does; says how far it came. */
const database = openProjectDatabase(process.argv[2] as string)
writeSync(1, 'opened\n')
database.close()
writeSync(1, 'done\n')
