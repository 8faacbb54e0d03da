import type { App } from "./app.js";
import type { Config } from "./kernel/config.js";
import type { Log } from "./kernel/log.js";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Tenfold needs Node.js 22.18 or newer; this is ${process.versions.node}. Run it with \`npm start\`, which brings its own.`,
  );
  process.exit(1);
}

// Loaded after the check, since an older Node would stumble over the syntax before it could say why.
const { createApp } = await import("./app.js");
const { ensureDemo } = await import("./demo/demo.js");
const { readDemo } = await import("./demo/demo-file.js");
const { loadConfig } = await import("./kernel/config.js");
const { createLog } = await import("./kernel/log.js");
const { endInOrder } = await import("./start/ending.js");
const { sentenceOf } = await import("./start/failures.js");
const { showProgress } = await import("./start/progress.js");
const { welcome } = await import("./start/welcome.js");

const say = (text: string): void => void process.stdout.write(`${text}\n`);
let config: Config | undefined;
let log: Log | undefined;
const ending = endInOrder(() => log, say);

/** The demo is no reason not to start: what is missing of it is made at the next one. */
async function demoOf(app: App, { role, demo }: Config): Promise<ReturnType<typeof readDemo>> {
  // A process that runs no trainings could only wait for one that does.
  if (!demo || role !== "all") return null;
  const progress = await showProgress(say);
  try {
    return await ensureDemo(app, progress.tell);
  } catch (error) {
    if (!ending.begun) log?.error({ err: error }, "the demo is not complete; the next start goes on with it");
    return null;
  } finally {
    progress.stop();
  }
}

try {
  config = loadConfig();
  log = createLog(config.logLevel);
  const { dataDirectory } = config;
  say(`Tenfold is starting, with its data in ${dataDirectory} …`);
  const app = await createApp(config, log);
  ending.close = () => app.close();
  const demoIsNew = readDemo(dataDirectory)?.tenantId === undefined;
  const demo = await demoOf(app, config);
  if (!ending.begun) say(welcome({ url: app.url, config, operator: app.operator, demo, demoIsNew }));
} catch (error) {
  const sentence = sentenceOf(error, config);
  console.error(sentence ?? error);
  process.exit(1);
}
