import type { FailureEntry } from '../failure.ts'

export const imageFailures = {
  'images/notFound': {
    exitCode: 2,
    text: ({ image }) => ({
      message: `There is no image "${image}" in this project.`,
      kept: 'Nothing was changed.',
      remedy: 'List the images with "slipway image list".',
    }),
  } satisfies FailureEntry<{ image: string }>,
}
