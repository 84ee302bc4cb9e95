import { StringDecoder } from 'node:string_decoder'

/** At most this much text reaches watchers in one turn; a busy step's middle is left to the file. */
const liveTextBytes = 64 * 1024
const turnMs = 100

export type LogFeed = { push(chunk: Buffer): void; end(): void }

/**
 * Turns raw output into text for people who watch: whole characters, a few times a second, bounded.
 * What it leaves out live stands in the log file.
 */
export function createLogFeed(emit: (text: string) => void): LogFeed {
  const decoder = new StringDecoder('utf8')
  let held = ''
  let omitted = 0
  let timer: NodeJS.Timeout | null = null

  function flush(): void {
    if (timer) clearTimeout(timer)
    timer = null
    if (held === '' && omitted === 0) return
    const text = omitted > 0 ? `… ${omitted} characters not shown live …\n${held}` : held
    held = ''
    omitted = 0
    emit(text)
  }

  return {
    push(chunk) {
      held += decoder.write(chunk)
      if (held.length > liveTextBytes) {
        omitted += held.length - liveTextBytes
        held = held.slice(-liveTextBytes)
      }
      timer ??= setTimeout(flush, turnMs)
    },
    end() {
      held += decoder.end()
      flush()
    },
  }
}
