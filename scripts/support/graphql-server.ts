import { createApp } from "../../src/app.js";
import { loadConfig } from "../../src/kernel/config.js";

// Our server in a process of its own, as `npm start` runs it. It ends with the benchmark (measured.mjs).
const app = await createApp(loadConfig());
process.send?.({ url: app.url });
