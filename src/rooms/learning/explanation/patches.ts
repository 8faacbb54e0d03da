import type { ImageSize } from "../../../kernel/images/index.js";

/** A rectangle of an image, in pixels from its upper left corner. */
export interface Patch {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Patches along the longer side: enough to see where, few enough to try each in many companies. */
const along = 8;

/** An image as squares, smaller at its right and lower edges, at most 64 of them. */
export function patchesOf({ width, height }: Pick<ImageSize, "width" | "height">): Patch[] {
  const side = Math.max(1, Math.ceil(Math.max(width, height) / along));
  const patches: Patch[] = [];
  for (let y = 0; y < height; y += side)
    for (let x = 0; x < width; x += side)
      patches.push({ x, y, width: Math.min(side, width - x), height: Math.min(side, height - y) });
  return patches;
}
