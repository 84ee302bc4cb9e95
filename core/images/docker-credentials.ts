import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** A login for one registry. Never stored, logged or put into a failure. */
export type Credentials = {
  readonly username: string
  readonly password: string
  readonly origin: 'given' | 'in the Docker configuration'
}

/**
 * What `docker login` left for this registry, in the file itself. Credential helpers are programs, and are not run.
 * Null when there is none or the file cannot be read.
 */
export async function readDockerCredentials(
  host: string,
  configFolder = process.env.DOCKER_CONFIG ?? join(homedir(), '.docker'),
): Promise<Credentials | null> {
  const text = await readFile(join(configFolder, 'config.json'), 'utf8').catch(() => null)
  if (text === null) return null
  try {
    const { auths } = JSON.parse(text) as { auths?: Record<string, { auth?: unknown }> }
    if (typeof auths !== 'object' || auths === null) return null
    const entry = namesOf(host).find((name) => Object.hasOwn(auths, name))
    const auth = entry === undefined ? undefined : auths[entry]?.auth
    if (typeof auth !== 'string') return null
    const decoded = Buffer.from(auth, 'base64').toString('utf8')
    const colon = decoded.indexOf(':')
    if (colon <= 0) return null
    return {
      username: decoded.slice(0, colon),
      password: decoded.slice(colon + 1).replace(/\0+$/, ''),
      origin: 'in the Docker configuration',
    }
  } catch {
    return null
  }
}

/** How this registry may be spelt there. */
function namesOf(host: string): readonly string[] {
  const plain = [host, `https://${host}`, `https://${host}/`, `http://${host}`]
  return host === 'docker.io' ? ['https://index.docker.io/v1/', 'index.docker.io', ...plain] : plain
}
