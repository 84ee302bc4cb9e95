import type { FailureEntry } from '../failure.ts'

export const modelFailures = {
  'models/notFound': {
    exitCode: 2,
    text: ({ model }) => ({
      message: `There is no model "${model}" in this project.`,
      kept: 'Nothing was changed.',
      remedy: 'List the models with "slipway models".',
    }),
  } satisfies FailureEntry<{ model: string }>,
  'models/notApproved': {
    exitCode: 4,
    text: ({ model, reason }) => ({
      message: `${model} may not be pushed: ${reason}.`,
      kept: 'The image stays in the project and nothing was sent.',
      remedy: 'Review its evidence and approve it with "slipway models approve MODEL --note TEXT".',
    }),
  } satisfies FailureEntry<{ model: string; reason: string }>,
}
