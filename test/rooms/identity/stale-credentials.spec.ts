import { expect } from "chai";
import { operationsOf, variablesOf } from "../../../scripts/support/documents.js";
import { sampler } from "../../../scripts/support/samples.js";
import { newId } from "../../../src/kernel/clock.js";
import type { Client } from "../../support/client.js";
import {
  acceptInvitation,
  createApiKey,
  deleteTenant,
  inviteUser,
  refreshSession,
  signIn,
  signOut,
  suspendTenant,
} from "../../support/operations.js";
import { days, later, minutes } from "../../support/time.js";
import { ownerPassword, type TenantOfWorld, World } from "../../support/world.js";
import { hashOf, registered, run } from "../automation/support.js";

const whoAmI = "{ viewer { id } }";
const open = ["signIn", "refreshSession", "acceptInvitation"];
const reasons = {
  expired: "The credentials have expired. Renew them, or sign in again.",
  invalid: "The access token is not valid or has expired. Renew it, or sign in again.",
  revoked: "The credentials were revoked. Sign in again.",
  unknownKey: "The API key is unknown or was revoked. Create another.",
  malformed: "Send `authorization: Bearer {access token or API key}`.",
};

describe("stale credentials", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let credentials: { email: string; password: string };
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("stale");
    credentials = { email: "owner@stale.test", password: ownerPassword };
  });
  after(() => world.stop());

  /** At the tenant's door, under a session that has been ended. */
  const signedOut = async (): Promise<Client> => {
    const client = await world.anonymous(tenant.slug).signIn(credentials.email, credentials.password);
    await client.get(signOut);
    return client;
  };

  const kinds: [string, string, () => Promise<Client> | Client][] = [
    ["signed out", reasons.revoked, signedOut],
    ["forged", reasons.invalid, () => tenant.owner.bearing("not.a.token")],
    ["a refresh token", reasons.invalid, () => tenant.owner.bearing(tenant.owner.tokens?.refreshToken ?? "")],
    ["an unknown key", reasons.unknownKey, () => tenant.owner.bearing("tfk_unknown")],
    ["another scheme", reasons.malformed, () => tenant.owner.with({ authorization: "Basic b3duZXI6eA==" })],
  ];

  for (const [name, reason, make] of kinds)
    it(`(${name}) let their bearer sign in, and say everywhere else what is wrong with them`, async () => {
      const client = (await make()).with({ "x-tenant": tenant.slug });
      expect(await client.send(signIn, { input: credentials })).to.succeed();
      for (const document of [whoAmI, signOut, "{ __typename }", "{ __schema { queryType { name } } }"]) {
        const answer = await client.send(document);
        expect(answer, document).to.failWith("UNAUTHENTICATED");
        expect(answer.errors?.[0]?.message, document).to.equal(reason);
        expect(answer.data, document).to.equal(undefined);
      }
    });

  it("let their bearer renew the session and accept an invitation, without naming the tenant", async () => {
    const { owner } = await world.tenant("renewing");
    const { inviteUser: invited } = await owner.get(inviteUser, {
      input: { email: "new@renewing.test", name: "New", role: "MEMBER" },
    });
    await later(minutes(16), async () => {
      const expired = await owner.send(whoAmI);
      expect(expired.errors?.[0]?.message).to.equal(reasons.expired);
      const input = { refreshToken: owner.tokens?.refreshToken };
      const renewed = await owner.get(refreshSession, { input });
      expect(await owner.bearing(renewed.refreshSession.accessToken).send(whoAmI)).to.succeed();
      const joining = { invitationToken: invited.invitationToken, password: "another sort of ice cream" };
      expect(await owner.send(acceptInvitation, { input: joining })).to.succeed();
    });
  });

  it("open no other operation of the graph, found by introspection", async () => {
    const client = await signedOut();
    const operations = operationsOf(world.app.schema).filter(({ name }) => !open.includes(name));
    expect(operations.length).to.be.greaterThan(40);
    for (const { kind, name, document, arguments: places } of operations) {
      if (kind === "subscription") continue;
      // All fields of all types at once, as for `node`, are more than the door takes.
      const short = document.replace(/\{ __typename.*$/, "{ __typename } }");
      const answer = await client.send(short, variablesOf(places, sampler(newId.bind(null, "model"))));
      expect(answer.errors?.[0]?.message, name).to.equal(reasons.revoked);
      expect(answer.data, name).to.equal(undefined);
    }
  });

  it("do nothing of a mutation that asks for more than what is open to everyone", async () => {
    const client = await signedOut();
    const sessions = () => world.admin(`select id from ${tenant.schema}.session`);
    const before = await sessions();
    const both = `mutation ($input: SignInInput!) { signIn(input: $input) { accessToken } signOut { signedOut } }`;
    const answer = await client.send(both, { input: credentials });
    expect(answer.errors?.[0]?.message).to.equal(reasons.revoked);
    expect(await sessions()).to.deep.equal(before);
    const key = { input: { name: "k", scopes: ["model:read"] } };
    expect(await client.send(createApiKey, key)).to.failWith("UNAUTHENTICATED");
    expect(await world.admin(`select id from ${tenant.schema}.api_key`)).to.deep.equal([]);
  });

  it("open registered operations only where all of them is open to everyone", async () => {
    const users = "query People { users { totalCount } }";
    const enter = `mutation Enter($input: SignInInput!) { signIn(input: $input) { accessToken } }`;
    await registered(tenant.owner, users, whoAmI, enter);
    const atDoor = await signedOut();
    const nowhere = world.anonymous().with({ authorization: atDoor.headers.authorization ?? "" });
    for (const client of [atDoor, nowhere])
      for (const document of [users, whoAmI, "{ never: __typename }"]) {
        const answer = await run(client, hashOf(document));
        expect(answer.errors?.[0]?.message, document).to.equal(reasons.revoked);
      }
    expect(await run(atDoor, hashOf(enter), { input: credentials })).to.succeed();
    expect(await run(nowhere, hashOf(enter), { input: credentials })).to.failWith("UNAUTHENTICATED");
  });

  it("open no socket, which could not change them; without any it opens, and one can sign in", async () => {
    const client = await signedOut();
    await client.open().then(
      () => expect.fail("a socket was let in"),
      (error: Error) => expect(error.message).to.equal(`4403 UNAUTHENTICATED: ${reasons.revoked}`),
    );
    const socket = world.anonymous(tenant.slug).socket();
    for await (const answer of socket.iterate({ query: signIn, variables: { input: credentials } }))
      expect(answer.errors).to.equal(undefined);
    await socket.dispose();
  });

  it("have the status of a refusal where answers have one", async () => {
    const client = (await signedOut()).with({ accept: "application/graphql-response+json" });
    expect((await client.send(whoAmI)).status).to.equal(401);
    expect((await client.send(signIn, { input: credentials })).status).to.equal(200);
  });

  it("do not let anybody in where the tenant is not served, or another than the credentials'", async () => {
    const suspended = await world.tenant("paused");
    const operator = await world.operator();
    const input = { email: "owner@paused.test", password: ownerPassword };
    const stale = suspended.owner.with({ authorization: "Bearer stale", "x-tenant": "paused" });
    expect(await suspended.owner.with({ "x-tenant": "stale" }).send(signIn, { input })).to.failWith(
      "TENANT_MISMATCH",
    );
    expect(await operator.with({ "x-tenant": "paused" }).send(signIn, { input })).to.failWith(
      "TENANT_MISMATCH",
    );
    expect(await stale.send(signIn, { input })).to.succeed();
    await operator.get(suspendTenant, { input: { id: suspended.id } });
    for (const client of [stale, suspended.owner])
      expect(await client.send(signIn, { input })).to.failWith("TENANT_SUSPENDED");
  });

  it("are those of a tenant that is gone for good, whichever is named beside them", async () => {
    const gone = await world.tenant("gone");
    const operator = await world.operator();
    await operator.get(deleteTenant, { input: { id: gone.id, slug: "gone" } });
    await later(days(60), () => world.app.house.tenancy.purgeDue());
    const client = gone.owner.with({ "x-tenant": tenant.slug });
    const answer = await client.send(whoAmI);
    expect(answer.errors?.[0]?.message).to.equal("The tenant of these credentials exists no more.");
    expect(await client.send(signIn, { input: credentials })).to.succeed();
  });
});
