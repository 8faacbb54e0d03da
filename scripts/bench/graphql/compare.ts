import type { World } from "../../../test/support/world.js";
import type { Figure } from "../../support/figures.js";
import { dataOf, difference } from "./answers.js";
import type { Loader } from "./loader.js";
import { postgresCpu } from "./postgres-cpu.js";
import { rotated, type Turn } from "./rounds.js";
import { operationOf, type Scenario, type ServerName, takesPart } from "./scenarios.js";
import type { Server } from "./server.js";

export const clients = 16;

/** How long it is measured. */
export interface Pace {
  readonly rounds: number;
  readonly warmUpMs: number;
  readonly turnMs: number;
}

/** The turns of every server that took part in a scenario. */
export type Turns = ReadonlyMap<ServerName, readonly Turn[]>;

/** All servers in one scenario, and what is sent to them. */
export class Comparison {
  #databaseCpu: (() => number) | null = null;

  constructor(
    private readonly servers: readonly Server[],
    private readonly loader: Loader,
    /** Credentials; ours needs them, and the peers' requests are of the same size. */
    private readonly headers: Readonly<Record<string, string>>,
    private readonly pace: Pace,
  ) {}

  async watchDatabase(world: World): Promise<void> {
    this.#databaseCpu = await postgresCpu(world);
  }

  /** Throws where two servers answer differently, and where one answers differently under load. */
  async run(scenario: Scenario): Promise<Turns> {
    const servers = this.servers.filter(({ name }) => takesPart(scenario, name));
    const lengths = await this.#agreed(scenario, servers);
    const turns = new Map<ServerName, Turn[]>(servers.map(({ name }) => [name, []]));
    const { rounds, turnMs, warmUpMs } = this.pace;
    const turn = (server: Server, ms: number): Promise<Turn> =>
      this.#turn(scenario, server, lengths.get(server.name) ?? 0, ms);
    for (const server of servers) await turn(server, warmUpMs);
    for (let round = 0; round < rounds; round += 1) {
      for (const server of rotated(servers, round)) {
        const measured = await turn(server, turnMs);
        turns.get(server.name)?.push(measured);
      }
      console.error(`tenfold: ${scenario.name}, round ${round + 1} of ${rounds}`);
    }
    return turns;
  }

  /** Every server's answer is that of the first, before any is timed; answers the lengths in bytes. */
  async #agreed(scenario: Scenario, servers: readonly Server[]): Promise<Map<ServerName, number>> {
    const texts = new Map<ServerName, string>();
    for (const server of servers) texts.set(server.name, await this.#ask(scenario, server));
    const [first = ["none", "{}"], ...others] = texts;
    for (const [name, text] of others) {
      const found = difference(dataOf(first[1]), dataOf(text));
      if (found) throw new Error(`${scenario.name}: ${first[0]} and ${name} answer differently: ${found}`);
    }
    return new Map([...texts].map(([name, text]) => [name, Buffer.byteLength(text)]));
  }

  async #ask(scenario: Scenario, { name, url }: Server): Promise<string> {
    const { path, body } = operationOf(scenario, name);
    const answer = await fetch(new URL(path, url), { method: "POST", headers: this.#sent, body });
    return answer.text();
  }

  get #sent(): Record<string, string> {
    return { ...this.headers, accept: "application/json", "content-type": "application/json" };
  }

  async #turn(scenario: Scenario, server: Server, bytes: number, ms: number): Promise<Turn> {
    const { path, body } = operationOf(scenario, server.name);
    const database = this.#databaseCpu?.() ?? 0;
    const before = await server.usage();
    const requests = [{ headers: this.#sent, body }];
    const load = await this.loader.run({ url: server.url, path, requests, clients, ms, bytes });
    const after = await server.usage();
    const used = (this.#databaseCpu?.() ?? 0) - database;
    return {
      perSecond: load.requests / (load.elapsedMs / 1_000),
      p50: load.p50,
      p99: load.p99,
      cpuMs: (after.cpuMs - before.cpuMs) / load.requests,
      databaseMs: this.#databaseCpu ? used / load.requests : null,
    };
  }
}

export type Report = (figure: Figure) => void;
