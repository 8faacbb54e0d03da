import type { TenantContext } from "../../kernel/context.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import { Turns } from "../../kernel/turns.js";
import {
  type Comparable,
  compareTables,
  type DatasetWarning,
  examineTable,
  fitting,
  type PreviewRow,
  previewTable,
} from "./analysis/index.js";
import type { DatasetComparison } from "./dataset-comparison.type.js";
import { storedImages } from "./image-intake.js";
import { imageWarnings } from "./image-warnings.js";
import type { DecoderPool } from "../../kernel/images/index.js";
import { type Dataset, DatasetFormat, DatasetStatus } from "./dataset.entity.js";
import type { DatasetService } from "./dataset.service.js";

const thumbnailSide = 48;

/** Readings of whole files at once, each with up to a hundred megabytes of its own. */
const lanes = 4;
const laneOf = ({ id }: TenantScope): string => String(id.charCodeAt(id.length - 1) % lanes);

/**
 * What only the rows themselves tell. A whole file is read for an answer, so questions wait for each other in a few
 * lanes, a tenant's all in one: however many it asks at once, it takes the time and memory of one.
 */
export class DatasetInsightService {
  readonly #turns = new Turns();

  constructor(
    private readonly datasets: DatasetService,
    private readonly decoders: DecoderPool,
  ) {}

  /** The first rows; none until READY. */
  async preview({ tenant }: TenantContext, dataset: Dataset, first: number): Promise<PreviewRow[]> {
    if (dataset.status !== DatasetStatus.READY) return [];
    return this.#turns.take(`preview ${tenant.id}`, async () => {
      if (dataset.format === DatasetFormat.IMAGES) return this.#thumbnails(tenant, dataset, first);
      const table = await this.datasets.openTable(tenant, dataset);
      return previewTable(table, this.datasets.facts(dataset), first);
    });
  }

  async #thumbnails(tenant: TenantScope, dataset: Dataset, first: number): Promise<PreviewRow[]> {
    const rows: PreviewRow[] = [];
    const wanted = { kind: "thumbnail", side: thumbnailSide } as const;
    for await (const image of storedImages(tenant, dataset, this.decoders, wanted)) {
      const { file, label, width, height, mode, thumbnail } = image;
      rows.push({ file, label, width, height, mode, thumbnail });
      if (rows.length >= first) break;
    }
    return fitting(rows);
  }

  /** Throws DATASET_NOT_READY; BAD_USER_INPUT at `target` for a column that the dataset doesn't have. */
  async warnings({ tenant }: TenantContext, dataset: Dataset, target: string): Promise<DatasetWarning[]> {
    const profile = this.datasets.facts(dataset);
    if (dataset.images) return imageWarnings(dataset.images, target);
    return this.#turns.take(laneOf(tenant), async () =>
      examineTable(await this.datasets.openTable(tenant, dataset), profile, target),
    );
  }

  /** Throws NOT_FOUND for either, DATASET_NOT_READY. */
  async compare({ tenant }: TenantContext, idA: string, idB: string): Promise<DatasetComparison> {
    const [a, b] = [await this.datasets.require(tenant, idA), await this.datasets.require(tenant, idB)];
    const [tableA, tableB] = [this.#comparable(tenant, a), this.#comparable(tenant, b)];
    const comparison = await this.#turns.take(laneOf(tenant), () => compareTables(tableA, tableB));
    return { a, b, ...comparison };
  }

  #comparable(tenant: TenantScope, dataset: Dataset): Comparable {
    return {
      profile: this.datasets.facts(dataset),
      open: dataset.images ? null : () => this.datasets.openTable(tenant, dataset),
    };
  }
}
