import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import { badInput } from "../../kernel/errors.js";
import { type DecoderPool, type ImageSize, mostExamplePixels } from "../../kernel/images/index.js";
import { type Dataset, DatasetFormat } from "./dataset.entity.js";
import type { DatasetService } from "./dataset.service.js";
import { storedImages } from "./image-intake.js";

/** One image to learn from. */
export interface ImageExample extends ImageSize {
  label: string;
  /** Path in the archive. */
  file: string;
  /** 0 to 255, `height × width × channels` in that order: what `InputShape.shape` [height, width, channels] means. */
  pixels: Uint8Array;
}

/** The images of datasets as examples for training. */
export class ImageExamples {
  constructor(
    private readonly datasets: DatasetService,
    private readonly decoders: DecoderPool,
  ) {}

  /**
   * A size that suits a dataset: that of its images where all have one, else their middle, at most `side` pixels a side;
   * one channel where all images are grey. Throws DATASET_NOT_READY; BAD_USER_INPUT for a table.
   */
  suitableSize(dataset: Dataset, side = 64): ImageSize {
    const { images } = this.#required(dataset);
    const middle = (low: number, high: number): number => (low + high) / 2;
    const [width, height] = [
      middle(images.minimumWidth, images.maximumWidth),
      middle(images.minimumHeight, images.maximumHeight),
    ];
    const scale = Math.min(1, side / Math.max(width, height));
    const grey = images.modes.every(({ mode }) => mode === "GREY" || mode === "GREY_ALPHA");
    return {
      width: Math.max(1, Math.round(width * scale)),
      height: Math.max(1, Math.round(height * scale)),
      channels: grey ? 1 : 3,
    };
  }

  /**
   * The images of a READY dataset in the archive's order, stretched to one size: by area averaging where they shrink,
   * bilinear where they grow. Decoded in threads, a few ahead of the one taken.
   *
   * @throws DATASET_NOT_READY; BAD_USER_INPUT for a table, or a size that is no size; see `readImages`.
   */
  async *examples(
    tenant: TenantScope,
    dataset: Dataset,
    size: ImageSize,
    signal?: AbortSignal,
  ): AsyncGenerator<ImageExample> {
    this.#required(dataset);
    const { width, height, channels } = size;
    const whole = [width, height].every((side) => Number.isInteger(side) && side >= 1);
    if (!whole || width * height > mostExamplePixels)
      throw badInput(
        "size",
        `Images can be ${mostExamplePixels.toLocaleString("en")} pixels large at most, and 1 × 1 at least.`,
      );
    for await (const image of storedImages(
      tenant,
      dataset,
      this.decoders,
      { kind: "pixels", ...size },
      signal,
    ))
      yield {
        file: image.file,
        label: image.label,
        width,
        height,
        channels,
        pixels: image.pixels ?? new Uint8Array(),
      };
  }

  #required(dataset: Dataset): { images: NonNullable<Dataset["images"]> } {
    this.datasets.facts(dataset);
    const { format, images } = dataset;
    if (format === DatasetFormat.IMAGES && images) return { images };
    throw badInput("datasetId", "The dataset holds a table and no images. Choose one in the format IMAGES.");
  }
}
