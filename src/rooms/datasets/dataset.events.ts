import type { DomainEvent } from "../../kernel/events.js";
import type { Dataset } from "./dataset.entity.js";

export type DatasetEvent = DomainEvent & {
  type: "dataset.created" | "dataset.uploaded" | "dataset.deleted";
};

/** What the audit trail keeps of a dataset: never its columns, because profiles hold values of the file. */
export function datasetFacts(dataset: Dataset): Record<string, unknown> {
  const { name, format, header, status, version, parentId, rowCount, sizeBytes, sha256 } = dataset;
  return { name, format, header, status, version, parentId, rowCount, sizeBytes, sha256 };
}
