import { describe, expect, it } from 'vitest'
import { describeFailure } from '../../../core/domain/failure.ts'
import { explainInstaller } from '../../../core/environments/explain-installer.ts'

/** What pip 24 and uv 0.13 really print, shortened where they repeat themselves. */
const outputs: readonly (readonly [string, string, string, RegExp])[] = [
  [
    'pip: versions that contradict each other',
    `WARNING: Retrying (Retry(total=0)) after connection broken by 'ReadTimeoutError("Read timed out.")': /simple/six/
ERROR: Cannot install numpy==1.20.0 and pandas==2.2.2 because these package versions have conflicting dependencies.

The conflict is caused by:
    The user requested numpy==1.20.0
    pandas 2.2.2 depends on numpy>=1.23.2; python_version == "3.11"

To fix this you could try to:
1. loosen the range of package versions you've specified

ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/en/latest/topics/dependency-resolution/`,
    'environments/conflict',
    /The user requested numpy==1\.20\.0; pandas 2\.2\.2 depends on numpy>=1\.23\.2; python_version == "3\.11"\.$/,
  ],
  [
    'pip: an unknown package',
    `Looking in links: /opt/wheels
ERROR: Could not find a version that satisfies the requirement numpyy-nope-x (from versions: none)
ERROR: No matching distribution found for numpyy-nope-x`,
    'environments/packageNotFound',
    /No release of numpyy-nope-x was found for this Python\.$/,
  ],
  [
    'pip: an unknown version',
    `ERROR: Ignored the following versions that require a different python version: 2.5.0 Requires-Python >=3.12
ERROR: Could not find a version that satisfies the requirement numpy==99.1 (from versions: 1.3.0, 2.4.5, 2.4.6)
ERROR: No matching distribution found for numpy==99.1`,
    'environments/packageNotFound',
    /numpy==99\.1 .*: the newest that fits is 2\.4\.6\.$/,
  ],
  [
    'pip: no network',
    `WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'NewConnectionError('<HTTPSConnection>: Failed to establish a new connection: [Errno -3] Temporary failure in name resolution')': /simple/six/
ERROR: Could not find a version that satisfies the requirement six==1.16.0 (from versions: none)
ERROR: No matching distribution found for six==1.16.0`,
    'environments/networkMissing',
    /cannot be reached \(temporary failure in name resolution\)/,
  ],
  [
    'pip: a hash that differs',
    `ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have updated the package versions, please update the hashes.
    six==1.16.0 from https://example.org/six-1.16.0-py2.py3-none-any.whl (from -r h.txt (line 1)):
        Expected sha256 0000
             Got        8abb`,
    'environments/lockMismatch',
    /slipway\.lock: six==1\.16\.0\.$/,
  ],
  [
    'pip: a full disk',
    `Collecting numpy
ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device`,
    'environments/diskFull',
    /disk that holds \/p\/\.slipway\/environment is full/,
  ],
  [
    'pip: a build that fails',
    `Collecting sklearn==0.0.post12
  error: subprocess-exited-with-error

  × Getting requirements to build wheel did not run successfully.
  │ exit code: 1
  ╰─> [15 lines of output]
      The 'sklearn' PyPI package is deprecated, use 'scikit-learn'
      rather than 'sklearn' for pip commands.
      [end of output]

  note: This error originates from a subprocess, and is likely not a problem with pip.`,
    'environments/buildFailed',
    /sklearn==0\.0\.post12 has no ready-made package .*The 'sklearn' PyPI package is deprecated/,
  ],
  [
    'uv: versions that contradict each other',
    `error: No solution found when resolving dependencies
  cause: Because pandas==2.2.2 depends on numpy{python_full_version < '3.12'}>=1.23.2 and you require pandas==2.2.2, we can conclude that you require numpy>=1.23.2.
         And because you require numpy==1.20.0, we can conclude that your requirements are unsatisfiable.`,
    'environments/conflict',
    /Because pandas==2\.2\.2 depends on numpy.*And because you require numpy==1\.20\.0, .* unsatisfiable\.$/,
  ],
  [
    'uv: an unknown package',
    `error: No solution found when resolving dependencies
  cause: Because numpyy-nope-x was not found in the package registry and you require numpyy-nope-x, we can conclude that your requirements are unsatisfiable.`,
    'environments/packageNotFound',
    /No release of numpyy-nope-x/,
  ],
  [
    'uv: an unknown version',
    `error: No solution found when resolving dependencies
  cause: Because there is no version of numpy==99.1 and you require numpy==99.1, we can conclude that your requirements are unsatisfiable.`,
    'environments/packageNotFound',
    /No release of numpy==99\.1/,
  ],
  [
    'uv: no network',
    `error: Request failed after 3 retries in 7.1s
  cause: Failed to fetch: https://example.org/simple/six/
  cause: error sending request for url (https://example.org/simple/six/)
  cause: client error (Connect)
  cause: dns error`,
    'environments/networkMissing',
    /cannot be reached/,
  ],
  ['anything else', 'some line\nERROR: the moon is in the wrong place\n', 'environments/installFailed', /the moon/],
]

describe('what an installer printed before giving up', () => {
  it.each(outputs)('%s', (_, output, code, message) => {
    const described = describeFailure(explainInstaller(output, '/p/.slipway/environment'))
    expect(described.code).toBe(code)
    expect(described.message).toMatch(message)
    expect(described.message.split('\n')).toHaveLength(1)
  })
})
