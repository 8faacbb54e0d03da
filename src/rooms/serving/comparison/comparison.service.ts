import type { TenantContext } from "../../../kernel/context.js";
import type { TenantScope } from "../../../kernel/database/tenant-scope.js";
import { badInput, Forbidden, NotFound } from "../../../kernel/errors.js";
import type { Dataset, DatasetService } from "../../datasets/index.js";
import {
  compareOutcomes,
  heldOutRows,
  imageInputOf,
  type Outcomes,
  outcomesFrom,
  sharedOutcomes,
} from "../../learning/index.js";
import type { ModelService, ModelVersion, VersionService } from "../../models/index.js";
import type { PredictionService } from "../prediction.service.js";
import type { CompareVersionsInput, VersionComparison } from "./comparison.type.js";
import { checkFit, chunksOf, heldOut, type HeldOutRow } from "./held-out.js";

export interface ComparisonServices {
  models: ModelService;
  versions: VersionService;
  datasets: DatasetService;
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
    if (predicts && [known.first, known.second].some(({ signature }) => imageInputOf(signature)))
      throw noImages(known);
    if (known.first.signature.output.type === "CUSTOM") throw noMeaning();
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
    if ([one.type, other.type].includes("CLUSTERING")) throw noTruth();
    if (one.type === "TEXT_GENERATION")
      throw badInput(
        "versions",
        "Versions of a TEXT_GENERATION model foretell no rows. Compare the perplexity in their metrics.",
      );
    if (one.column === other.column && one.type === other.type) return { first, second };
    throw badInput("versions", `They predict different things: ${one.column} and ${other.column}.`);
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
    for (const version of missing) checkFit(version, dataset);
    const table = await this.services.datasets.openTable(tenant, dataset);
    const places = kept.find((outcomes) => outcomes !== null)?.rows;
    const rows = await heldOut(table, missing, places ?? heldOutRows(dataset.rowCount ?? 0));
    const outcomes: Outcomes[] = [];
    for (const [place, version] of [first, second].entries())
      outcomes.push(kept[place] ?? (await this.#outcomesOf(tenant, version, rows)));
    return { outcomes, predictions: rows.length * missing.length };
  }

  async #outcomesOf(
    tenant: TenantScope,
    version: ModelVersion,
    rows: readonly HeldOutRow[],
  ): Promise<Outcomes> {
    const predicted: Parameters<typeof outcomesFrom>[1][number][] = [];
    for (const chunk of chunksOf(rows)) {
      const objects = chunk.map(({ inputs }) => inputs.get(version.id) ?? {});
      const { predictions } = await this.predictions.predictWith(tenant, version, objects);
      predictions.forEach((prediction, at) => {
        const { place = -1, target } = chunk[at] ?? {};
        predicted.push({ place, target, prediction });
      });
    }
    return outcomesFrom(version.signature.output.classes, predicted);
  }
}

function checkMayPredict({ viewer }: TenantContext): void {
  for (const permission of ["dataset:read", "prediction:create"])
    if (!viewer.permissions.has(permission))
      throw new Forbidden(`These rows have to be predicted. You lack the permission ${permission}.`, {
        permission,
      });
}

const noTruth = (): Error =>
  badInput(
    "versions",
    "No row says which cluster is right, so clusterings can't be measured against each other. Look at the silhouette and the candidates among the metrics of each version.",
  );

const noSharedRows = (): Error =>
  badInput("datasetId", "The two versions share no held-out rows of this dataset. Name another dataset.");

/** Which rows a forecast of another dataset may read, and which it is measured on, its own training alone decides. */
const noForecasts = ({ first, second }: Pair): Error =>
  badInput(
    "datasetId",
    `Forecasts are compared where both versions made them in training: ${first.number} and ${second.number} were not both trained on this dataset. Train both on it.`,
  );

/** Pixels are decoded to each version's own size, which only its training does. */
const noImages = ({ first, second }: Pair): Error =>
  badInput(
    "datasetId",
    `Versions that read images are compared on what both held out in training: ${first.number} and ${second.number} were not both trained on this dataset. Train both on it.`,
  );

const noMeaning = (): Error =>
  badInput(
    "versions",
    "What the outputs of an imported CUSTOM network stand for is not known here, so nothing says which version is right. Import it into a model of type CLASSIFICATION or REGRESSION.",
  );

const noSharedDataset = ({ first, second }: Pair): Error =>
  badInput(
    "datasetId",
    `${first.number} and ${second.number} were not trained on one dataset that is still there. Name one to measure both on.`,
  );
