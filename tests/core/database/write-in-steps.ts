import { writeSync } from 'node:fs'
import { openProjectDatabase } from '../../../core/database/open-database.ts'
import { describeFailure } from '../../../core/domain/failure.ts'

/** Writes one row after the other; each line on stdout says what came of one: `kept NAME` or `refused CODE`. */
const say = (line: string) => writeSync(1, `${line}\n`)
try {
  const database = openProjectDatabase(process.argv[2] as string)
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    try {
      database.prepare('INSERT INTO metric_key (name) VALUES (?)').run([name])
      say(`kept ${name}`)
    } catch (error) {
      say(`refused ${describeFailure(error).code}`)
    }
  }
  database.close()
} catch (error) {
  say(`refused ${describeFailure(error).code}`)
}
say('done')
