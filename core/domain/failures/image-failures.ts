import type { FailureEntry } from '../failure.ts'

const nothingBuilt = 'Nothing was built; the images that were there are untouched.'
const nothingSent = 'The image stays in the project and nothing was sent.'
const partlySent = 'The image stays in the project; what the registry has already is not sent again.'

/** Building, saving and the rules that stand before a push. Registries have a file of their own. */
export const imageFailures = {
  'images/notFound': {
    exitCode: 2,
    text: ({ image }) => ({
      message: `There is no image "${image}" in this project.`,
      kept: 'Nothing was changed.',
      remedy: 'List the images with "slipway image list".',
    }),
  } satisfies FailureEntry<{ image: string }>,
  'images/ambiguous': {
    exitCode: 2,
    text: ({ image, candidates }) => ({
      message: `"${image}" fits ${candidates.length} images: ${candidates.join(', ')}.`,
      kept: 'Nothing was changed.',
      remedy: 'Give more digits of the digest.',
    }),
  } satisfies FailureEntry<{ image: string; candidates: readonly string[] }>,
  'images/onnxRefused': {
    exitCode: 4,
    text: ({ model, reason, first }) => ({
      message: `${model} cannot be shipped through ONNX: ${reason}${
        first
          ? `; first at row ${first.row}, ${first.column}: the native model says ${JSON.stringify(first.expected)}, ONNX ${JSON.stringify(first.actual)}`
          : ''
      }.`,
      kept: 'The model stays as a native artifact with its evidence. Nothing was built.',
      remedy: 'Use an estimator that ONNX expresses exactly, then run, register and build again.',
    }),
  } satisfies FailureEntry<{
    model: string
    reason: string
    first: { row: number; column: string; expected: unknown; actual: unknown } | null
  }>,
  'images/pythonRuntimeAbsent': {
    exitCode: 4,
    text: ({ model }) => ({
      message: `${model} cannot be built with the python runtime: this version of Slipway builds onnx images only.`,
      kept: 'The model stays as a native artifact with its evidence. Nothing was built.',
      remedy: 'Build with --runtime onnx when its ONNX is equal, or use an estimator that ONNX expresses exactly.',
    }),
  } satisfies FailureEntry<{ model: string }>,
  'images/platformUnavailable': {
    exitCode: 3,
    text: ({ platform, available }) => ({
      message: `An image for ${platform} cannot be built here: this installation carries ${available}.`,
      kept: nothingBuilt,
      remedy: `Choose --platform ${available.startsWith('linux/') ? available : 'linux/amd64 on a Linux machine'}, or build on a machine of that kind.`,
    }),
  } satisfies FailureEntry<{ platform: string; available: string }>,
  'images/baseInvalid': {
    exitCode: 2,
    text: ({ base, problem }) => ({
      message: `"${base}" is no base image: ${problem}.`,
      kept: nothingBuilt,
      remedy:
        'Write auto, host, oci:FOLDER, oci:FILE.tar, docker-archive:FILE.tar, or a reference such as host/name:tag.',
    }),
  } satisfies FailureEntry<{ base: string; problem: string }>,
  'images/baseUnavailable': {
    exitCode: 3,
    text: ({ base, cause }) => ({
      message: `The base image ${base} is not on this computer and could not be fetched (${cause}).`,
      kept: nothingBuilt,
      remedy: 'Connect to the network and try again, or build on the embedded base with --base host.',
    }),
  } satisfies FailureEntry<{ base: string; cause: string }>,
  'images/baseUnfit': {
    exitCode: 4,
    text: ({ base, problem }) => ({
      message: `The base image ${base} cannot carry the server: ${problem}.`,
      kept: nothingBuilt,
      remedy:
        'Choose a base with glibc and libstdc++ for the same platform, such as a Debian or distroless "cc" image.',
    }),
  } satisfies FailureEntry<{ base: string; problem: string }>,
  'images/runtimeMissing': {
    exitCode: 3,
    text: ({ what }) => ({
      message: `A part of the image is missing on this computer: ${what}.`,
      kept: nothingBuilt,
      remedy: 'Run "npm start" once so that the installation is completed, then build again.',
    }),
  } satisfies FailureEntry<{ what: string }>,
  'images/manifestInvalid': {
    exitCode: 5,
    text: ({ source, problem }) => ({
      message: `${source} is not a sound image: ${problem}.`,
      kept: 'It was not used.',
      remedy: 'Fetch or build it again; if it stays, its source is wrong.',
    }),
  } satisfies FailureEntry<{ source: string; problem: string }>,
  'images/saveFailed': {
    exitCode: 3,
    text: ({ file, cause }) => ({
      message: `The image could not be written to ${file} (${cause}).`,
      kept: 'The image stays in the project; no half file was left.',
      remedy: 'Choose a file in a folder that exists, may be written and has space.',
    }),
  } satisfies FailureEntry<{ file: string; cause: string }>,
  'images/parityFailed': {
    exitCode: 4,
    text: ({ image, row, column, expected, actual, differences }) => ({
      message: `${image} answers differently from the experiment: row ${row}, ${column}: recorded ${JSON.stringify(expected)}, served ${JSON.stringify(actual)} (${differences} ${differences === 1 ? 'difference' : 'differences'}).`,
      kept: nothingSent,
      remedy: 'Build it again from a model whose ONNX is equal; an image that differs is never pushed.',
    }),
  } satisfies FailureEntry<{
    image: string
    row: number
    column: string
    expected: unknown
    actual: unknown
    differences: number
  }>,
  'images/parityUnknown': {
    exitCode: 4,
    text: ({ image, reason }) => ({
      message: `It is not known whether ${image} answers as the experiment did: ${reason}.`,
      kept: nothingSent,
      remedy: 'Let a step call the model on held-out rows (or log_predictions), run, register and build again.',
    }),
  } satisfies FailureEntry<{ image: string; reason: string }>,
  'images/licenceUnstated': {
    exitCode: 4,
    text: ({ data }) => ({
      message: `No licence is stated for ${data.join(', ')}, which this model was made from.`,
      kept: nothingSent,
      remedy: 'State the licence under [datasets] in slipway.toml, or say that you saw it: --accept-unstated-licence.',
    }),
  } satisfies FailureEntry<{ data: readonly string[] }>,
  'images/referenceInvalid': {
    exitCode: 2,
    text: ({ reference, problem }) => ({
      message: `"${reference}" is no image reference: ${problem}.`,
      kept: 'Nothing was sent or fetched.',
      remedy: 'Write it as REGISTRY/NAME:TAG, for example registry.example.org/team/wine:3.',
    }),
  } satisfies FailureEntry<{ reference: string; problem: string }>,
  'images/registryUnreachable': {
    exitCode: 3,
    text: ({ registry, cause }) => ({
      message: `The registry ${registry} does not answer (${cause}).`,
      kept: partlySent,
      remedy: 'Check its name and the network, then try again.',
    }),
  } satisfies FailureEntry<{ registry: string; cause: string }>,
  'images/loginNeeded': {
    exitCode: 3,
    text: ({ registry, repository, credentials }) => ({
      message: `${registry} demands a login for ${repository}${credentials === 'none' ? '' : `, and does not accept the one ${credentials}`}.`,
      kept: partlySent,
      remedy: `Log in with "docker login ${registry}", or give a user name and a password.`,
    }),
  } satisfies FailureEntry<{
    registry: string
    repository: string
    credentials: 'none' | 'given' | 'in the Docker configuration'
  }>,
  'images/registryDenied': {
    exitCode: 4,
    text: ({ registry, repository, answer }) => ({
      message: `${registry} denies this for ${repository}: ${answer}.`,
      kept: partlySent,
      remedy: 'Ask for the right to this repository, or choose another name.',
    }),
  } satisfies FailureEntry<{ registry: string; repository: string; answer: string }>,
  'images/tagImmutable': {
    exitCode: 4,
    text: ({ reference, answer }) => ({
      message: `${reference} exists already and its registry lets no tag be moved (${answer}).`,
      kept: 'The tag points to what it did; the image stays in the project.',
      remedy: 'Push under a new tag.',
    }),
  } satisfies FailureEntry<{ reference: string; answer: string }>,
  'images/registryBusy': {
    exitCode: 3,
    text: ({ registry, waitSeconds }) => ({
      message: `${registry} takes no more requests for now${waitSeconds === null ? '' : ` and asks to wait ${waitSeconds} s`}.`,
      kept: partlySent,
      remedy: 'Try again later.',
    }),
  } satisfies FailureEntry<{ registry: string; waitSeconds: number | null }>,
  'images/registryFailed': {
    exitCode: 3,
    text: ({ registry, operation, status, answer }) => ({
      message: `${registry} failed to ${operation} (status ${status}${answer ? `: ${answer}` : ''}).`,
      kept: partlySent,
      remedy: 'Try again; if it stays, ask who runs this registry.',
    }),
  } satisfies FailureEntry<{ registry: string; operation: string; status: number; answer: string }>,
  'images/uploadCutOff': {
    exitCode: 3,
    text: ({ registry, digest, sentBytes, totalBytes, cause }) => ({
      message: `The line to ${registry} broke while ${digest} was sent (${sentBytes} of ${totalBytes} bytes; ${cause}).`,
      kept: 'The tag points to what it did. Layers that arrived whole are not sent again.',
      remedy: 'Push again when the network is back.',
    }),
  } satisfies FailureEntry<{ registry: string; digest: string; sentBytes: number; totalBytes: number; cause: string }>,
  'images/realmRefused': {
    exitCode: 4,
    text: ({ registry, realm, reason }) => ({
      message: `${registry} sends logins to ${realm}, which is refused: ${reason}.`,
      kept: 'No user name, password or token left this computer.',
      remedy:
        'If that host belongs to this registry, allow it with SLIPWAY_TRUSTED_REALMS=REGISTRY=HOST; otherwise do not use this registry.',
    }),
  } satisfies FailureEntry<{ registry: string; realm: string; reason: string }>,
  'images/redirectRefused': {
    exitCode: 4,
    text: ({ registry, target }) => ({
      message: `${registry} points to ${target}, and image data goes only to the registry that was named.`,
      kept: 'Nothing was sent there.',
      remedy: 'Push to that registry by its own name if it is the right one.',
    }),
  } satisfies FailureEntry<{ registry: string; target: string }>,
  'images/readBackDiffers': {
    exitCode: 5,
    text: ({ reference, expected, found }) => ({
      message: `${reference} does not hold what was pushed: expected ${expected}, got ${found}.`,
      kept: 'The image stays in the project; the push is not recorded as done.',
      remedy: 'Push again; if it stays, do not trust this registry.',
    }),
  } satisfies FailureEntry<{ reference: string; expected: string; found: string }>,
  'images/notInRegistry': {
    exitCode: 3,
    text: ({ reference }) => ({
      message: `${reference} is not in its registry.`,
      kept: 'Nothing was changed.',
      remedy: 'Check the name and the tag.',
    }),
  } satisfies FailureEntry<{ reference: string }>,
}
