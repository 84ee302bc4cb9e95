import { expect, it } from 'vitest'
import { describeFailure, fail } from '../../../core/domain/failure.ts'
import { createOutput } from '../../../core/hosts/cli/output.ts'

function printed() {
  const texts: string[] = []
  const stream = {
    isTTY: true,
    columns: 80,
    write(text: string | Uint8Array, done?: () => void) {
      texts.push(String(text))
      done?.()
    },
  }
  const output = createOutput({ json: false, quiet: false, verbose: false, color: false }, stream, stream)
  return { output, text: () => texts.join('') }
}

it('what a step says in its error does not steer the terminal', async () => {
  const { output, text } = printed()
  const message = 'ValueError: \u001b[2J\u001b]8;;file:///etc/passwd\u0007gone\u202e\n\tsecond line'
  await output.failure(describeFailure(fail('execution/stepFailed', { step: 'fit', message, remedy: 'Look.' })), null)
  output.alert(message)
  output.note(message)
  expect(text()).not.toMatch(/[^\P{Cc}\n\t]|\u202e/u)
  expect(text().match(/\\u001b\[2J\\u001b\]8;;file:\/\/\/etc\/passwd\\u0007gone\\u202e\n\tsecond line/g)).toHaveLength(
    3,
  )
})

it('of a defect it says how to learn more', async () => {
  const { output, text } = printed()
  await output.failure(describeFailure(new Error('no such thing')), 'at here')
  expect(text()).toContain('With --verbose it says where.')
})
