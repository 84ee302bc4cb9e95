import type { AreaParts } from '../../shell/area.ts'
import { StepsOutline } from './steps-outline.tsx'

export const buildArea: AreaParts = { Main: StepsOutline }
