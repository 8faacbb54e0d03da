import { setTimeout as delay } from "node:timers/promises";
import type { Locator, Page } from "playwright-core";

/** What a person types into the form. */
export interface Account {
  tenant: string;
  email: string;
  password: string;
}

/** The explorer as a person sees it. */
export class ExplorerPage {
  readonly identity: Locator;
  readonly alert: Locator;

  constructor(readonly page: Page) {
    this.identity = page.locator(".tenfold-identity");
    this.alert = page.getByRole("alert");
  }

  async signIn({ tenant, email, password }: Account): Promise<void> {
    await this.page.getByLabel("Tenant").fill(tenant);
    await this.page.getByLabel("E-mail").fill(email);
    await this.page.locator("input[name=password]").fill(password);
    await this.submit();
  }

  async useApiKey(key: string): Promise<void> {
    await this.page.getByLabel("API key").check();
    await this.page.locator("input[name=key]").fill(key);
    await this.submit();
  }

  async submit(): Promise<void> {
    await this.page.locator("form button[type=submit]").click();
  }

  async signOut(): Promise<void> {
    await this.page.locator(".tenfold-header").getByRole("button", { name: "Sign out" }).click();
  }

  async openTab(title: string): Promise<void> {
    await this.page.getByRole("tab", { name: title, exact: true }).click();
  }

  /** Presses the play button, and chooses where the tab holds several operations. */
  async run(operation?: string): Promise<void> {
    // GraphiQL notices a moment late how many operations the tab just opened holds.
    const menu = operation ? "[aria-haspopup]" : ":not([aria-haspopup])";
    await this.page.locator(`.graphiql-execute-button${menu}`).click();
    if (operation) await this.page.getByRole("menuitem", { name: operation, exact: true }).click();
  }

  /** The text of the response pane, as far as Monaco has rendered it, with plain blanks. */
  async response(): Promise<string> {
    const lines = await this.page.locator(".graphiql-response .view-lines").innerText();
    return lines.replaceAll("\u00a0", " ");
  }

  async variables(): Promise<string> {
    const lines = await this.page.locator(".graphiql-editor-tool .view-lines").first().innerText();
    return lines.replaceAll("\u00a0", " ");
  }
}

/** Asks until the answer pleases and gives it; after ten seconds the last answer, for the assertion to show. */
export async function eventually<T>(ask: () => T | Promise<T>, pleases: (answer: T) => boolean): Promise<T> {
  let answer = await ask();
  for (let tries = 0; tries < 200 && !pleases(answer); tries += 1) {
    await delay(50);
    answer = await ask();
  }
  return answer;
}
