import type { LucideIcon } from 'lucide-react'
import type { ComponentType, ReactNode } from 'react'

/** What an area puts into the window. All of it is mounted below `Frame`, where the parts can share state. */
export type AreaParts = {
  readonly Main: ComponentType
  readonly Sidebar?: ComponentType
  readonly Inspector?: ComponentType
  readonly Frame?: ComponentType<{ children: ReactNode }>
}

/** One entry of the activity bar. Its code is fetched when it is first opened. */
export type Area = {
  readonly view: string
  readonly title: string
  readonly icon: LucideIcon
  readonly load: () => Promise<AreaParts>
}
