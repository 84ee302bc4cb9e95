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
  'models/notAModel': {
    exitCode: 2,
    text: ({ artifact, reason }) => ({
      message: `${artifact} cannot be registered: ${reason}.`,
      kept: 'Nothing was changed; the artifact stays in its run.',
      remedy:
        'Register an artifact that is one fitted model; a step gives a model an output of its own by returning it.',
    }),
  } satisfies FailureEntry<{ artifact: string; reason: string }>,
  'models/badName': {
    exitCode: 2,
    text: ({ what, name, rule }) => ({
      message: `${JSON.stringify(name)} cannot be ${what}: ${rule}.`,
      kept: 'Nothing was changed.',
      remedy: 'Choose another name.',
    }),
  } satisfies FailureEntry<{ what: string; name: string; rule: string }>,
  'models/noExample': {
    exitCode: 1,
    text: ({ model }) => ({
      message: `${model} has no recorded rows to take an example from.`,
      kept: 'Nothing was changed.',
      remedy: 'Record rows with log_predictions(model, inputs), or fill the form by hand.',
    }),
  } satisfies FailureEntry<{ model: string }>,
  'models/onnxRefused': {
    exitCode: 1,
    text: ({ reason }) => ({
      message: `The ONNX model is refused: ${reason}.`,
      kept: 'The native model and everything recorded about it stay as they are.',
      remedy: 'Ship the model with the python runtime, or export it anew and run the step again.',
    }),
  } satisfies FailureEntry<{ reason: string }>,
  'models/runtimeCrashed': {
    exitCode: 1,
    text: ({ how, words }) => ({
      message: `The model crashed the ONNX runtime (${how}).${words === '' ? '' : ` It said: ${words}`}`,
      kept: 'Only the process that tried it ended; nothing recorded was changed.',
      remedy: 'Treat the file as damaged or hostile: export the model anew from its run.',
    }),
  } satisfies FailureEntry<{ how: string; words: string }>,
  'models/runtimeTooSlow': {
    exitCode: 1,
    text: ({ timeoutMs }) => ({
      message: `The ONNX runtime did not finish within ${Math.round(timeoutMs / 1000)} s, so it was ended.`,
      kept: 'Nothing recorded was changed.',
      remedy: 'Try with fewer rows, or look whether the graph loops.',
    }),
  } satisfies FailureEntry<{ timeoutMs: number }>,
  'models/runtimeTooBig': {
    exitCode: 1,
    text: ({ memoryBytes }) => ({
      message: `The model needed more than ${Math.round(memoryBytes / 1024 ** 2)} MiB of memory, so it was ended.`,
      kept: 'Nothing recorded was changed.',
      remedy: 'Try with fewer rows, or look at the sizes in the graph.',
    }),
  } satisfies FailureEntry<{ memoryBytes: number }>,
}
