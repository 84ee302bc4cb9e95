import type { LucideIcon } from 'lucide-react'
import type { ComponentType, ReactNode } from 'react'

/** What an area puts into the window. All of it is mounted below `Frame`, where the parts can share state. */
export type AreaParts = {
  readonly Main: ComponentType
  readonly Sidebar?: ComponentType
  readonly Inspector?: ComponentType
  /** The places of the area that its inspector speaks of; elsewhere the room is the main area's. All, when absent. */
  readonly inspects?: (path: readonly string[]) => boolean
  readonly Frame?: ComponentType<{ children: ReactNode }>
}

/** One entry of the activity bar. Its code is fetched when it is first opened. */
export type Area = {
  readonly view: string
  readonly title: string
  readonly icon: LucideIcon
  readonly load: () => Promise<AreaParts>
}
