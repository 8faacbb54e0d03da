import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { openBrowser, openPage, type Watched } from "./support/browser.js";
import { apiKey, owner } from "./support/counterpart.js";
import { ExplorerPage, eventually } from "./support/page.js";
import { openSite, policy, type Site } from "./support/site.js";

/** The access token that a page holds. */
const token = `JSON.parse(sessionStorage.getItem("tenfold:session")).accessToken`;

describe("the explorer in Chromium", function () {
  this.timeout(60_000);
  let browser: Browser;
  let site: Site;
  let watched: Watched;
  let page: Page;
  let explorer: ExplorerPage;

  before(async () => {
    browser = await openBrowser();
  });
  beforeEach(async () => {
    site = await openSite();
    watched = await openPage(browser, site.url);
    page = watched.page;
    explorer = new ExplorerPage(page);
  });
  afterEach(async () => {
    await watched.context.close();
    await site.close();
  });
  after(() => browser?.close());

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

  describe("opening", () => {
    it("works under the policy without a complaint and without another host", async () => {
      await page.evaluate("document.fonts.ready.then(() => true)");
      expect(
        await eventually(
          () => site.counterpart.introspections,
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
        () => site.counterpart.introspections,
        (count) => count > 0,
      );
      await explorer.signIn();
      await explorer.identity.waitFor();
      expect(await explorer.identity.innerText()).to.match(/demo\s+Ada Example/);
      expect(await page.locator("form").count()).to.equal(0);
      expect(
        await eventually(
          () => site.counterpart.introspections,
          (count) => count > 1,
        ),
      ).to.equal(2);
      expectClean();
    });

    it("says what the server says about a wrong password, and keeps nothing", async () => {
      await explorer.signIn({ ...owner, password: "not it" });
      await explorer.alert.filter({ hasText: "E-mail or password is wrong." }).waitFor();
      expect(await page.evaluate(`sessionStorage.getItem("tenfold:session")`)).to.equal(null);
    });

    it("says so when the server is down, and works once it is back", async () => {
      await page.route("**/graphql", (route) => route.abort());
      await explorer.signIn();
      await explorer.alert.filter({ hasText: "The server does not answer. Is it running?" }).waitFor();
      await page.unroute("**/graphql");
      await explorer.submit();
      await explorer.identity.waitFor();
    });

    it("says so when something that is not the server answers", async () => {
      await page.route("**/graphql", (route) => route.fulfill({ status: 502, body: "<h1>Bad gateway</h1>" }));
      await explorer.signIn();
      await explorer.alert.filter({ hasText: "not GraphQL (status 502)" }).waitFor();
    });

    it("takes an API key, and refuses one that the server does not know", async () => {
      await explorer.useApiKey("tfk_unknown");
      await explorer.alert.filter({ hasText: "Sign in first." }).waitFor();
      await page.locator("input[name=key]").fill(apiKey);
      await explorer.submit();
      await explorer.identity.waitFor();
      expect(await explorer.identity.innerText()).to.include("API key robot");
    });

    it("survives a reload, and leaves nothing in local storage", async () => {
      await explorer.signIn();
      await explorer.identity.waitFor();
      await page.reload();
      await explorer.identity.filter({ hasText: "Ada Example" }).waitFor();
      expect(await stored()).not.to.match(/access-|refresh-|query|password/);
    });
  });

  describe("running operations", () => {
    beforeEach(async () => {
      await explorer.signIn();
      await explorer.identity.waitFor();
    });

    it("sends them as the person signed in", async () => {
      await explorer.run();
      expect(await responseWith("ada@demo.example")).to.include(`"slug": "demo"`);
      expectClean();
    });

    it("carries the ids of what was made into the tabs that need them", async () => {
      await explorer.openTab("Model");
      await explorer.run();
      await responseWith("model_7");
      await explorer.openTab("Train");
      expect(
        await eventually(
          () => explorer.variables(),
          (text) => text.includes("model_7"),
        ),
      ).to.match(/"modelId": "model_7"/);
      expectClean();
    });

    it("streams a subscription over a socket to its end", async () => {
      await explorer.openTab("Train");
      await explorer.run();
      await responseWith("job_9");
      await explorer.openTab("Watch");
      await explorer.run();
      expect(await responseWith("SUCCEEDED")).to.include(`"epoch": 40`);
      expectClean();
    });

    it("draws a training, and goes on when the server closes the socket", async () => {
      await page.getByRole("button", { name: /Training/ }).click();
      await page.getByLabel("Job id").fill("job_9");
      await page.getByRole("button", { name: "Follow" }).click();
      await page.getByRole("status").filter({ hasText: "running" }).waitFor();
      site.dropSockets(4403);
      await page.getByRole("status").filter({ hasText: "succeeded · epoch 40 of 40" }).waitFor();
      const drawn = await page.locator(".tenfold-chart polyline").first().getAttribute("points");
      expect(drawn?.split(" ")).to.have.length(40);
      expect(await page.locator(".tenfold-chart").count()).to.equal(2);
    });

    it("shows the server's error for a job that is not there", async () => {
      await page.getByRole("button", { name: /Training/ }).click();
      await page.getByLabel("Job id").fill("job_0");
      await page.getByRole("button", { name: "Follow" }).click();
      await explorer.alert.filter({ hasText: "There is no such thing here." }).waitFor();
    });
  });

  describe("staying signed in", () => {
    it("renews the token before it ends, without a request of the person's", async () => {
      site.counterpart.firstLifeMs = 3_000;
      await explorer.signIn();
      await explorer.identity.waitFor();
      expect(
        await eventually(
          () => site.counterpart.refreshes,
          (count) => count > 0,
        ),
      ).to.equal(1);
      await explorer.run();
      await responseWith("ada@demo.example");
      expectClean();
    });

    it("renews once when the server refuses the token, and repeats the operation", async () => {
      await explorer.signIn();
      await explorer.identity.waitFor();
      site.counterpart.revokeAccess();
      await explorer.run();
      await responseWith("ada@demo.example");
      expect(site.counterpart.refreshes).to.equal(1);
    });

    it("renews once for a duplicated tab too, since a refresh token works once", async () => {
      site.counterpart.firstLifeMs = 4_000;
      await explorer.signIn();
      await explorer.identity.waitFor();
      const opened = page.waitForEvent("popup");
      await page.evaluate("void window.open(location.href)");
      const twin = new ExplorerPage(await opened);
      await twin.identity.filter({ hasText: "Ada Example" }).waitFor();
      const tokens = () => Promise.all([page, twin.page].map((each) => each.evaluate<string>(token)));
      const renewed = (held: string[]) => held.every((each) => each === "access-2");
      expect(await eventually(tokens, renewed)).to.deep.equal(["access-2", "access-2"]);
      expect(site.counterpart.refreshes).to.equal(1);
    });

    it("keeps the session when the renewal fails for a reason that passes", async () => {
      await explorer.signIn();
      await explorer.identity.waitFor();
      site.counterpart.revokeAccess();
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
      expect(await responseWith("ada@demo.example")).to.include("demo");
    });

    it("ends the session when it can't be renewed, and says so", async () => {
      await explorer.signIn();
      await explorer.identity.waitFor();
      site.counterpart.revokeSessions();
      await explorer.run();
      await explorer.alert.filter({ hasText: "Your session has ended. Sign in again." }).waitFor();
      expect(await explorer.identity.count()).to.equal(0);
    });

    it("forgets everything at sign-out, on the server too", async () => {
      await explorer.signIn();
      await explorer.identity.waitFor();
      const { accessToken } = JSON.parse(await page.evaluate(`sessionStorage.getItem("tenfold:session")`));
      await explorer.signOut();
      await page.locator("form").waitFor();
      expect(await page.evaluate(`sessionStorage.getItem("tenfold:session")`)).to.equal(null);
      expect(
        await eventually(
          () => site.counterpart.accepts(accessToken),
          (accepted) => !accepted,
        ),
      ).to.equal(false);
    });

    it("refuses a subscription of nobody at once, with what to do", async () => {
      await explorer.openTab("Watch");
      await explorer.run();
      const answer = await responseWith("Sign in first");
      expect(answer).to.include("subscriptions");
      expect(answer).not.to.include("stack");
    });
  });
});
