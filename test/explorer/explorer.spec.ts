import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { clock } from "../../src/kernel/clock.js";
import { ownerPassword, type TenantOfWorld, World } from "../support/world.js";
import { openBrowser, openPage, type Watched } from "./support/browser.js";
import { ExplorerPage, eventually } from "./support/page.js";
import { startLongTraining } from "./support/training.js";

/** What a page holds of its session. */
const held = `JSON.parse(sessionStorage.getItem("tenfold:session"))`;

/** Longer than an access token lives, shorter than a refresh token. */
const later = (): Date => new Date(Date.now() + 20 * 60_000);

const account = { tenant: "demo", email: "owner@demo.test", password: ownerPassword };

describe("the explorer in Chromium", function () {
  this.timeout(60_000);
  const { now } = clock;
  let browser: Browser;
  let world: World;
  let tenant: TenantOfWorld;
  let watched: Watched;
  let page: Page;
  let explorer: ExplorerPage;
  let introspections: number;
  let refreshes: number;

  before(async () => {
    world = await World.start();
    tenant = await world.tenant("demo");
    browser = await openBrowser();
  });
  beforeEach(async () => {
    introspections = 0;
    refreshes = 0;
    watched = await openPage(browser, `${world.url}/graphiql/`, (body) => {
      if (body.includes("IntrospectionQuery")) introspections += 1;
      if (body.includes("RefreshSession")) refreshes += 1;
    });
    page = watched.page;
    explorer = new ExplorerPage(page);
  });
  afterEach(async () => {
    clock.now = now;
    await watched?.context.close();
  });
  after(async () => {
    await browser?.close();
    await world?.stop();
  });

  /** What every visit must leave behind: a clean console, and no request to another host. */
  const expectClean = () => {
    expect(watched.complaints).to.deep.equal([]);
    expect(watched.foreign).to.deep.equal([]);
  };
  const responseWith = (part: string) =>
    eventually(
      () => explorer.response(),
      (text) => text.includes(part),
    );
  const stored = () => page.evaluate<string>("JSON.stringify({ ...localStorage })");
  const signIn = async () => {
    await explorer.signIn(account);
    await explorer.identity.filter({ hasText: "Owner of demo" }).waitFor();
  };
  /** Tells the browser that tokens end so soon; the server's own clock stays as it is. */
  const shortenTokens = (lifeMs: number) =>
    page.context().route("**/graphql", async (route) => {
      if (!route.request().postData()?.includes("mutation SignIn")) return route.fallback();
      const response = await route.fetch();
      const expiresAt = new Date(Date.now() + lifeMs).toISOString();
      const text = (await response.text()).replace(/"expiresAt":"[^"]+"/, `"expiresAt":"${expiresAt}"`);
      return route.fulfill({ response, body: text });
    });

  describe("opening", () => {
    it("works under the policy without a complaint and without another host", async () => {
      await page.evaluate("document.fonts.ready.then(() => true)");
      expect(
        await eventually(
          () => introspections,
          (count) => count > 0,
        ),
      ).to.equal(1);
      expect(await page.title()).to.equal("Tenfold explorer");
      expectClean();
    });

    it("runs Monaco's three workers from files of its own", async () => {
      await explorer.openTab("Train");
      const workers = await eventually(
        () => page.workers(),
        ({ length }) => length === 3,
      );
      expect(workers).to.have.length(3);
      for (const worker of workers) expect(worker.url()).to.match(/\/graphiql\/assets\/[a-z]+\.worker-/);
      expectClean();
    });

    it("complains when something breaks the policy, so that silence means something", async () => {
      const policy = (await fetch(`${world.url}/graphiql/`)).headers.get("content-security-policy");
      expect(policy).not.to.match(/script-src[^;]*(unsafe|blob|data)/);
      await page.evaluate(
        `document.body.append(Object.assign(document.createElement("script"), { text: "0" }))`,
      );
      const complaints = await eventually(
        () => watched.complaints,
        ({ length }) => length > 0,
      );
      expect(complaints.join()).to.include("Content Security Policy");
    });

    it("does not scroll sideways at 800 pixels, and the play button is within reach", async () => {
      await page.setViewportSize({ width: 800, height: 700 });
      expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).to.equal(0);
      const button = await page.locator(".graphiql-execute-button").boundingBox();
      expect((button?.x ?? 800) + (button?.width ?? 0)).to.be.below(800);
    });
  });

  describe("signing in", () => {
    it("shows who is in, closes the pane and fetches the schema again", async () => {
      await eventually(
        () => introspections,
        (count) => count > 0,
      );
      await signIn();
      expect(await explorer.identity.innerText()).to.match(/demo\s+Owner of demo/);
      expect(await page.locator("form").count()).to.equal(0);
      expect(
        await eventually(
          () => introspections,
          (count) => count > 1,
        ),
      ).to.equal(2);
      expectClean();
    });

    it("says what the server says about a wrong password, and keeps nothing", async () => {
      await explorer.signIn({ ...account, password: "not it" });
      await explorer.alert.filter({ hasText: /e-mail|password/i }).waitFor();
      expect(await page.evaluate(`sessionStorage.getItem("tenfold:session")`)).to.equal(null);
    });

    it("says so when the server is down, and works once it is back", async () => {
      await page.route("**/graphql", (route) => route.abort());
      await explorer.signIn(account);
      await explorer.alert.filter({ hasText: "The server does not answer. Is it running?" }).waitFor();
      await page.unroute("**/graphql");
      await explorer.submit();
      await explorer.identity.waitFor();
    });

    it("says so when something that is not the server answers", async () => {
      await page.route("**/graphql", (route) => route.fulfill({ status: 502, body: "<h1>Bad gateway</h1>" }));
      await explorer.signIn(account);
      await explorer.alert.filter({ hasText: "not GraphQL (status 502)" }).waitFor();
    });

    it("takes an API key, and refuses one that the server does not know", async () => {
      const { createApiKey } = await tenant.owner.get(
        "mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret } }",
        { input: { name: "robot", scopes: ["model:read"] } },
      );
      await explorer.useApiKey("tfk_unknown");
      await explorer.alert.filter({ hasText: /\S/ }).waitFor();
      expect(await explorer.identity.count()).to.equal(0);
      await page.locator("input[name=key]").fill(createApiKey.secret);
      await explorer.submit();
      await explorer.identity.waitFor();
      expect(await explorer.identity.innerText()).to.include("API key robot");
    });

    it("survives a reload, and leaves nothing in local storage", async () => {
      await signIn();
      await page.reload();
      await explorer.identity.filter({ hasText: "Owner of demo" }).waitFor();
      expect(await stored()).not.to.match(/eyJ|query|password/);
    });
  });

  describe("running operations", () => {
    beforeEach(async () => {
      await signIn();
    });

    it("sends them as the person signed in", async () => {
      await explorer.run();
      expect(await responseWith("owner@demo.test")).to.include(`"slug": "demo"`);
      expectClean();
    });

    it("tells the journey in its tabs, and carries the ids of what was made to those that need them", async () => {
      await explorer.openTab("Data");
      await explorer.run();
      await responseWith(`"status": "READY"`);
      await explorer.openTab("Profile");
      await explorer.run();
      await responseWith(`"kind": "CATEGORY"`);
      await explorer.openTab("Model");
      await explorer.run();
      await responseWith(`"model_`);
      await explorer.openTab("Train");
      const ids = await eventually(
        () => explorer.variables(),
        (text) => /"model_.*"dataset_/s.test(text),
      );
      expect(ids).to.match(/"modelId": "model_\w+",\s+"datasetId": "dataset_/);
      await explorer.run();
      await responseWith(`"job_`);
      await explorer.openTab("Watch");
      await explorer.run();
      expect(await responseWith("SUCCEEDED")).to.include(`"epoch": 60`);
      await explorer.openTab("Versions");
      await explorer.run("Versions");
      expect(await responseWith(`"accuracy"`)).to.include(`"number": "1.0.0"`);
      await explorer.run("Deploy");
      await responseWith(`"environment": "PRODUCTION"`);
      await explorer.openTab("Predict");
      await explorer.run();
      await responseWith(`"probability"`);
      await explorer.openTab("Usage");
      await explorer.run();
      expect(await responseWith(`"PREDICTIONS"`)).to.include(`"quantity"`);
      expectClean();
    });

    it("puts the ids of what a tenant has into the empty variables of whoever signs in", async () => {
      await explorer.openTab("Predict");
      const ids = await eventually(
        () => explorer.variables(),
        (text) => /"model_/.test(text),
      );
      expect(ids).to.match(/"modelId": "model_\w+"/);
      await explorer.run();
      await responseWith(`"probability"`);
      expectClean();
    });

    it("draws a training, and goes on when the server closes the socket", async () => {
      let sockets = 0;
      await page.routeWebSocket("**/graphql", (socket) => {
        sockets += 1;
        const server = socket.connectToServer();
        if (sockets > 1) return;
        let events = 0;
        server.onMessage((message) => {
          // Epochs alone: how many events come without one depends on how fast the training is.
          events += /"epoch":[1-9]/.test(String(message)) ? 1 : 0;
          // As the server does when the credentials of a socket end.
          if (events === 2) void socket.close({ code: 4403 }).then(() => server.close());
          else if (events < 2) socket.send(message);
        });
      });
      // Sockets are routed from the next load on; the session survives it.
      await page.reload();
      await explorer.identity.waitFor();
      await page.getByRole("button", { name: /Training/ }).click();
      const jobId = await startLongTraining(tenant, 60);
      await page.getByLabel("Job id").fill(jobId);
      await page.getByRole("button", { name: "Follow" }).click();
      await page.getByRole("status").filter({ hasText: "succeeded · epoch 60 of 60" }).waitFor();
      expect(sockets).to.equal(2);
      const drawn = await page.locator(".tenfold-chart polyline").first().getAttribute("points");
      // One that came before the socket was closed, and the last.
      expect(drawn?.split(" ").length).to.be.greaterThan(1);
      expect(await page.locator(".tenfold-chart").count()).to.equal(2);
      // Followed anew in the pane, which stays open, when it has ended, it is drawn from its first epoch on.
      await page.reload();
      await page.getByLabel("Job id").fill(jobId);
      await page.getByRole("button", { name: "Follow" }).click();
      await page.locator(".tenfold-chart").first().waitFor();
      const points = await eventually(
        () => page.locator(".tenfold-chart polyline").first().getAttribute("points"),
        (told) => told?.split(" ").length === 60,
      );
      expect(points?.split(" ")).to.have.length(60);
    });

    it("shows the server's error for a job that is not there", async () => {
      await page.getByRole("button", { name: /Training/ }).click();
      await page.getByLabel("Job id").fill("job_0");
      await page.getByRole("button", { name: "Follow" }).click();
      await explorer.alert.filter({ hasText: "There is no such training job." }).waitFor();
    });
  });

  describe("staying signed in", () => {
    it("renews the token before it ends, without a request of the person's", async () => {
      await shortenTokens(3_000);
      await signIn();
      expect(
        await eventually(
          () => refreshes,
          (count) => count > 0,
        ),
      ).to.equal(1);
      await explorer.run();
      await responseWith("owner@demo.test");
      expectClean();
    });

    it("renews once when the server refuses the token, and repeats the operation", async () => {
      await signIn();
      clock.now = later;
      await explorer.run();
      await responseWith("owner@demo.test");
      expect(refreshes).to.equal(1);
    });

    it("renews once for a duplicated tab too, since a refresh token works once", async () => {
      await shortenTokens(4_000);
      await signIn();
      const opened = page.waitForEvent("popup");
      await page.evaluate("void window.open(location.href)");
      const twin = new ExplorerPage(await opened);
      await twin.identity.filter({ hasText: "Owner of demo" }).waitFor();
      const token = () => page.evaluate<string>(`${held}.accessToken`);
      const first = await token();
      const tokens = () =>
        Promise.all([page, twin.page].map((each) => each.evaluate<string>(`${held}.accessToken`)));
      const [own, twins] = await eventually(tokens, (each) => each.every((one) => one !== first));
      expect([own === first, own === twins]).to.deep.equal([false, true]);
      expect(refreshes).to.equal(1);
    });

    it("keeps the session when the renewal fails for a reason that passes", async () => {
      await signIn();
      clock.now = later;
      const errors = [{ message: "Try again in a moment.", extensions: { code: "UNAVAILABLE" } }];
      await page.route("**/graphql", (route) =>
        route.request().postData()?.includes("refreshSession")
          ? route.fulfill({ json: { errors } })
          : route.continue(),
      );
      await explorer.run();
      await responseWith("Try again in a moment.");
      await page.unroute("**/graphql");
      await explorer.run();
      expect(await responseWith("owner@demo.test")).to.include("demo");
    });

    it("keeps the session when a password given to an operation is wrong, and sends it once", async () => {
      await signIn();
      const input = { currentPassword: "wrong wrong wrong", newPassword: "an unheard-of flavour" };
      const query = `mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { __typename } }`;
      let sent = 0;
      await page.route("**/graphql", (route) => {
        sent += 1;
        return route.continue({ postData: JSON.stringify({ query, variables: { input } }) });
      });
      await explorer.run();
      const answer = await responseWith("The present password is not right.");
      expect(answer).to.include("BAD_USER_INPUT");
      expect({ sent, refreshes }).to.deep.equal({ sent: 1, refreshes: 0 });
      expect(await explorer.identity.count()).to.equal(1);
    });

    it("ends the session when it can't be renewed, and says so", async () => {
      await signIn();
      const elsewhere = await world.anonymous("demo").signIn(account.email, account.password);
      await elsewhere.get("mutation { revokeAllSessions { revokedSessionIds } }");
      await explorer.run();
      await explorer.alert.filter({ hasText: "Your session has ended. Sign in again." }).waitFor();
      expect(await explorer.identity.count()).to.equal(0);
    });

    it("forgets everything at sign-out, on the server too", async () => {
      await signIn();
      const { accessToken } = JSON.parse(await page.evaluate(`sessionStorage.getItem("tenfold:session")`));
      await explorer.signOut();
      await page.locator("form").waitFor();
      expect(await page.evaluate(`sessionStorage.getItem("tenfold:session")`)).to.equal(null);
      const asBefore = world.anonymous().bearing(accessToken);
      const code = async () => (await asBefore.send("{ viewer { id } }")).errors?.[0]?.extensions?.["code"];
      expect(await eventually(code, (answer) => answer !== undefined)).to.equal("UNAUTHENTICATED");
    });

    it("refuses a subscription of nobody at once, with what to do", async () => {
      await explorer.openTab("Watch");
      await explorer.run();
      const answer = await responseWith("Sign in first");
      expect(answer).to.include("UNAUTHENTICATED");
      expect(answer).not.to.include("stack");
    });
  });
});
