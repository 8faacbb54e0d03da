// The journey from an empty tenant to a metered prediction, as a client program against a running server.
import progress from "cli-progress";
import { ApiFailure, type TenfoldClient } from "../schema/transport.js";
import { newTenant, train, uploadPenguins } from "./demo/journey.js";
import { type DemoOptions, readOptions, usage } from "./demo/options.js";
import { table } from "./demo/table.js";

const rows = [
  { island: "Torgersen", bill_length_mm: 39.1, bill_depth_mm: 18.7, flipper_length_mm: 181 },
  { island: "Biscoe", bill_length_mm: 50, bill_depth_mm: 15.3, flipper_length_mm: 220 },
  { island: "Dream", bill_length_mm: 50.5, bill_depth_mm: 19.6 },
  { island: "an island nobody has heard of", bill_length_mm: null },
];

const title = (text: string): void => console.log(`\n${text}`);

async function showProfile({ sdk }: TenfoldClient, id: string): Promise<void> {
  const { dataset } = await sdk.dataset({ id });
  title(`Dataset ${dataset?.name}: ${dataset?.rowCount} rows, profiled as it came in`);
  const columns = (dataset?.columns ?? []).map(
    ({ name, kind, missing, distinct, minimum, maximum, mean }) => [
      name,
      kind,
      missing,
      distinct,
      minimum,
      mean,
      maximum,
    ],
  );
  console.log(table(["column", "kind", "missing", "distinct", "minimum", "mean", "maximum"], columns));
}

/** Drawn for a person; where the output goes to a file only the end is told. */
async function trainShown(client: TenfoldClient, modelId: string, datasetId: string): Promise<string> {
  title("Training");
  const bar = new progress.SingleBar(
    {
      format: "  {bar} epoch {value} of {total}, loss {loss}, {seconds} s left",
      barsize: 30,
      hideCursor: true,
    },
    progress.Presets.shades_classic,
  );
  const begun = performance.now();
  let epochs = 0;
  const version = await train(client, modelId, datasetId, (state) => {
    const payload = { loss: (state.loss ?? 0).toFixed(3), seconds: Math.ceil((state.etaMs ?? 0) / 1000) };
    if (epochs === 0) bar.start(state.epochs, state.epoch, payload);
    bar.update(state.epoch, payload);
    epochs = Math.max(epochs, state.epoch);
  }).finally(() => bar.stop());
  const { number, metrics } = version;
  console.log(
    `  ${epochs} epochs in ${((performance.now() - begun) / 1000).toFixed(1)} s made version ${number}`,
  );
  if (!metrics) return number;
  title(`Measured on ${metrics.rows} rows that training never saw`);
  console.log(table(["accuracy", "f1", "loss"], [[metrics.accuracy, metrics.f1, metrics.loss]]));
  return number;
}

async function showPredictions({ sdk }: TenfoldClient, modelId: string): Promise<void> {
  const { predict } = await sdk.predict({ input: { modelId, rows } });
  const labels = predict.predictions[0]?.probabilities?.map(({ label }) => label) ?? [];
  title(`Predicted by version ${predict.version.number} in ${predict.latencyMs.toFixed(1)} ms`);
  const cells = predict.predictions.map(({ label, probabilities }, index) => [
    rows[index]?.island,
    label,
    ...labels.map((name) => probabilities?.find((one) => one.label === name)?.probability.toFixed(3)),
  ]);
  console.log(table(["island", "class", ...labels], cells));
}

async function showUsage({ sdk }: TenfoldClient): Promise<void> {
  const day = 24 * 60 * 60 * 1000;
  const [from, to] = [-day, day].map((offset) => new Date(Date.now() + offset).toISOString());
  const { usage: report } = await sdk.usage({ from: from ?? "", to: to ?? "" });
  title("Metered in the same transactions");
  console.log(
    table(
      ["meter", "quantity", "events"],
      report.lines.map(({ meter, quantity, events }) => [meter, quantity, events]),
    ),
  );
}

async function showAudit({ sdk }: TenfoldClient): Promise<void> {
  const { auditEvents } = await sdk.auditEvents({ first: 20 });
  title("Recorded in the audit trail");
  const cells = auditEvents.nodes.map(({ at, action, actorKind, subject }) => [
    at,
    action,
    actorKind,
    subject,
  ]);
  console.log(table(["at", "action", "by", "what"], cells));
}

async function journey(options: DemoOptions): Promise<void> {
  const { slug, owner } = await newTenant(options);
  console.log(`Tenant ${slug} is there, with a schema, a role and a key of its own; its owner is signed in.`);
  const datasetId = await uploadPenguins(owner);
  await showProfile(owner, datasetId);
  const { createModel } = await owner.sdk.createModel({
    input: { name: "penguin-species", type: "CLASSIFICATION", target: "species" },
  });
  const modelId = createModel.model.id;
  const version = await trainShown(owner, modelId, datasetId);
  await owner.sdk.deployModel({ input: { modelId, version, environment: "PRODUCTION" } });
  await showPredictions(owner, modelId);
  await showUsage(owner);
  await showAudit(owner);
}

/** What went wrong, for the person who started this. */
function sentenceOf(error: unknown, url: string): string {
  if (error instanceof ApiFailure) return error.message;
  if (error instanceof TypeError && error.message === "fetch failed")
    return `Nobody answers at ${url}. Start the server with \`npm start\`, or say where it is with --url.`;
  return error instanceof Error ? error.message : String(error);
}

let url = "";
try {
  const options = readOptions(process.argv.slice(2));
  url = options.url;
  await journey(options);
} catch (error) {
  console.error(sentenceOf(error, url));
  if (url === "") console.error(usage);
  process.exitCode = 1;
}
