import type { ReactFlowProps } from '@xyflow/react'

/**
 * A picture of nodes to look at and walk in, not to draw in. React Flow hears its keys in the whole window: left on,
 * Space would never reach the editor, so none of them is its own.
 */
export const stillCanvas = {
  nodesDraggable: false,
  nodesConnectable: false,
  edgesFocusable: false,
  elementsSelectable: false,
  disableKeyboardA11y: true,
  panActivationKeyCode: null,
  selectionKeyCode: null,
  multiSelectionKeyCode: null,
  zoomActivationKeyCode: null,
  deleteKeyCode: null,
  maxZoom: 1.6,
  proOptions: { hideAttribution: true },
} satisfies ReactFlowProps
