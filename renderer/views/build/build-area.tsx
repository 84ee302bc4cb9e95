import type { AreaParts } from '../../shell/area.ts'
import { BuildMain } from './build-main.tsx'
import { BuildInspector } from './inspector.tsx'
import { BuildSidebar } from './sidebar.tsx'

export const buildArea: AreaParts = { Main: BuildMain, Sidebar: BuildSidebar, Inspector: BuildInspector }
