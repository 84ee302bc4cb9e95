export type ServingLimits = {
  /** Bytes of one body, on the wire and after decompression. More: 413. */
  readonly maxBodyBytes: number
  /** Bytes of all bodies held at once. More: 503. */
  readonly maxBufferedBytes: number
  readonly maxHeaderBytes: number
  /** Rows of one request. More: 413. */
  readonly maxRows: number
  /** Rows of one call of the runtime. */
  readonly maxBatchRows: number
  readonly maxWaitingRows: number
  /** Requests being read, waiting or answered. More: 503. */
  readonly maxRequests: number
  /** The same for one address; 0 is no limit. More: 429. */
  readonly maxRequestsPerClient: number
  readonly maxConnections: number
  readonly headersTimeoutMs: number
  /** The whole request must have arrived by then. Later: 408. */
  readonly requestTimeoutMs: number
  readonly keepAliveTimeoutMs: number
  /** Longest wait for a turn. Longer: 503. */
  readonly maxWaitMs: number
  /** How long requests are still taken after SIGTERM, while the balancer hears of it. */
  readonly drainDelayMs: number
  /** After SIGTERM, what is unfinished by then is given up. */
  readonly graceMs: number
  /** A server that could not load its model answers probes with the reason for so long before it exits. */
  readonly failedLingerMs: number
  readonly threads: number
}

/** Each is set by the variable of its name, `SLIPWAY_MAX_BODY_BYTES` and so on. */
export const defaultLimits: ServingLimits = {
  maxBodyBytes: 32 * 1024 * 1024,
  maxBufferedBytes: 128 * 1024 * 1024,
  maxHeaderBytes: 16 * 1024,
  maxRows: 100_000,
  maxBatchRows: 4096,
  maxWaitingRows: 200_000,
  maxRequests: 1024,
  maxRequestsPerClient: 0,
  maxConnections: 4096,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  keepAliveTimeoutMs: 75_000,
  maxWaitMs: 30_000,
  drainDelayMs: 1000,
  graceMs: 8000,
  failedLingerMs: 1000,
  threads: 1,
}

/** @throws RangeError naming the variable */
export function readLimits(environment: Readonly<Record<string, string | undefined>>): ServingLimits {
  const limits: Record<string, number> = {}
  for (const [name, normal] of Object.entries(defaultLimits)) {
    const variable = `SLIPWAY_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
    const text = environment[variable]
    if (text !== undefined && !/^\d{1,15}$/.test(text))
      throw new RangeError(`${variable} is ${JSON.stringify(text)}, not a whole number`)
    limits[name] = text === undefined ? normal : Number(text)
  }
  return limits as ServingLimits
}
