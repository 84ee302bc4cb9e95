import { randomBytes, timingSafeEqual } from 'node:crypto'

/** Who may enter: the bearer of the code, once; afterwards the bearer of the cookie that it was changed for. */
export type SessionToken = {
  /** The code for the printed URL. */
  readonly code: string
  /** The cookie to set when the code is right and still unused; null otherwise. */
  redeem(code: string): string | null
  accepts(cookieHeader: string | undefined): boolean
}

/** Cookies are shared by all ports of a host, so the name carries the port. */
export function createSessionToken(port: number): SessionToken {
  const name = `slipway-${port}`
  const code = randomBytes(24).toString('base64url')
  const token = randomBytes(32).toString('base64url')
  let unused = true
  return {
    code,
    redeem(offered) {
      if (!unused || !isSame(offered, code)) return null
      unused = false
      return `${name}=${token}; HttpOnly; SameSite=Strict; Path=/`
    },
    accepts(header) {
      const values = (header ?? '').split(';').map((pair) => pair.trim())
      const own = values.filter((pair) => pair.startsWith(`${name}=`))
      return own.length === 1 && isSame((own[0] as string).slice(name.length + 1), token)
    },
  }
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
