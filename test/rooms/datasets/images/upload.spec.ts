import { expect } from "chai";
import { sha256 } from "../../../../src/kernel/crypto.js";
import { type TenantOfWorld, World } from "../../../support/world.js";
import { count, create, find, put, tryCreate } from "../support.js";
import { altered, folders, grey, jpg, png, zip } from "./support.js";

const profile =
  "status rowCount sizeBytes sha256 columns { name kind distinct minimum maximum categories { value count } } " +
  "images { count labels { label count } modes { mode count } minimumWidth maximumWidth minimumHeight maximumHeight duplicates duplicatesAcrossSplit conflictingLabels }";

const red = (): number[] => [255, 0, 0];

describe("datasets: archives of images", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let other: TenantOfWorld;

  before(async () => {
    world = await World.start();
    tenant = await world.tenant("pictures");
    other = await world.tenant("others");
  });
  after(() => world.stop());

  const upload = async (archive: Buffer, of = tenant) => {
    const { id, uploadUrl } = await create(of.owner, { format: "IMAGES" });
    return { id, answer: await put(world, uploadUrl, archive) };
  };

  it("take their labels from folders and tell what is in them", async () => {
    const archive = zip({
      ...folders(6),
      "cat/photo.jpg": jpg(20, 10, red),
      "dog/clear.png": png(4, 30, () => [1, 2, 3, 128]),
    });
    const { id, answer } = await upload(archive);
    expect(answer).to.deep.include({ status: 200, data: { id, status: "READY", rowCount: 8 } });
    const found = await find(tenant.owner, id, profile);
    expect(found).to.deep.include({
      sizeBytes: archive.length,
      sha256: sha256(archive),
      images: {
        count: 8,
        labels: [
          { label: "cat", count: 4 },
          { label: "dog", count: 4 },
        ],
        modes: [
          { mode: "GREY", count: 6 },
          { mode: "RGB", count: 1 },
          { mode: "RGBA", count: 1 },
        ],
        minimumWidth: 4,
        maximumWidth: 20,
        minimumHeight: 8,
        maximumHeight: 30,
        duplicates: 0,
        duplicatesAcrossSplit: 0,
        conflictingLabels: 0,
      },
    });
    expect((found["columns"] as { name: string }[]).map(({ name }) => name)).to.deep.equal([
      "file",
      "label",
      "width",
      "height",
      "mode",
    ]);
  });

  it("take their labels from a labels.csv, beside folders that mean nothing and what systems add", async () => {
    const { id, answer } = await upload(
      zip({
        "set/a/1.png": grey(1),
        "set/a/2.png": grey(2),
        "set/labels.csv": Buffer.from("file,label\na/1.png,yes\nset/a/2.png,no\n"),
        "__MACOSX/set/._1.png": Buffer.from("junk"),
        "set/.DS_Store": Buffer.from("junk"),
      }),
    );
    expect(answer).to.include({ status: 200 });
    const { images } = (await find(tenant.owner, id, "images { labels { label } }")) as {
      images: { labels: { label: string }[] };
    };
    expect(images.labels.map(({ label }) => label)).to.have.members(["yes", "no"]);
  });

  it("shows the first of them, small", async () => {
    const { id } = await upload(zip({ ...folders(3, ["a", "b"], 100), "a/x.jpeg": jpg(9, 9, red) }));
    const { preview } = (await find(tenant.owner, id, "preview(first: 2)")) as {
      preview: { thumbnail: string }[];
    };
    expect(preview).to.have.lengthOf(2);
    expect(preview[0]).to.include({ file: "a/0.png", label: "a", width: 100, height: 100, mode: "GREY" });
    for (const { thumbnail } of preview) {
      expect(thumbnail).to.match(/^data:image\/png;base64,/);
      const [, bytes = ""] = thumbnail.split(",");
      expect(Buffer.from(bytes, "base64").readUInt32BE(16)).to.equal(48);
    }
  });

  it("warns of pictures that are there twice", async () => {
    const same = grey(1);
    const { id } = await upload(
      zip({ "a/0.png": same, "a/1.png": grey(2), "b/2.png": grey(3), "b/3.png": same, "a/4.png": same }),
    );
    const { warnings } = (await find(tenant.owner, id, 'warnings(target: "label") { code rows }')) as {
      warnings: object[];
    };
    expect(warnings).to.deep.equal([
      { code: "DUPLICATE_IMAGES", rows: 2 },
      { code: "DUPLICATES_ACROSS_SPLIT", rows: 1 },
      { code: "CONFLICTING_LABELS", rows: 1 },
    ]);
  });

  it("keeps an archive of several pieces", async () => {
    // What no compression makes smaller takes the fewest pixels.
    const noise = (seed: number): Buffer =>
      png(140, 140, (x, y) => {
        const bits = Math.imul((x * 73856093) ^ (y * 19349663) ^ (seed * 83492791), 2654435761);
        return [bits & 255, (bits >>> 8) & 255, (bits >>> 16) & 255];
      });
    const files = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [`${at % 2}/${at}.png`, noise(at + 1)]),
    );
    const archive = zip(files);
    expect(archive.length).to.be.greaterThan(2 ** 21);
    const { id, answer } = await upload(archive);
    expect(answer).to.deep.include({ data: { id, status: "READY", rowCount: 40 } });
    expect(await count(world, tenant, "dataset_piece", `dataset_id = '${id}'`)).to.equal(
      Math.ceil(archive.length / 2 ** 20),
    );
  });

  it("are nobody else's, and unreadable in the database", async () => {
    const { id } = await upload(zip(folders(4)), other);
    const query = 'query ($id: ID!) { dataset(id: $id) { preview warnings(target: "label") { code } } }';
    expect(await tenant.owner.get(query, { id })).to.deep.equal({ dataset: null });
    const compare = "query ($id: ID!) { compareDatasets(a: $id, b: $id) { rowsAdded } }";
    expect(await tenant.owner.send(compare, { id })).to.failWith("NOT_FOUND");
    const pieces = await world.admin<{ bytes: Buffer }>(`select bytes from ${other.schema}.dataset_piece`);
    for (const { bytes } of pieces) expect(bytes.includes("cat/0.png")).to.equal(false);
  });

  it("are not sent as text", async () => {
    expect(await tryCreate(tenant.owner, { format: "IMAGES", content: "PK" })).to.failWithReason(
      "BAD_USER_INPUT",
      "DATASET_ARCHIVE_INVALID",
    );
  });

  it("are no table to train on", async () => {
    const { id } = await upload(zip(folders(4)));
    const { createModel } = await tenant.owner.get(
      'mutation { createModel(input: { name: "m", type: CLASSIFICATION, target: "label" }) { model { id } } }',
    );
    const training = await tenant.owner.send(
      "mutation ($input: StartTrainingInput!) { startTraining(input: $input) { trainingJob { id } } }",
      { input: { modelId: createModel.model.id, datasetId: id } },
    );
    expect(training).to.failWithReason("BAD_USER_INPUT", "DATASET_OF_IMAGES");
  });

  describe("that are bad", () => {
    const good = folders(4);
    const plain = zip(good);
    const flag = (bit: number) => (record: Buffer) => record.writeUInt16LE(record.readUInt16LE(8) | bit, 8);
    const sized = (offset: number, size: number) => (record: Buffer) => record.writeUInt32LE(size, offset);
    const kind = (mode: number) => (record: Buffer) => record.writeUInt32LE((mode << 16) >>> 0, 38);
    const stored = (files: Record<string, Buffer>): Buffer =>
      zip(Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, [bytes, { level: 0 }]])));
    /** fflate keeps a folder's key apart, so a name twice is written over another of its length. */
    const renamed = (from: string, to: string): Buffer =>
      Buffer.from(plain.toString("latin1").replaceAll(from, to), "latin1");

    const cases: [what: string, archive: Buffer, code: string, file?: string][] = [
      ["text", Buffer.from("file,label\n"), "DATASET_ARCHIVE_INVALID"],
      ["nothing", Buffer.alloc(0), "DATASET_ARCHIVE_INVALID"],
      ["an archive cut off", plain.subarray(0, -30), "DATASET_ARCHIVE_INVALID"],
      ["an empty archive", zip({}), "DATASET_IMAGE_LABEL"],
      ["a traversal", renamed("cat/0.png", "../0a.png"), "DATASET_ARCHIVE_UNSAFE", "../0a.png"],
      ["an absolute name", renamed("cat/0.png", "/at/0.png"), "DATASET_ARCHIVE_UNSAFE", "/at/0.png"],
      ["a Windows name", renamed("cat/0.png", "C:\\t0.png"), "DATASET_ARCHIVE_UNSAFE", "C:\\t0.png"],
      ["a name twice", renamed("dog/1.png", "dog/3.png"), "DATASET_DUPLICATE_FILE", "dog/3.png"],
      ["a link", altered(plain, "cat/0.png", kind(0xa1ff)), "DATASET_ARCHIVE_UNSAFE", "cat/0.png"],
      ["a device", altered(plain, "cat/0.png", kind(0x21ff)), "DATASET_ARCHIVE_UNSAFE", "cat/0.png"],
      ["an encrypted file", altered(plain, "cat/0.png", flag(1)), "DATASET_ARCHIVE_UNSAFE", "cat/0.png"],
      ["an archive in it", zip({ ...good, "cat/more.zip": plain }), "DATASET_ARCHIVE_UNSAFE", "cat/more.zip"],
      [
        "a bomb that says so",
        zip({ ...good, "cat/bomb.png": Buffer.alloc(8 * 2 ** 20) }),
        "DATASET_ARCHIVE_TOO_LARGE",
        "cat/bomb.png",
      ],
      [
        "a bomb that doesn't",
        altered(zip({ ...good, "cat/bomb.png": Buffer.alloc(2 ** 20) }), "cat/bomb.png", sized(24, 4_000)),
        "DATASET_ARCHIVE_INVALID",
        "cat/bomb.png",
      ],
      [
        "a file over its limit",
        altered(plain, "cat/0.png", sized(24, 2 ** 31)),
        "DATASET_ARCHIVE_TOO_LARGE",
        "cat/0.png",
      ],
      [
        "files that share their bytes",
        altered(plain, "cat/0.png", sized(20, plain.length)),
        "DATASET_ARCHIVE_TOO_LARGE",
      ],
      ["a file altered", altered(plain, "cat/2.png", sized(16, 1)), "DATASET_ARCHIVE_INVALID", "cat/2.png"],
      [
        "a text as an image",
        zip({ ...good, "cat/a.png": Buffer.from("hello") }),
        "DATASET_IMAGE_INVALID",
        "cat/a.png",
      ],
      ["another extension", zip({ ...good, "cat/a.gif": grey(1) }), "DATASET_IMAGE_INVALID", "cat/a.gif"],
      [
        "a JPEG named PNG",
        zip({ ...good, "cat/a.png": jpg(8, 8, red) }),
        "DATASET_IMAGE_INVALID",
        "cat/a.png",
      ],
      [
        "a PNG cut off",
        stored({ ...good, "cat/a.png": grey(9, 40).subarray(0, 70) }),
        "DATASET_IMAGE_INVALID",
        "cat/a.png",
      ],
      [
        "a JPEG cut off",
        stored({ ...good, "cat/a.jpg": jpg(40, 40, red).subarray(0, -9) }),
        "DATASET_IMAGE_INVALID",
        "cat/a.jpg",
      ],
      [
        "an image too wide",
        zip({ ...good, "cat/a.png": png(4_097, 1, () => [0]) }),
        "DATASET_IMAGE_TOO_LARGE",
        "cat/a.png",
      ],
      ["an image without label", zip({ ...good, "a.png": grey(1) }), "DATASET_IMAGE_LABEL", "a.png"],
      ["one class", zip(folders(4, ["cat"])), "DATASET_IMAGE_LABEL"],
      [
        "an image not in labels.csv",
        zip({ ...good, "labels.csv": Buffer.from("file,label\ncat/0.png,a\ncat/2.png,b\ndog/1.png,a\n") }),
        "DATASET_IMAGE_LABEL",
        "dog/3.png",
      ],
      [
        "a label without image",
        zip({ ...good, "labels.csv": Buffer.from("file,label\nnone.png,a\n") }),
        "DATASET_IMAGE_LABEL",
        "none.png",
      ],
      [
        "a labels.csv without labels",
        zip({ ...good, "labels.csv": Buffer.from("a,b\n1,2\n") }),
        "DATASET_IMAGE_LABEL",
        "labels.csv",
      ],
    ];
    for (const [what, archive, code, file] of cases)
      it(`refuses ${what}, stores nothing and lets the URL be tried again`, async () => {
        const { id, uploadUrl } = await create(tenant.owner, { format: "IMAGES" });
        const answer = await put(world, uploadUrl, archive);
        expect(answer).to.failWithReason("BAD_USER_INPUT", code);
        const [error] = answer.errors ?? [];
        expect(error?.extensions?.fields).to.deep.equal([{ path: "content", message: error?.message }]);
        if (file !== undefined) expect(error?.extensions?.["file"]).to.equal(file);
        expect(await count(world, tenant, "dataset_piece", `dataset_id = '${id}'`)).to.equal(0);
        expect(await put(world, uploadUrl, plain)).to.include({ status: 200 });
      });
  });
});
