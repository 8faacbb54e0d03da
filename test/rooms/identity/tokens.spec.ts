import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { expect } from "chai";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { Key } from "../../../src/kernel/crypto.js";
import { masterKey } from "../../support/cluster.js";
import { acceptInvitation, inviteUser, refreshSession, signIn } from "../../support/operations.js";
import { days, later, minutes } from "../../support/time.js";
import { ownerPassword, type TenantOfWorld, World } from "../../support/world.js";

const whoAmI = "{ viewer { id roles permissions } }";
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const seed = new Key(Buffer.from(masterKey, "hex")).derive("token-signing");
const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
const ours = createPrivateKey({ key: der, format: "der", type: "pkcs8" });

const signed = (header: object, claims: object, key = ours): string => {
  const body = `${part(header)}.${part(claims)}`;
  return `${body}.${sign(null, Buffer.from(body), key).toString("base64url")}`;
};

describe("tokens", () => {
  let world: World;
  let tenant: TenantOfWorld;
  let access: string;
  let refresh: string;
  before(async () => {
    world = await World.start();
    tenant = await world.tenant("tokens");
    access = tenant.owner.tokens?.accessToken ?? "";
    refresh = tenant.owner.tokens?.refreshToken ?? "";
  });
  after(() => world.stop());

  const withToken = (token: string) => world.anonymous().bearing(token).send(whoAmI);

  it("say who, in which tenant, as what, until when, and nothing else", async () => {
    expect(decodeProtectedHeader(access)).to.deep.equal({ alg: "EdDSA", typ: "at+jwt" });
    const claims = decodeJwt(access);
    const registered = ["iss", "aud", "sub", "jti", "iat", "nbf", "exp"];
    expect(claims).to.have.keys([...registered, "tid", "role", "permissions"]);
    expect(decodeJwt(refresh)).to.have.keys([...registered, "tid"]);
    expect(claims).to.include({ tid: tenant.id, role: "OWNER", iss: "tenfold", aud: "tenfold" });
    const { viewer } = (await tenant.owner.get(whoAmI)) as { viewer: { id: string; permissions: string[] } };
    expect(claims.sub).to.equal(viewer.id);
    expect(claims.permissions).to.have.members(viewer.permissions);
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).to.be.within(899, 900);
    const operator = await world.operator();
    expect(decodeJwt(operator.tokens?.accessToken ?? "")).to.include({ tid: null, role: "OPERATOR" });
  });

  it("promise no longer life in the answer than they hold", async () => {
    const { signIn: answer } = await world
      .anonymous("tokens")
      .get(signIn, { input: { email: "owner@tokens.test", password: ownerPassword } });
    expect(new Date(answer.expiresAt).getTime()).to.equal((decodeJwt(answer.accessToken).exp ?? 0) * 1000);
  });

  it("are refused when made by another key or algorithm, or altered", async () => {
    const header = { alg: "EdDSA", typ: "at+jwt" };
    const claims = decodeJwt(access);
    expect(await withToken(signed(header, claims))).to.succeed();
    const stranger = generateKeyPairSync("ed25519").privateKey;
    const unsigned = `${part({ ...header, alg: "none" })}.${part(claims)}`;
    const symmetric = `${part({ ...header, alg: "HS256" })}.${part(claims)}`;
    const publicKey = createPublicKey(ours).export({ format: "der", type: "spki" });
    const mac = createHmac("sha256", publicKey).update(symmetric).digest("base64url");
    const [head, , signature] = access.split(".");
    const forged = {
      "another key": signed(header, claims, stranger),
      none: `${unsigned}.`,
      "none with a signature": `${unsigned}.${signature}`,
      "the public key as a secret": `${symmetric}.${mac}`,
      "an altered role": `${head}.${part({ ...claims, role: "ADMIN" })}.${signature}`,
      "another tenant": `${head}.${part({ ...claims, tid: "tenant_01h455vb4pex5vsknk084sn02q" })}.${signature}`,
      "a cut signature": access.slice(0, -2),
      "no dots": "abc",
      empty: "",
      "two of them": `${access},${access}`,
    };
    for (const [name, token] of Object.entries(forged))
      expect(await withToken(token), name).to.failWith("UNAUTHENTICATED");
  });

  it("are refused when a claim is missing or wrong, though the signature is ours", async () => {
    const header = { alg: "EdDSA", typ: "at+jwt" };
    const claims = decodeJwt(access);
    const now = Math.floor(Date.now() / 1000);
    for (const change of [
      { exp: undefined },
      { exp: now - 1 },
      { nbf: now + 60 },
      { iss: "another" },
      { aud: "another" },
      { sub: undefined },
      { jti: undefined },
      { iat: undefined },
      { tid: undefined },
      { tid: 7 },
      { role: undefined },
      { permissions: undefined },
    ])
      expect(await withToken(signed(header, { ...claims, ...change })), JSON.stringify(change)).to.failWith(
        "UNAUTHENTICATED",
      );
    for (const typ of [undefined, "JWT", "refresh+jwt", "invitation+jwt"])
      expect(await withToken(signed({ ...header, typ }, claims)), typ).to.failWith("UNAUTHENTICATED");
  });

  it("serve for what they were made and nothing else", async () => {
    const { inviteUser: invited } = await tenant.owner.get(inviteUser, {
      input: { email: "typ@tokens.test", name: "Typ", role: "MEMBER" },
    });
    const invitation: string = invited.invitationToken;
    for (const token of [refresh, invitation]) expect(await withToken(token)).to.failWith("UNAUTHENTICATED");
    for (const refreshToken of [access, invitation])
      expect(await world.anonymous().send(refreshSession, { input: { refreshToken } })).to.failWith(
        "UNAUTHENTICATED",
      );
    for (const invitationToken of [access, refresh])
      expect(
        await world
          .anonymous()
          .send(acceptInvitation, { input: { invitationToken, password: ownerPassword } }),
      ).to.failWith("INVITATION_INVALID");
  });

  it("end by themselves: access after 15 minutes, refresh after 7 idle days, the session after 30", async () => {
    await later(minutes(14), async () => expect(await withToken(access)).to.succeed());
    await later(minutes(15), async () => expect(await withToken(access)).to.failWith("UNAUTHENTICATED"));
    const { owner } = await world.tenant("ageing");
    let refreshToken = owner.tokens?.refreshToken;
    const renew = () => world.anonymous().send(refreshSession, { input: { refreshToken } });
    for (const day of [6, 12, 18, 24]) {
      const answer = await later(days(day), renew);
      expect(answer).to.succeed();
      refreshToken = answer.data.refreshSession.refreshToken;
    }
    expect(await later(days(29.9), renew)).to.succeed();
    expect(await later(days(32), renew)).to.failWith("UNAUTHENTICATED");
  });

  it("are refreshed only where they belong, and not while the tenant is suspended", async () => {
    const { owner } = await world.tenant("belonging");
    const input = { refreshToken: owner.tokens?.refreshToken };
    for (const slug of ["tokens", "nobody"])
      expect(await world.anonymous(slug).send(refreshSession, { input })).to.failWith("TENANT_MISMATCH");
    expect(await world.anonymous("belonging").send(refreshSession, { input })).to.succeed();
  });
});
