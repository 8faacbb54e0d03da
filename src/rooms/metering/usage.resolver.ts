import { Arg, Ctx, Field, ObjectType, Query, registerEnumType, Resolver } from "type-graphql";
import { clock, dayMs } from "../../kernel/clock.js";
import type { TenantContext } from "../../kernel/context.js";
import { badInput } from "../../kernel/errors.js";
import { SafeInt } from "../../kernel/graphql/scalars.js";
import { allowedBy, levelLimits, Meter, stretchOf, windowedLimits } from "./meter.js";

export enum UsageGrouping {
  METER = "METER",
  DAY = "DAY",
  HOUR = "HOUR",
  SUBJECT = "SUBJECT",
  ACTOR = "ACTOR",
}
registerEnumType(UsageGrouping, {
  name: "UsageGrouping",
  description: "What the lines of a report are split by, beside the meter.",
  valuesConfig: {
    METER: { description: "By nothing else." },
    DAY: { description: "By day (UTC)." },
    HOUR: { description: "By hour (UTC)." },
    SUBJECT: { description: "By the thing it was used for." },
    ACTOR: { description: "By the user or API key that used it." },
  },
});

@ObjectType({ description: "The sum of one meter over one group." })
export class UsageLine {
  @Field(() => Meter) meter!: Meter;
  @Field(() => String, {
    nullable: true,
    description: "The day, hour (RFC 3339), subject or actor; null when split by meter alone.",
  })
  key!: string | null;
  @Field(() => SafeInt) quantity!: number;
  @Field(() => SafeInt, { description: "How many usage events make it up." }) events!: number;
}

@ObjectType({ description: "How much of one limit of the plan is used." })
export class LimitUsage {
  @Field() limit!: string;
  @Field(() => SafeInt, { nullable: true, description: "Null is no limit." }) allowed!: number | null;
  @Field(() => SafeInt) used!: number;
  @Field(() => Date, { nullable: true, description: "Null for a limit that never resets." })
  resetsAt!: Date | null;
}

@ObjectType({
  description: "What was used from `from` (inclusive) to `to` (exclusive), and how the limits stand now.",
})
export class UsageReport {
  @Field() from!: Date;
  @Field() to!: Date;
  @Field(() => [UsageLine]) lines!: UsageLine[];
  @Field(() => [LimitUsage]) limits!: LimitUsage[];
}

/** Groupings are columns of ours; nothing of the caller's becomes SQL. */
const keys: Record<UsageGrouping, string> = {
  [UsageGrouping.METER]: "null",
  [UsageGrouping.DAY]: `to_char(at at time zone 'UTC', 'YYYY-MM-DD')`,
  [UsageGrouping.HOUR]: `to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24":00:00Z"')`,
  [UsageGrouping.SUBJECT]: "subject",
  [UsageGrouping.ACTOR]: "actor",
};

interface CounterRow {
  meter: string;
  window_name: string;
  starts_at: Date;
  used: number;
}

const oldestWindowMs = dayMs;

@Resolver()
export class UsageResolver {
  @Query(() => UsageReport, {
    description: "What the tenant used in a stretch of time, and how its limits stand.",
  })
  async usage(
    @Ctx() { tenant }: TenantContext,
    @Arg("from", { validate: false }) from: Date,
    @Arg("to", { validate: false }) to: Date,
    @Arg("groupBy", () => UsageGrouping, { nullable: true, defaultValue: UsageGrouping.METER })
    groupBy: UsageGrouping | null,
  ): Promise<UsageReport> {
    if (from >= to) throw badInput("to", "`to` must be later than `from`.");
    const now = clock.now();
    const [lines, counters] = await Promise.all([
      tenant.query<UsageLine>(
        `select meter, ${keys[groupBy ?? UsageGrouping.METER]} as key, sum(quantity)::float8 as quantity, count(*)::float8 as events
         from usage_event where at >= $1 and at < $2 group by 1, 2 order by 1, 2`,
        [from, to],
      ),
      tenant.query<CounterRow>(
        `select meter, window_name, starts_at, used::float8 as used from quota_counter
         where window_name = 'LEVEL' or starts_at > $1`,
        [new Date(now.getTime() - oldestWindowMs)],
      ),
    ]);
    return { from, to, lines, limits: standing(tenant.tenant.limits, counters, now) };
  }
}

/** How each limit that this room counts stands; what the queue bounds (trainings at once) is not counted here. */
function standing(
  allowed: Readonly<Record<string, number | null>>,
  counters: readonly CounterRow[],
  now: Date,
): LimitUsage[] {
  const windowed = Object.entries(windowedLimits).flatMap(([meter, limits]) =>
    limits.map((bound) => {
      const { limit, window } = bound;
      const { startsAt, resetsAt } = stretchOf(window, now);
      const most = allowedBy(allowed, bound);
      return { limit, meter, window: window.name, startsAt: startsAt.getTime(), resetsAt, most };
    }),
  );
  const levels = levelLimits.map((limit) => ({
    limit,
    meter: limit as string,
    window: "LEVEL",
    startsAt: 0,
    resetsAt: null,
    most: allowed[limit] ?? null,
  }));
  return [...levels, ...windowed].map(({ limit, meter, window, startsAt, resetsAt, most }) => {
    const counter = counters.find(
      (row) => row.meter === meter && row.window_name === window && row.starts_at.getTime() === startsAt,
    );
    return { limit, allowed: most, used: counter?.used ?? 0, resetsAt };
  });
}
