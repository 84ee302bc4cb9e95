import { constants } from 'node:os'
import { getSystemErrorName } from 'node:util'
import { expect, it } from 'vitest'
import { isOutOfSpace } from '../../../core/domain/out-of-space.ts'

/** As Node makes one of what the system says. */
const saidBySystem = (errno: number) => ({ errno: -errno, code: getSystemErrorName(-errno) })

it('knows a disk that is full and one that gives its user no more, which Node has no name for', () => {
  const { ENOSPC, EDQUOT, EIO, EACCES } = constants.errno
  expect([ENOSPC, EDQUOT, EIO, EACCES].map((one) => isOutOfSpace(saidBySystem(one)))).toEqual([
    true,
    true,
    false,
    false,
  ])
  expect([null, undefined, 'full', new Error('full')].map(isOutOfSpace)).toEqual([false, false, false, false])
})
