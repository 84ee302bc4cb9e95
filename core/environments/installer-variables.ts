type Variables = Readonly<Record<string, string | undefined>>

/**
 * The variables that pip and uv see: those of this computer's user, without the ones that would point them at another
 * environment or change how Python starts. uv trusts what the system trusts, so that a network which replaces certificates
 * with its own works when this computer was told of it.
 */
export function toInstallerVariables(variables: Variables): Variables {
  const kept = Object.entries(variables).filter(([name]) => !refused.test(name))
  return { UV_SYSTEM_CERTS: 'true', ...Object.fromEntries(kept), PYTHONUTF8: '1', PIP_REQUIRE_VIRTUALENV: undefined }
}

const refused =
  /^(PYTHON.*|VIRTUAL_ENV|CONDA_.*|PIP_(TARGET|PREFIX|ROOT|USER|REQUIREMENT|CONSTRAINT|REQUIRE_VIRTUALENV|QUIET|VERBOSE|DRY_RUN|REPORT|PYTHON)|UV_(PYTHON.*|PROJECT.*|WORKING_DIRECTORY)|SLIPWAY_.*|LD_PRELOAD|NODE_OPTIONS)$/i
