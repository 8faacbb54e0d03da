import { seededRandom, shuffled } from "../random.js";

/** EXACT tries every coalition; SAMPLED draws orders in which the players come, each with its reverse. */
export type ShapleyMethod = "EXACT" | "SAMPLED";

/** Which coalitions are to be evaluated, and how their values become shares. */
export interface ShapleyPlan {
  method: ShapleyMethod;
  /** One byte a player, coalition after coalition; the first is nobody, the second everybody. */
  coalitions: Uint8Array;
  count: number;
  /** The share of each player, from the values of the coalitions in their order. */
  shares: (values: Float64Array) => number[];
}

/** So many evaluations at least: with nobody, with everybody, and on the way through one order and its reverse. */
export const leastEvaluations = (players: number): number => 2 + 2 * Math.max(0, players - 1);

/** 2¹² coalitions are the most that any request may ask for. */
const mostExact = 12;

/** Coalitions of players by number, each listed once. */
class Coalitions {
  readonly #lines: Uint8Array[] = [];

  constructor(private readonly players: number) {
    this.add(() => 0);
    this.add(() => 1);
  }

  get count(): number {
    return this.#lines.length;
  }

  add(present: (player: number) => number): number {
    this.#lines.push(Uint8Array.from({ length: this.players }, (_, player) => present(player)));
    return this.#lines.length - 1;
  }

  packed(): Uint8Array {
    const all = new Uint8Array(this.#lines.length * this.players);
    this.#lines.forEach((line, at) => all.set(line, at * this.players));
    return all;
  }
}

/** |S|! (n − |S| − 1)! / n!, the part of all orders in which exactly S comes before a player. */
function weightsOf(players: number): number[] {
  const weights = [1 / players];
  for (let size = 1; size < players; size++)
    weights.push(((weights[size - 1] ?? 0) * size) / (players - size));
  return weights;
}

const sizeOf = (mask: number): number => {
  let size = 0;
  for (let rest = mask; rest > 0; rest >>>= 1) size += rest & 1;
  return size;
};

function exactPlan(players: number): ShapleyPlan {
  const coalitions = new Coalitions(players);
  const everybody = 2 ** players - 1;
  const places = Array.from({ length: everybody + 1 }, (_, mask) => {
    if (mask === 0) return 0;
    return mask === everybody ? 1 : coalitions.add((player) => (mask >>> player) & 1);
  });
  const weights = weightsOf(players);
  const shares = (values: Float64Array): number[] => {
    const valueOf = (mask: number): number => values[places[mask] ?? 0] ?? 0;
    return Array.from({ length: players }, (_, player) => {
      let share = 0;
      for (let mask = 0; mask <= everybody; mask++)
        if (!((mask >>> player) & 1))
          share += (weights[sizeOf(mask)] ?? 0) * (valueOf(mask | (1 << player)) - valueOf(mask));
      return share;
    });
  };
  return { method: "EXACT", coalitions: coalitions.packed(), count: coalitions.count, shares };
}

/**
 * In any order the steps from nobody to everybody sum to the whole difference, so the means over orders do as well:
 * sampling blurs how it is shared out, never how much there is. An order and its reverse err in opposite directions
 * (Mitchell et al., JMLR 23, 2022: antithetic sampling).
 */
function sampledPlan(players: number, evaluations: number, seed: number): ShapleyPlan {
  const random = seededRandom(seed, "explanation");
  const coalitions = new Coalitions(players);
  const numbers = Array.from({ length: players }, (_, player) => player);
  const pairs = Math.max(1, Math.floor((evaluations - 2) / (2 * Math.max(1, players - 1))));
  const orders = Array.from({ length: pairs }, () => shuffled(numbers, random)).flatMap((order) => [
    order,
    order.toReversed(),
  ]);
  const ways = orders.map((order) => {
    const come = new Set<number>();
    return order.map((player, step) => {
      come.add(player);
      return step === players - 1 ? 1 : coalitions.add((each) => Number(come.has(each)));
    });
  });
  const shares = (values: Float64Array): number[] => {
    const sums = Array<number>(players).fill(0);
    orders.forEach((order, at) => {
      let before = values[0] ?? 0;
      order.forEach((player, step) => {
        const after = values[ways[at]?.[step] ?? 0] ?? 0;
        sums[player] = (sums[player] ?? 0) + after - before;
        before = after;
      });
    });
    return sums.map((sum) => sum / orders.length);
  };
  return { method: "SAMPLED", coalitions: coalitions.packed(), count: coalitions.count, shares };
}

/**
 * How to share f(everybody) − f(nobody) among players with at most so many evaluations, but at least
 * `leastEvaluations`. The same seed gives the same plan.
 */
export function shapleyPlan(players: number, evaluations: number, seed: number): ShapleyPlan {
  if (players <= mostExact && 2 ** players <= Math.max(evaluations, leastEvaluations(players)))
    return exactPlan(players);
  return sampledPlan(players, evaluations, seed);
}
