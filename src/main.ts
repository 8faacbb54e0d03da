import { createApp } from "./app.js";
import { ConfigError, loadConfig } from "./kernel/config.js";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Tenfold needs Node.js 22.18 or newer; this is ${process.versions.node}. Run it with \`npm start\`, which brings its own.`,
  );
  process.exit(1);
}

try {
  const app = await createApp(loadConfig());
  console.log(`Tenfold is at ${app.url}`);
  let ending = false;
  const end = async (): Promise<void> => {
    if (ending) return;
    ending = true;
    await app.close();
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void end());
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exit(1);
}
