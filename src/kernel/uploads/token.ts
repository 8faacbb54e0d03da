import { newSecret } from "../clock.js";

/** The parts of an upload URL's token: where the thing is, and the secret that allows sending its file. */
interface UploadToken {
  tenantId: string;
  /** Of what the file is for. */
  id: string;
  secret: string;
}

const suffix = (id: string): string => id.slice(id.lastIndexOf("_") + 1);

/** 192 random bits: with 256 the token would outgrow the 100 characters the router takes for a parameter. */
export const newUploadSecret = (): string => newSecret(24);

/** Tokens `{mark}_…` for one kind of thing, whose ids begin with `prefix`. */
export class UploadTokens {
  readonly #format: RegExp;

  constructor(
    private readonly mark: string,
    private readonly prefix: string,
  ) {
    this.#format = new RegExp(`^${mark}_([0-9a-z]{26})_([0-9a-z]{26})_([A-Za-z0-9_-]{32})$`);
  }

  format({ tenantId, id, secret }: UploadToken): string {
    return `${this.mark}_${suffix(tenantId)}_${suffix(id)}_${secret}`;
  }

  /** Null for text that is not such a token. */
  parse(text: string): UploadToken | null {
    const [, tenant, thing, secret] = this.#format.exec(text) ?? [];
    return tenant && thing && secret
      ? { tenantId: `tenant_${tenant}`, id: `${this.prefix}_${thing}`, secret }
      : null;
  }
}
