import { createReadStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { TrainingJobQuery, TrainingProgressSubscription } from "../../schema/client.js";
import { TenfoldClient } from "../../schema/transport.js";
import { newSecret } from "../../src/kernel/clock.js";
import { root } from "../root.js";
import type { DemoOptions } from "./options.js";

type Progress = TrainingProgressSubscription["trainingProgress"];

/** A tenant that nobody has yet, with its owner signed in. Needs the operator, who alone creates tenants. */
export async function newTenant({
  url,
  operator,
}: DemoOptions): Promise<{ slug: string; owner: TenfoldClient }> {
  const anonymous = new TenfoldClient(url);
  const { signIn: asOperator } = await anonymous.sdk.signIn({ input: operator });
  const slug = `demo-${newSecret(4)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "0")}`;
  const person = { email: `owner@${slug}.example`, password: newSecret(18) };
  await anonymous.bearing(asOperator.accessToken).sdk.createTenant({
    input: { slug, name: `Demo ${slug}`, plan: "PROFESSIONAL", owner: { ...person, name: "Demo Owner" } },
  });
  const { signIn } = await anonymous.with({ "x-tenant": slug }).sdk.signIn({ input: person });
  return { slug, owner: anonymous.bearing(signIn.accessToken) };
}

/** Palmer penguins, never whole in memory: the file is streamed as any larger one would be. */
export async function uploadPenguins({ sdk }: TenfoldClient): Promise<string> {
  const { createDataset } = await sdk.createDataset({ input: { name: "Palmer penguins", format: "CSV" } });
  const file = createReadStream(join(root, "src/demo/penguins.csv"));
  const answer = await fetch(createDataset.uploadUrl ?? "", {
    method: "PUT",
    body: Readable.toWeb(file),
    duplex: "half",
  });
  if (!answer.ok) throw new Error(`The upload was refused (${answer.status}): ${await answer.text()}`);
  return createDataset.dataset.id;
}

/** Trains from start to end; `show` sees each epoch. Throws the reason where it did not succeed. */
export async function train(
  { sdk }: TenfoldClient,
  modelId: string,
  datasetId: string,
  show: (progress: Progress) => void,
): Promise<NonNullable<NonNullable<TrainingJobQuery["trainingJob"]>["version"]>> {
  const { startTraining } = await sdk.startTraining({ input: { modelId, datasetId, seed: 1 } });
  const { id } = startTraining.trainingJob;
  for await (const { trainingProgress } of sdk.trainingProgress({ jobId: id })) show(trainingProgress);
  const { trainingJob } = await sdk.trainingJob({ id });
  if (trainingJob?.version) return trainingJob.version;
  throw new Error(`The training did not succeed: ${trainingJob?.failure?.message ?? trainingJob?.status}`);
}
