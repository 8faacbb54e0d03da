import { newSecret } from "../../kernel/clock.js";

/** The parts of a download URL's token: where its record is, and the secret that allows fetching. */
interface DownloadToken {
  tenantId: string;
  downloadId: string;
  secret: string;
}

const suffix = (id: string): string => id.slice(id.lastIndexOf("_") + 1);
const format = /^tdn_([0-9a-z]{26})_([0-9a-z]{26})_([A-Za-z0-9_-]{32})$/;

/** 192 random bits: with 256 the token would outgrow the 100 characters the router takes for a parameter. */
export const newDownloadSecret = (): string => newSecret(24);

export const formatDownloadToken = ({ tenantId, downloadId, secret }: DownloadToken): string =>
  `tdn_${suffix(tenantId)}_${suffix(downloadId)}_${secret}`;

/** Null for text that is not such a token. */
export function parseDownloadToken(text: string): DownloadToken | null {
  const [, tenant, download, secret] = format.exec(text) ?? [];
  return tenant && download && secret
    ? { tenantId: `tenant_${tenant}`, downloadId: `download_${download}`, secret }
    : null;
}
