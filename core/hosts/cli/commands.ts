import type { Command } from './command.ts'
import { createCompletionCommand } from './completion-commands.ts'
import { coreCommands } from './core-commands.ts'
import { dataCommands } from './data-commands.ts'
import { dataEntryCommands } from './data-entry-commands.ts'
import { deletedRunCommands } from './deleted-run-commands.ts'
import { demoCommands } from './demo-commands.ts'
import { doctorCommands } from './doctor-commands.ts'
import { environmentCommands } from './environment-commands.ts'
import { imageCommands } from './image-commands.ts'
import { lineageCommands } from './lineage-commands.ts'
import { modelCommands } from './model-commands.ts'
import { openCommands } from './open-commands.ts'
import { projectCommands } from './project-commands.ts'
import { proveCommands } from './prove-commands.ts'
import { reviewCommands } from './review-commands.ts'
import { runCommands } from './run-commands.ts'
import { shipCommands } from './ship-commands.ts'
import { spaceCommands } from './space-commands.ts'
import { sweepCommands } from './sweep-commands.ts'

/** Every command of the shell, in the order of --help. A new one is one declaration in the file of its noun. */
export const commands: readonly Command[] = [
  ...projectCommands,
  ...environmentCommands,
  ...runCommands,
  ...sweepCommands,
  ...reviewCommands,
  ...deletedRunCommands,
  ...proveCommands,
  ...lineageCommands,
  ...dataCommands,
  ...dataEntryCommands,
  ...modelCommands,
  ...imageCommands,
  ...shipCommands,
  ...doctorCommands,
  ...spaceCommands,
  ...coreCommands,
  ...openCommands,
  ...demoCommands,
  createCompletionCommand(() => commands),
]
