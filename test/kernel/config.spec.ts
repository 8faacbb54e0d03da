import { resolve } from "node:path";
import { expect } from "chai";
import { ConfigError, loadConfig } from "../../src/kernel/config.js";

const key = "0f".repeat(32);

/** The names of the variables that are complained of. */
const faultsOf = (variables: Record<string, string>): string[] => {
  try {
    loadConfig(variables);
    return [];
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigError);
    return (error as Error).message
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(":")[0] ?? "");
  }
};

describe("the configuration", () => {
  it("has a default for everything", () => {
    const config = loadConfig({});
    expect(config).to.include({
      port: 4000,
      host: "127.0.0.1",
      dataDirectory: resolve(".tenfold"),
      databaseUrl: undefined,
      role: "all",
      demo: true,
      operatorEmail: "operator@tenfold.local",
      operatorPassword: undefined,
      masterKey: undefined,
      deletionDays: 30,
      resultDays: 30,
      logLevel: "info",
    });
    expect(config.hosts).to.deep.equal([]);
    expect(Object.isFrozen(config)).to.equal(true);
  });

  it("takes what is set, and an empty variable for unset", () => {
    const config = loadConfig({
      PORT: "8080",
      HOST: "",
      DATABASE_URL: "postgres://u:p@db.example/tenfold",
      TENFOLD_MASTER_KEY: key,
      TENFOLD_ROLE: " ",
      TENFOLD_HOSTS: "API.example.com, other.example ,",
      TENFOLD_OPERATOR_EMAIL: "Boss@Example.com",
      TENFOLD_TRUSTED_PROXIES: "10.0.0.0/8, fd00::/8,Loopback",
      PATH: "/usr/bin",
    });
    expect(config).to.include({ port: 8080, host: "127.0.0.1", role: "all", demo: false, masterKey: key });
    expect(config.hosts).to.deep.equal(["api.example.com", "other.example"]);
    expect(config.trustedProxies).to.deep.equal(["10.0.0.0/8", "fd00::/8", "loopback"]);
    expect(config.operatorEmail).to.equal("boss@example.com");
    expect(
      loadConfig({ DATABASE_URL: "postgresql://h/d", TENFOLD_MASTER_KEY: key, TENFOLD_DEMO: "on" }).demo,
    ).to.equal(true);
    expect(loadConfig({ TENFOLD_DEMO: "off" }).demo).to.equal(false);
  });

  it("tells every fault at once, also those between variables", () => {
    expect(
      faultsOf({
        PORT: "seventy",
        DATABASE_URL: "postgres://h/d",
        TENFOLD_ROLE: "boss",
        TENFOLD_OPERATOR_PASSWORD: "short",
        TENFOLD_MASTERKEY: key,
      }),
    ).to.have.members([
      "PORT",
      "TENFOLD_ROLE",
      "TENFOLD_OPERATOR_PASSWORD",
      "TENFOLD_MASTERKEY",
      "TENFOLD_MASTER_KEY",
    ]);
  });

  it("refuses what is out of range or of another kind", () => {
    const wrong = {
      PORT: ["-1", "65536", "1.5", "x"],
      DATABASE_URL: ["mysql://h/d", "h/d"],
      TENFOLD_MASTER_KEY: ["abc", "g".repeat(64)],
      TENFOLD_POOL_SIZE: ["1", "501"],
      TENFOLD_DELETION_DAYS: ["-1", "366"],
      TENFOLD_RESULT_DAYS: ["0", "3651"],
      TENFOLD_DEMO: ["yes"],
      TENFOLD_LOG_LEVEL: ["loud"],
      TENFOLD_OPERATOR_EMAIL: ["boss"],
      TENFOLD_TRUSTED_PROXIES: ["proxy.example", "10.0.0.0/33", "10.0.0.1, everybody", "*"],
    };
    for (const [name, values] of Object.entries(wrong))
      for (const value of values)
        expect(faultsOf({ TENFOLD_MASTER_KEY: key, [name]: value }), `${name}=${value}`).to.deep.equal([
          name,
        ]);
  });

  it("asks for a master key where the database is not its own", () => {
    expect(faultsOf({ DATABASE_URL: "postgres://h/d" })).to.deep.equal(["TENFOLD_MASTER_KEY"]);
    expect(faultsOf({ DATABASE_URL: "postgres://h/d", TENFOLD_MASTER_KEY: key })).to.deep.equal([]);
  });

  it("repeats no secret in its complaints", () => {
    const secret = "hunter2-hunter2";
    for (const variables of [{ TENFOLD_MASTER_KEY: secret }, { DATABASE_URL: `mysql://u:${secret}@h/d` }])
      expect(() => loadConfig(variables))
        .to.throw(ConfigError)
        .with.property("message")
        .that.does.not.contain(secret);
  });
});
