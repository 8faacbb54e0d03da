import type { TenantContext } from "../../../kernel/context.js";
import type { TenantScope } from "../../../kernel/database/tenant-scope.js";
import { badInput, Forbidden, NotFound } from "../../../kernel/errors.js";
import type { Dataset, DatasetService, ImageExamples } from "../../datasets/index.js";
import {
  compareOutcomes,
  heldOutRows,
  imageInputOf,
  type Outcomes,
  outcomesFrom,
  sharedOutcomes,
  whyNot,
} from "../../learning/index.js";
import type { ModelService, ModelVersion, VersionService } from "../../models/index.js";
import type { PredictionService } from "../prediction.service.js";
import type { CompareVersionsInput, VersionComparison } from "./comparison.type.js";
import { checkFit, chunksOf, heldOut, type HeldOutRow } from "./held-out.js";
import { checkImages, heldOutImages } from "./held-out-images.js";

interface ComparisonServices {
  models: ModelService;
  versions: VersionService;
  datasets: DatasetService;
  images: ImageExamples;
}

/** Draws are the same in every comparison: asked again, it answers the same. */
const seed = 0;

interface Pair {
  first: ModelVersion;
  second: ModelVersion;
}

/** What is known of a pair: the outcomes kept of each on the dataset in question, null where it has none there. */
interface Known extends Pair {
  dataset: Dataset;
  kept: (Outcomes | null)[];
}

/** Compares versions on rows that neither learnt from. */
export class ComparisonService {
  constructor(
    private readonly services: ComparisonServices,
    private readonly predictions: PredictionService,
  ) {}

  /** Throws NOT_FOUND, BAD_USER_INPUT where there are no such rows, FORBIDDEN and QUOTA_EXCEEDED where it predicts. */
  async compare(context: TenantContext, input: CompareVersionsInput): Promise<VersionComparison> {
    const { tenant } = context;
    const known = await this.#known(tenant, await this.#pair(tenant, input), input.datasetId ?? null);
    const predicts = known.kept.includes(null);
    if (predicts && known.first.signature.series) throw noForecasts(known);
    if (predicts) checkMayPredict(context);
    const { outcomes, predictions } = predicts
      ? await this.#predicted(tenant, known)
      : { outcomes: known.kept.filter((kept) => kept !== null), predictions: 0 };
    const [mine, theirs] = outcomes;
    if (!mine || !theirs) throw noSharedRows();
    const [first, second] = sharedOutcomes(mine, theirs);
    if (first.rows.length === 0) throw noSharedRows();
    const { metrics, better, ...compared } = await compareOutcomes(first, second, seed);
    return {
      ...compared,
      first: known.first,
      second: known.second,
      dataset: known.dataset,
      predictions,
      firstMetrics: metrics[0],
      secondMetrics: metrics[1],
      better: better && (better === "FIRST" ? known.first : known.second),
    };
  }

