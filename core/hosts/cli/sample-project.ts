import type { Session } from './session.ts'

/** The sample is the user's own from the start: made once, in a folder of theirs, and changed as they like. */
export async function findOrMakeSample(session: Session): Promise<string> {
  const home = await session.home()
  const name = await sampleName(session)
  const known = (await home.knownProjects()).find((project) => project.exists && project.name === name)
  if (known) return known.folder
  const project = await home.create(name, await home.suggestFolder(name))
  session.output.note(`Made the sample project in ${project.folder}`)
  return project.folder
}

/** For whoever starts Slipway for the first time; a sample that was removed later does not come back by itself. */
export async function findSampleAtStart(session: Session): Promise<string | null> {
  const known = await (await session.home()).knownProjects()
  if (known.length === 0) return findOrMakeSample(session)
  const name = await sampleName(session)
  return known.find((project) => project.exists && project.name === name)?.folder ?? null
}

async function sampleName(session: Session): Promise<string> {
  const templates = await (await session.home()).templates()
  return templates.find((template) => template.isSample)?.name ?? 'penguins'
}
