import type { FailureEntry } from '../failure.ts'

const kept = 'Records and files are untouched, and a half-made environment is never used.'

export const environmentFailures = {
  'environments/pythonMissing': {
    exitCode: 3,
    text: ({ wanted, found }) => ({
      message: `No Python that fits "${wanted}" was found${found.length ? `; found ${found.join(', ')}` : ''}.`,
      kept: 'Recorded runs can still be reviewed without Python.',
      remedy: 'Install a fitting Python (3.10 or newer) or change [environment] python in slipway.toml.',
    }),
  } satisfies FailureEntry<{ wanted: string; found: readonly string[] }>,
  'environments/pythonUnfit': {
    exitCode: 3,
    text: ({ python, reason }) => ({
      message: `Python ${python} cannot make an environment: ${reason}.`,
      kept: 'Nothing was changed.',
      remedy:
        'Install the "venv" part of this Python (on Debian: python3-venv), or choose another one in slipway.toml.',
    }),
  } satisfies FailureEntry<{ python: string; reason: string }>,
  'environments/notReady': {
    exitCode: 3,
    text: ({ reason }) => ({
      message: `The project's environment is not ready: ${reason}.`,
      kept: 'Recorded runs can still be reviewed.',
      remedy: 'Create it with "slipway env sync", or press Sync in the workbench.',
    }),
  } satisfies FailureEntry<{ reason: string }>,
  'environments/interpreterGone': {
    exitCode: 3,
    text: ({ python }) => ({
      message: `Python ${python}, which the environment was made with, is no longer there.`,
      kept: 'The lock and all records are untouched.',
      remedy: 'Run "slipway env sync": it makes the environment again with a Python that is there.',
    }),
  } satisfies FailureEntry<{ python: string }>,
  'environments/requirementsMissing': {
    exitCode: 2,
    text: ({ file }) => ({
      message: `The file ${file}, which [environment] names, is not in the project.`,
      kept: 'Nothing was changed.',
      remedy: 'Create it, or correct its name in slipway.toml.',
    }),
  } satisfies FailureEntry<{ file: string }>,
  'environments/requirementRefused': {
    exitCode: 4,
    text: ({ file, line, text, reason }) => ({
      message: `${file}, line ${line}: ${JSON.stringify(text)} is refused: ${reason}.`,
      kept: 'Nothing was installed.',
      remedy:
        'Name packages with version rules only, such as "pandas==2.2.3"; where they come from is a setting of this computer.',
    }),
  } satisfies FailureEntry<{ file: string; line: number; text: string; reason: string }>,
  'environments/packageNotFound': {
    exitCode: 3,
    text: ({ requirement, detail }) => ({
      message: `No release of ${requirement} was found for this Python${detail ? `: ${detail}` : ''}.`,
      kept,
      remedy: 'Check the spelling and the version in the requirements, then sync again.',
    }),
  } satisfies FailureEntry<{ requirement: string; detail: string | null }>,
  'environments/conflict': {
    exitCode: 1,
    text: ({ sentence }) => ({
      message: `The requirements contradict each other: ${sentence}`,
      kept,
      remedy: 'Loosen one of the versions named, then sync again.',
    }),
  } satisfies FailureEntry<{ sentence: string }>,
  'environments/networkMissing': {
    exitCode: 3,
    text: ({ detail }) => ({
      message: `Packages are needed and the package index cannot be reached (${detail}).`,
      kept: 'What was downloaded stays, and the next sync goes on from there.',
      remedy: 'Connect to the network, or set the proxy that this network asks for, then sync again.',
    }),
  } satisfies FailureEntry<{ detail: string }>,
  'environments/diskFull': {
    exitCode: 3,
    text: ({ folder }) => ({
      message: `The disk that holds ${folder} is full.`,
      kept,
      remedy: 'Free some space (an environment takes several hundred MB), then sync again.',
    }),
  } satisfies FailureEntry<{ folder: string }>,
  'environments/lockMismatch': {
    exitCode: 5,
    text: ({ detail }) => ({
      message: `A downloaded package does not match slipway.lock: ${detail}.`,
      kept,
      remedy: 'Someone changed the package or the lock. Compare slipway.lock with its history; delete it to lock anew.',
    }),
  } satisfies FailureEntry<{ detail: string }>,
  'environments/buildFailed': {
    exitCode: 3,
    text: ({ requirement, detail }) => ({
      message: `${requirement} has no ready-made package for this Python and could not be built: ${detail}`,
      kept,
      remedy: 'Choose a version that offers a wheel for this Python, or install what its build needs.',
    }),
  } satisfies FailureEntry<{ requirement: string; detail: string }>,
  'environments/installFailed': {
    exitCode: 3,
    text: ({ detail }) => ({
      message: `Installing the packages failed: ${detail}`,
      kept,
      remedy: 'Read the log of the sync; when it was cut off, sync again and it goes on.',
    }),
  } satisfies FailureEntry<{ detail: string }>,
  'environments/keptUnknown': {
    exitCode: 2,
    text: ({ name, nearest }) => ({
      message: `No environment of a past run is called "${name}"${nearest ? `; did you mean "${nearest}"?` : '.'}`,
      kept: 'Nothing was removed.',
      remedy: 'See "slipway env list".',
    }),
  } satisfies FailureEntry<{ name: string; nearest: string | null }>,
  'environments/keptInUse': {
    exitCode: 4,
    text: ({ name }) => ({
      message: `A proof runs in the environment ${name}.`,
      kept: 'Nothing was removed.',
      remedy: 'Wait for the proof, or cancel it.',
    }),
  } satisfies FailureEntry<{ name: string }>,
  'environments/condaOnly': {
    exitCode: 4,
    text: ({ file, packages }) => ({
      message: `${file} asks conda for ${packages.join(', ')}, which Slipway does not install.`,
      kept: 'Nothing was installed.',
      remedy: 'Move these to the "pip:" part of the file, or list them in a requirements.txt.',
    }),
  } satisfies FailureEntry<{ file: string; packages: readonly string[] }>,
}
