import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { findInterpreter } from '../../../core/environments/find-interpreters.ts'
import { temporaryFolder } from '../../builders/temporary-file.ts'

/** uv as people get it: from the package index, into a folder of its own. */
export async function installUv(): Promise<string> {
  const folder = temporaryFolder('slipway-uv-')
  const { path } = await findInterpreter(null, '/nowhere', process.env)
  const pip = ['-I', '-m', 'pip', 'install', '-q', '--disable-pip-version-check', '--root-user-action', 'ignore']
  execFileSync(path, [...pip, '--target', folder, 'uv'])
  return join(folder, 'bin', 'uv')
}
