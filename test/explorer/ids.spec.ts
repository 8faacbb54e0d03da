import { expect } from "chai";
import fc from "fast-check";
import { fill, fillEmpty, idsIn, idsOf } from "../../src/explorer/ids.js";
import { identityOf } from "../../src/explorer/session/identity.js";

const answer = (data: unknown) => JSON.stringify({ data });

describe("ids that the journey carries along", () => {
  it("come from what a mutation made, named by their prefix", () => {
    const made = answer({ createDataset: { dataset: { id: "dataset_1", name: "p" }, uploadUrl: null } });
    expect(idsIn(made)).to.deep.equal({ datasetId: "dataset_1" });
    expect(idsIn(answer({ startTraining: { trainingJob: { id: "job_1" } } }))).to.deep.equal({
      jobId: "job_1",
    });
  });

  it("do not come from a query, which shows many things that are not the next step", () => {
    expect(idsIn(answer({ model: { id: "model_1", owner: { id: "user_1" } } }))).to.deep.equal({});
    expect(idsIn(answer({ predict: { version: { id: "version_1" } } }))).to.deep.equal({});
  });

  it("do not come from an answer with errors, without data, or that is no JSON", () => {
    for (const text of ["", "Not JSON", "null", "[]", `{"data":null}`, `{"errors":[{"message":"no"}]}`])
      expect(idsIn(text), text).to.deep.equal({});
    expect(idsIn(answer({ createModel: null }))).to.deep.equal({});
  });

  it("replace the variables of their name and leave the others", () => {
    const filled = fill(`{"modelId": "", "rows": [{"a": 1}]}`, { modelId: "model_1", jobId: "job_1" });
    expect(JSON.parse(filled ?? "")).to.deep.equal({ modelId: "model_1", rows: [{ a: 1 }] });
  });

  it("leave text alone that they do not concern, to the letter", () => {
    const unconcerned = fc.string().filter((text) => !text.includes("modelId"));
    fc.assert(fc.property(unconcerned, (text) => fill(text, { modelId: "model_1" }) === text));
    expect(fill(`{ "modelId":"model_1" }`, { modelId: "model_1" })).to.equal(`{ "modelId":"model_1" }`);
    expect(fill(null, { modelId: "model_1" })).to.equal(null);
  });

  it("fill any variables so that a second filling changes nothing", () => {
    const variables = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(variables, fc.string(), (values, id) => {
        const once = fill(JSON.stringify({ ...values, modelId: "" }), { modelId: id });
        expect(JSON.parse(once ?? "").modelId).to.equal(id);
        expect(fill(once, { modelId: id })).to.equal(once);
      }),
    );
  });
});

describe("ids of what a tenant has already", () => {
  const page = <T>(...nodes: T[]) => ({ nodes });

  it("are of the newest of each kind, and of a model that answers where there is one", () => {
    const models = page({ id: "model_2", deployments: [] }, { id: "model_1", deployments: [{}] });
    const rest = { datasets: page({ id: "dataset_1" }), trainingJobs: page({ id: "job_9" }) };
    const others = { datasetId: "dataset_1", jobId: "job_9" };
    expect(idsOf({ models, ...rest })).to.deep.equal({ modelId: "model_1", ...others });
    expect(idsOf({ models: page({ id: "model_2", deployments: [] }), ...rest })).to.include({
      modelId: "model_2",
    });
    expect(idsOf({ models: page(), datasets: page(), trainingJobs: page() })).to.deep.equal({});
  });

  it("go where nothing is, and leave what a person has put there", () => {
    const ids = { modelId: "model_1", datasetId: "dataset_1" };
    const filled = fillEmpty(`{"modelId": "model_7", "datasetId": ""}`, ids);
    expect(JSON.parse(filled ?? "")).to.deep.equal({ modelId: "model_7", datasetId: "dataset_1" });
    for (const text of ["", "{", `{ "modelId": "model_7" }`]) expect(fillEmpty(text, ids)).to.equal(text);
  });
});

describe("the identity that the explorer shows", () => {
  const tenant = { slug: "demo", name: "Demo" };

  it("is a person's name, else the e-mail address", () => {
    const user = { name: "Ada", email: "ada@demo.example" };
    expect(identityOf({ user, roles: ["OWNER"], tenant })).to.deep.equal({
      name: "Ada",
      tenant: "demo",
      role: "owner",
    });
    expect(identityOf({ user: { ...user, name: null }, tenant }).name).to.equal("ada@demo.example");
  });

  it("is a key by its name", () => {
    expect(identityOf({ apiKey: { name: "robot" }, roles: [], tenant }).name).to.equal("API key robot");
    expect(identityOf({ apiKey: {}, tenant }).name).to.equal("API key");
  });

  it("is the operator where there is neither", () => {
    expect(identityOf({ roles: ["OPERATOR"] })).to.deep.equal({
      name: "Operator",
      tenant: undefined,
      role: "operator",
    });
  });
});
