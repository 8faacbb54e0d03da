import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, type ConsoleMessage, chromium, type Page } from "playwright-core";

/** Where systems put Chromium; the first that exists is used unless a path is given. */
const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** Fails rather than skips: an explorer that no browser has opened is not tested. */
export function findChromium(given = process.env["CHROMIUM"]): string {
  const found = given ?? places.find((place) => existsSync(place));
  if (found && existsSync(found)) return found;
  throw new Error(
    `No Chromium at ${given ?? places.join(", ")}. Install it (Debian: apt-get install chromium) or set CHROMIUM to its path.`,
  );
}

const quiet = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const still = ["--disable-component-update", "--disable-sync", "--no-sandbox"];

/** The system's Chromium, headless, with an empty profile of its own. */
export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: findChromium(), headless: true, args: [...quiet, ...still] });

/** What a page did that it should not have: errors on its console, refused by the policy, sent elsewhere. */
export interface Watched {
  page: Page;
  context: BrowserContext;
  complaints: string[];
  foreign: string[];
}

/** A page in a profile of its own that records every complaint and every request to another host. */
export async function openPage(
  browser: Browser,
  url: string,
  onRequest: (body: string) => void = () => undefined,
): Promise<Watched> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const watched: Watched = { page, context, complaints: [], foreign: [] };
  page.on("console", (message) => complaint(message) && watched.complaints.push(message.text()));
  page.on("pageerror", (error) => watched.complaints.push(error.message));
  context.on("request", (request) => elsewhere(request.url(), url) && watched.foreign.push(request.url()));
  context.on("request", (request) => onRequest(request.postData() ?? ""));
  page.on("websocket", (socket) => elsewhere(socket.url(), url) && watched.foreign.push(socket.url()));
  await page.goto(url);
  await page.locator(".graphiql-query-editor .monaco-editor .view-line").first().waitFor();
  return watched;
}

const complaint = (message: ConsoleMessage): boolean => ["error", "warning"].includes(message.type());

const elsewhere = (address: string, home: string): boolean =>
  !/^(data|blob):/.test(address) && new URL(address).host !== new URL(home).host;
