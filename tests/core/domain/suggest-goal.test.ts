import { expect, it } from 'vitest'
import { suggestGoal } from '../../../core/domain/sweep.ts'

it.each([
  ['fit.loss', 'min'],
  ['train.val_loss', 'min'],
  ['evaluation.RMSE', 'min'],
  ['evaluation.mean absolute error', 'min'],
  ['evaluation.accuracy', 'max'],
  ['evaluation.errorless', 'max'],
  ['loss.accuracy', 'max'],
  ['', 'max'],
])('of %s the %s is taken for the best until somebody says otherwise', (metric, goal) => {
  expect(suggestGoal(metric)).toBe(goal)
})
