import { join } from "node:path";
import type { App } from "../app.js";
import type { Config } from "../kernel/config.js";
import { type DemoFile, demoPath } from "../demo/demo-file.js";

export interface WelcomeFacts {
  readonly url: string;
  readonly config: Config;
  readonly operator: App["operator"];
  readonly demo: DemoFile | null;
  /** True at the start that made the demo: the one time its password is shown. */
  readonly demoIsNew: boolean;
}

/** For a POSIX shell: all is literal between single quotes, save the quote itself. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const inFile = (path: string): string => `(in ${path})`;

/** Where to go, how to sign in, what to try: all that a newcomer has to know, and commands that work when pasted. */
export function welcome(facts: WelcomeFacts): string {
  const { url, config } = facts;
  if (config.role === "worker") return `Tenfold works on jobs; its health is at ${url}/healthz\n`;
  const sections = [
    `Tenfold is ready at ${url}`,
    [`  Explorer  ${url}/graphiql/`, `  GraphQL   ${url}/graphql`].join("\n"),
    ["Sign in", ...demoAccount(facts), ...operatorAccount(facts)].join("\n"),
    ["Try", ...commands(facts).map((command) => `  ${command}`)].join("\n\n"),
    "Ctrl-C stops everything.",
  ];
  return `\n${sections.join("\n\n")}\n`;
}

function demoAccount({ config, demo, demoIsNew }: WelcomeFacts): string[] {
  if (!demo) return [];
  const password = demoIsNew ? demo.password : inFile(demoPath(config.dataDirectory));
  return account("the demo tenant's owner", demo.tenant, demo.email, password);
}

function operatorAccount({ config, operator: { email, password, createdNow } }: WelcomeFacts): string[] {
  const kept = password === null ? "(as configured)" : inFile(join(config.dataDirectory, "operator.json"));
  return account(
    "the operator, who runs this installation",
    "(leave empty)",
    email,
    createdNow && password ? password : kept,
  );
}

const account = (whose: string, tenant: string, email: string, password: string): string[] => [
  `  as ${whose}`,
  `    tenant    ${tenant}`,
  `    e-mail    ${email}`,
  `    password  ${password}`,
];

const row = '{ island: "Biscoe", bill_length_mm: 50, flipper_length_mm: 220 }';

/** The whole journey as a program; one prediction; what it was metered as. */
function commands({ url, config, demo }: WelcomeFacts): string[] {
  const journey = ["npm run demo", ...programFlags(url, config)].join(" ");
  if (!demo?.modelId) return [journey, `curl ${quoted(`${url}/readyz`)}`, `curl ${quoted(`${url}/metrics`)}`];
  const key = `"authorization: Bearer $(node -p ${quoted(`require(${JSON.stringify(demoPath(config.dataDirectory))}).apiKey`)})"`;
  const predict = `mutation { predict(input: { modelId: "${demo.modelId}", rows: [${row}] }) { predictions { label confidence } latencyMs } }`;
  const usage = `{ usage(from: "2020-01-01T00:00:00Z", to: "2100-01-01T00:00:00Z") { lines { meter quantity } } }`;
  return [journey, ...[predict, usage].map((query) => curl(url, key, query))];
}

/** A header in double quotes: the shell puts the key in, so that it is neither on the screen nor in the history. */
const curl = (url: string, authorization: string, query: string): string =>
  [
    `curl -s ${quoted(`${url}/graphql`)} -H 'content-type: application/json' \\`,
    `    -H ${authorization} \\`,
    `    -d ${quoted(JSON.stringify({ query }))} -w '\\n'`,
  ].join("\n");

function programFlags(url: string, { dataDirectory, operatorPassword }: Config): string[] {
  const flags = [
    ...(url === "http://127.0.0.1:4000" ? [] : [`--url ${quoted(url)}`]),
    ...(dataDirectory === join(process.cwd(), ".tenfold") ? [] : [`--data ${quoted(dataDirectory)}`]),
    ...(operatorPassword === undefined ? [] : ['--password "$TENFOLD_OPERATOR_PASSWORD"']),
  ];
  return flags.length > 0 ? ["--", ...flags] : [];
}
