import pg from "pg";

/** The part of node-postgres' connection through which every statement goes, whoever sends it. */
interface Wire {
  /** What was prepared on this connection, by name. */
  parsedStatements: Readonly<Record<string, string>>;
  parse(message: { name?: string; text: string }, more?: boolean): void;
  bind(message: { statement?: string }, more?: boolean): void;
}

const entrance = /^tenfold_/;

/** The texts that this process sends to Postgres while `body` runs, in their order; the way into a tenant left out. */
export async function statementsOf(body: () => Promise<unknown>): Promise<string[]> {
  const wire = pg.Connection.prototype as unknown as Wire;
  // oxlint-disable-next-line typescript/unbound-method -- called with their own `this` and put back below.
  const { parse, bind } = wire;
  const parsed = new WeakMap<Wire, Map<string, string>>();
  const sent: string[] = [];
  wire.parse = function note(this: Wire, message, more) {
    const texts = parsed.get(this) ?? new Map<string, string>();
    parsed.set(this, texts.set(message.name ?? "", message.text));
    Reflect.apply(parse, this, [message, more]);
  };
  wire.bind = function note(this: Wire, message, more) {
    const name = message.statement ?? "";
    if (!entrance.test(name)) sent.push(parsed.get(this)?.get(name) ?? this.parsedStatements[name] ?? name);
    Reflect.apply(bind, this, [message, more]);
  };
  try {
    await body();
  } finally {
    Object.assign(wire, { parse, bind });
  }
  return sent;
}
