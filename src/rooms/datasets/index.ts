// The room of datasets: tables and images from files, read, profiled and kept sealed.
// Invariants: a dataset is PENDING without a file or READY with all of it, and a READY one never changes; nothing of a
// file is stored before its last row was found good; what is stored opens with its tenant's key and at its own place only.
import { tenantNode } from "../../kernel/graphql/node.js";
import { can } from "../../kernel/graphql/rules.js";
import { DecoderPool } from "../../kernel/images/index.js";
import type { Kernel } from "../../kernel/kernel.js";
import type { Room } from "../../kernel/room.js";
import { uploadPaces, uploadRoutes, type UploadSlots } from "../../kernel/uploads/index.js";
import type { IdentityRoom } from "../identity/index.js";
import type { MeteringService } from "../metering/index.js";
import type { TenancyService } from "../tenancy/index.js";
import { Dataset, DatasetPiece } from "./dataset.entity.js";
import { constraints } from "./dataset.errors.js";
import { DatasetInsightService } from "./dataset-insight.service.js";
import { DatasetResolver } from "./dataset.resolver.js";
import { DatasetService } from "./dataset.service.js";
import { ImageExamples } from "./image-examples.js";
import { UploadService } from "./upload.service.js";

export { Dataset } from "./dataset.entity.js";
export { DatasetService } from "./dataset.service.js";
export { type ImageExample, ImageExamples } from "./image-examples.js";
export type { Table, TableProfile, TargetBalance } from "./reading/index.js";

export interface DatasetsRoom extends Room {
  readonly datasets: DatasetService;
  readonly images: ImageExamples;
}

/** A thread takes up to a gigabyte for the largest image there may be, so there are few. */
const decoding = { threads: 2, deadlineMs: 20_000, heapMegabytes: 1_024 };

export function datasetsRoom(
  kernel: Kernel,
  tenancy: TenancyService,
  metering: MeteringService,
  { authenticator }: IdentityRoom,
  slots: UploadSlots,
): DatasetsRoom {
  const datasets = new DatasetService(metering);
  const decoders = new DecoderPool(decoding);
  const images = new ImageExamples(datasets, decoders);
  const uploads = new UploadService(
    tenancy,
    authenticator,
    datasets,
    slots,
    decoders,
    kernel.config.uploadLimitBytes,
  );
  return {
    name: "datasets",
    datasets,
    images,
    entities: [Dataset, DatasetPiece],
    resolvers: [new DatasetResolver(datasets, new DatasetInsightService(datasets, decoders))],
    constraints,
    rules: {
      Query: {
        datasets: can("dataset:read"),
        dataset: can("dataset:read"),
        compareDatasets: can("dataset:read"),
      },
      Dataset: { parent: can("dataset:read") },
      DatasetComparison: { a: can("dataset:read"), b: can("dataset:read") },
      Mutation: { createDataset: can("dataset:create"), deleteDataset: can("dataset:delete") },
    },
    nodes: [tenantNode("dataset", Dataset, can("dataset:read"))],
    // In a scope of its own, because its parser takes every body as it comes.
    routes: (server) => void server.register((scope) => uploadRoutes(scope, uploads, uploadPaces)),
    close: () => decoders.close(),
  };
}