  async #pair(tenant: TenantScope, { modelId, versions }: CompareVersionsInput): Promise<Pair> {
    await this.services.models.require(tenant, modelId);
    const [first, second] = await Promise.all(
      versions.map((number) => this.services.versions.require(tenant, modelId, number)),
    );
    if (!first || !second) throw new NotFound("There is no such version of this model.");
    const [one, other] = [first.signature.output, second.signature.output];
    const refusal = whyNot(one.type, "COMPARE") ?? whyNot(other.type, "COMPARE");
    if (refusal !== null) throw badInput("versions", refusal);
    if (one.width !== undefined || other.width !== undefined)
      throw badInput(
        "versions",
        "An imported CUSTOM network says of none of its outputs what is right. Import it as CLASSIFICATION or REGRESSION to measure it.",
      );
    if (one.column === other.column && one.type === other.type) return { first, second };
    throw badInput(
      "versions",
      `They predict different things, ${one.column} and ${other.column}. Compare versions of one target.`,
    );
  }

  async #known(tenant: TenantScope, pair: Pair, datasetId: string | null): Promise<Known> {
    const { first, second } = pair;
    const shared = first.datasetId === second.datasetId ? first.datasetId : null;
    const id = datasetId ?? shared;
    if (id === null) throw noSharedDataset(pair);
    const dataset = await this.services.datasets.require(tenant, id);
    const kept = await Promise.all(
      [first, second].map(async (version) =>
        version.datasetId === id ? this.services.versions.outcomes(tenant, version.id) : null,
      ),
    );
    return { ...pair, dataset, kept };
  }

  /** What is kept of a version stays; what is not is predicted, on the same rows. */
  async #predicted(
    tenant: TenantScope,
    { first, second, dataset, kept }: Known,
  ): Promise<{ outcomes: Outcomes[]; predictions: number }> {
    const missing = [first, second].filter((_, place) => kept[place] === null);
    const known = kept.find((outcomes) => outcomes !== null)?.rows;
    const ask = await this.#asking(tenant, dataset, missing, known ?? heldOutRows(dataset.rowCount ?? 0));
    const outcomes: Outcomes[] = [];
    let predictions = 0;
    for (const [place, version] of [first, second].entries()) {
      const predicted = kept[place] ? null : await this.#predictedOf(tenant, version, ask(version));
      predictions += predicted?.length ?? 0;
      const { classes } = version.signature.output;
      outcomes.push(kept[place] ?? outcomesFrom(classes, predicted ?? []));
    }
    return { outcomes, predictions };
  }

  /** Gives for each version the requests of what it is to predict. */
  async #asking(
    tenant: TenantScope,
    dataset: Dataset,
    versions: readonly ModelVersion[],
    places: readonly number[],
  ): Promise<(version: ModelVersion) => Requests> {
    const { datasets, images } = this.services;
    if (versions.some(({ signature }) => imageInputOf(signature))) {
      for (const version of versions) checkImages(version, dataset);
      return (version) => heldOutImages(images, tenant, dataset, version, places);
    }
    const table = await datasets.openTable(tenant, dataset);
    for (const version of versions) checkFit(version, dataset);
    const chunks = chunksOf(await heldOut(table, versions, places));
    return () => chunks;
  }

  async #predictedOf(tenant: TenantScope, version: ModelVersion, requests: Requests): Promise<Predicted> {
    const predicted: Predicted = [];
    for await (const rows of requests) {
      const objects = rows.map(({ inputs }) => inputs.get(version.id) ?? {});
      const { predictions } = await this.predictions.predictCells(tenant, version, objects);
      predictions.forEach((prediction, at) => {
        const { place = -1, target } = rows[at] ?? {};
        predicted.push({ place, target, prediction });
      });
    }
    return predicted;
  }
}

type Predicted = Parameters<typeof outcomesFrom>[1][number][];

type Requests = Iterable<HeldOutRow[]> | AsyncIterable<HeldOutRow[]>;

function checkMayPredict({ viewer }: TenantContext): void {
  for (const permission of ["dataset:read", "prediction:create"])
    if (!viewer.permissions.has(permission))
      throw new Forbidden(`These rows have to be predicted. You lack the permission ${permission}.`, {
        permission,
      });
}

const noSharedRows = (): Error =>
  badInput("datasetId", "The two versions share no held-out rows of this dataset. Name another dataset.");

/** Which rows a forecast of another dataset may read, and which it is measured on, its own training alone decides. */
const noForecasts = ({ first, second }: Pair): Error =>
  badInput(
    "datasetId",
    `Forecasts are compared where both versions made them in training: ${first.number} and ${second.number} were not both trained on this dataset. Train both on it.`,
  );

const noSharedDataset = ({ first, second }: Pair): Error =>
  badInput(
    "datasetId",
    `${first.number} and ${second.number} were not trained on one dataset that is still there. Name one to measure both on.`,
  );
