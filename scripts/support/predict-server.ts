import { createApp } from "../../src/app.js";
import { loadConfig } from "../../src/kernel/config.js";

// A server in a process of its own for `bench predict`; what no deployment can set comes as an argument.
const app = await createApp({ ...loadConfig(), microBatching: process.argv[2] !== "single" });
process.send?.(app.url);
process.once("disconnect", () => void app.close().then(() => process.exit(0)));
