import pg from "pg";

/** The part of node-postgres' connection through which every statement goes, whoever sends it. */
interface Wire {
  parse(message: { name?: string; text: string }, more?: boolean): void;
  bind(message: { statement?: string }, more?: boolean): void;
}

const entrance = /^tenfold_/;

/** What the process does beside: jobs, the sealing of the audit trail, and the frames of transactions. */
const beside =
  /pgboss|current_setting|pg_listening_channels|audit_(?:head|seal|unsealed)|^(?:begin|commit|rollback|set)\b/i;

/** Texts by the names that they were prepared under, which follow from them. */
const named = new Map<string, string>();

/**
 * The texts that this process sends to Postgres while `body` runs, in their order. The way into a tenant is left out, and
 * what happens beside.
 */
export async function statementsOf(body: () => Promise<unknown>): Promise<string[]> {
  const wire = pg.Connection.prototype as unknown as Wire;
  // oxlint-disable-next-line typescript/unbound-method -- called with their own `this` and put back below.
  const { parse, bind } = wire;
  const unnamed = new WeakMap<Wire, string>();
  const sent: string[] = [];
  wire.parse = function note(this: Wire, message, more) {
    if (message.name) named.set(message.name, message.text);
    else unnamed.set(this, message.text);
    Reflect.apply(parse, this, [message, more]);
  };
  wire.bind = function note(this: Wire, message, more) {
    const name = message.statement ?? "";
    const text = name === "" ? unnamed.get(this) : named.get(name);
    if (!entrance.test(name)) sent.push(text ?? name);
    Reflect.apply(bind, this, [message, more]);
  };
  try {
    await body();
  } finally {
    Object.assign(wire, { parse, bind });
  }
  return sent.filter((text) => !beside.test(text));
}
