/** Sizes of a convolution, laid out as `convolution.ts` on the other side writes them. */
@unmanaged
export class Geometry {
  batch: i32;
  height: i32;
  width: i32;
  channels: i32;
  outHeight: i32;
  outWidth: i32;
  filters: i32;
  filterHeight: i32;
  filterWidth: i32;
  strideY: i32;
  strideX: i32;
  dilationY: i32;
  dilationX: i32;
  top: i32;
  left: i32;
}
