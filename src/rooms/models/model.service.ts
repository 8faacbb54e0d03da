import { clock, newId } from "../../kernel/clock.js";
import type { TenantContext } from "../../kernel/context.js";
import type { TenantScope } from "../../kernel/database/tenant-scope.js";
import type { UnitOfWork } from "../../kernel/database/unit-of-work.js";
import { badInput, NotFound } from "../../kernel/errors.js";
import { readsOneText } from "../learning/index.js";
import type { MeteringService } from "../metering/index.js";
import { choiceOf } from "./architecture.stored.js";
import type { ArchitectureInput } from "./architecture.type.js";
import { Model, ModelType } from "./model.entity.js";
import type { ModelEvent } from "./model.events.js";
import type { CreateModelInput, UpdateModelInput } from "./model.inputs.js";
import { checkSeries } from "./series.check.js";

/** The verbs of models; sole writer of `model`. */
export class ModelService {
  constructor(private readonly metering: MeteringService) {}

  /** Counts against the plan's models. Throws MODEL_NAME_TAKEN, QUOTA_EXCEEDED, BAD_USER_INPUT. */
  async create({ tenant, viewer }: TenantContext, input: CreateModelInput): Promise<Model> {
    const now = clock.now();
    const { name, type, target = null, features = null } = input;
    const architecture = checkedArchitecture(input.architecture);
    const series = input.series ?? null;
    checkTarget(type, target, features);
    checkSeries({ type, target, features, series });
    checkText(type, features);
    checkImage(type, target, features);
    checkClustering(type, target, architecture);
    checkGeneration(type, target, features);
    const facts = { name, type, target, features, architecture, series };
    const model = Object.assign(new Model(), facts, {
      id: newId("model"),
      createdBy: viewer.id,
      createdAt: now,
      updatedAt: now,
    });
    await tenant.write("model.create", async (work) => {
      await this.metering.reserve(work, "models");
      await work.manager.insert(Model, model);
      work.emit<ModelEvent>({ type: "model.created", subject: model.id, after: facts });
    });
    return model;
  }

  /** Trained versions stay as they are; the next training goes by what is new. Throws NOT_FOUND, MODEL_NAME_TAKEN. */
  async update({ tenant }: TenantContext, { id, ...input }: UpdateModelInput): Promise<Model> {
    if (input.name === null) throw badInput("name", "A model needs a name.");
    const given = Object.fromEntries(
      Object.entries(input).filter(([, value]) => value !== undefined),
    ) as Partial<Model>;
    if (given.architecture) given.architecture = checkedArchitecture(given.architecture);
    return tenant.write("model.update", async (work) => {
      const model = await this.#lock(work, id);
      const before = Object.fromEntries(Object.keys(given).map((name) => [name, model[name as keyof Model]]));
      const changed = Object.assign(model, given, { updatedAt: clock.now() });
      checkTarget(changed.type, changed.target, changed.features);
      checkSeries(changed);
      checkText(changed.type, changed.features);
      checkImage(changed.type, changed.target, changed.features);
      checkClustering(changed.type, changed.target, changed.architecture);
      checkGeneration(changed.type, changed.target, changed.features);
      await work.manager.save(Model, changed);
      work.emit<ModelEvent>({ type: "model.updated", subject: id, before, after: given });
      return changed;
    });
  }

  /** Takes versions, deployments and training jobs along. Throws NOT_FOUND. */
  async delete({ tenant }: TenantContext, id: string): Promise<void> {
    await tenant.write("model.delete", async (work) => {
      const { name, type } = await this.#lock(work, id);
      await work.query("delete from deployment where model_id = $1", [id]);
      await work.manager.delete(Model, { id });
      await this.metering.release(work, "models");
      work.emit<ModelEvent>({ type: "model.deleted", subject: id, before: { name, type } });
      work.notify("deployment", { model: id });
    });
  }

  /** Throws NOT_FOUND. */
  async require(tenant: TenantScope, id: string): Promise<Model> {
    const model = await tenant.read((manager) => manager.findOneBy(Model, { id }));
    if (model) return model;
    throw new NotFound("There is no such model.");
  }

  async #lock(work: UnitOfWork, id: string): Promise<Model> {
    const model = await work.manager.findOne(Model, { where: { id }, lock: { mode: "pessimistic_write" } });
    if (model) return model;
    throw new NotFound("There is no such model.");
  }
}

const checkedArchitecture = (input: ArchitectureInput | null | undefined): ArchitectureInput | null =>
  input ? choiceOf(input) : null;

function checkTarget(type: ModelType, target: string | null, features: string[] | null): void {
  // A series is always forecast from its own past, so naming it among the features says nothing new.
  if (type === ModelType.TIME_SERIES) return;
  const place = target && features ? features.indexOf(target) : -1;
  if (place >= 0) throw badInput(`features.${place}`, "The target cannot be a feature of itself.");
}

function checkImage(type: ModelType, target: string | null, features: string[] | null): void {
  if (type !== ModelType.IMAGE) return;
  if (features)
    throw badInput("features", "A model of type IMAGE learns from pixels. Leave the features out.");
  if (target !== null && target !== "label")
    throw badInput("target", "A model of type IMAGE predicts the images' label. Leave the target out.");
}

function checkClustering(
  type: ModelType,
  target: string | null,
  architecture: ArchitectureInput | null,
): void {
  if (type !== ModelType.CLUSTERING) return;
  if (target !== null)
    throw badInput("target", "A model of type CLUSTERING has no column to predict. Leave the target out.");
  if (architecture)
    throw badInput(
      "architecture",
      "The network of a CLUSTERING follows from its clusters. Leave the architecture out and choose the algorithm in startTraining.",
    );
}

function checkText(type: ModelType, features: string[] | null | undefined): void {
  if (features && features.length !== 1 && readsOneText(type))
    throw badInput(
      "features",
      `A model of type ${type} reads exactly one column of text. Name that one alone.`,
    );
}

function checkGeneration(type: ModelType, target: string | null, features: string[] | null): void {
  if (type !== ModelType.TEXT_GENERATION) return;
  if (target !== null)
    throw badInput(
      "target",
      "A model of type TEXT_GENERATION learns how texts go on. Leave the target out and name the column of texts in features.",
    );
  if (features && features.length !== 1)
    throw badInput(
      "features",
      "A model of type TEXT_GENERATION learns from one column of text. Name that one alone.",
    );
}
