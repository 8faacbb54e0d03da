import { newSecret } from "../../kernel/clock.js";

/** The parts of an upload URL's token: where the dataset is, and the secret that allows sending its file. */
export interface UploadToken {
  tenantId: string;
  datasetId: string;
  secret: string;
}

const suffix = (id: string): string => id.slice(id.lastIndexOf("_") + 1);
const format = /^tup_([0-9a-z]{26})_([0-9a-z]{26})_([A-Za-z0-9_-]{32})$/;

/** 192 random bits: with 256 the token would outgrow the 100 characters the router takes for a parameter. */
export const newUploadSecret = (): string => newSecret(24);

export const formatUploadToken = ({ tenantId, datasetId, secret }: UploadToken): string =>
  `tup_${suffix(tenantId)}_${suffix(datasetId)}_${secret}`;

/** Null for text that is not such a token. */
export function parseUploadToken(text: string): UploadToken | null {
  const [, tenant, dataset, secret] = format.exec(text) ?? [];
  return tenant && dataset && secret
    ? { tenantId: `tenant_${tenant}`, datasetId: `dataset_${dataset}`, secret }
    : null;
}
