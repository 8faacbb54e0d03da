import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { loadConfig } from "../../src/kernel/config.js";

export interface DemoOptions {
  /** Of the running server, without a path. */
  readonly url: string;
  readonly operator: { readonly email: string; readonly password: string };
}

export const usage = `Usage: npm run demo -- [--url http://127.0.0.1:4000] [--data .tenfold] [--email …] [--password …]
The operator's e-mail and password are taken from operator.json in the data folder unless they are given.`;

/** Flags first, then the server's own environment variables, then what its first start left in the data folder. */
export function readOptions(args: readonly string[]): DemoOptions {
  const string = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { url: string, data: string, email: string, password: string },
  });
  const config = loadConfig();
  const dataDirectory = values.data === undefined ? config.dataDirectory : resolve(values.data);
  const email = values.email ?? config.operatorEmail;
  const password = values.password ?? config.operatorPassword ?? keptPassword(dataDirectory);
  return {
    url: (values.url ?? `http://127.0.0.1:${config.port}`).replace(/\/+$/, ""),
    operator: { email, password },
  };
}

function keptPassword(dataDirectory: string): string {
  const path = join(dataDirectory, "operator.json");
  try {
    return (JSON.parse(readFileSync(path, "utf8")) as { password: string }).password;
  } catch {
    throw new Error(
      `The operator's password is not in ${path}. Is the server started? Otherwise say it with --password.`,
    );
  }
}
