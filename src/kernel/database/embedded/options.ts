export interface EmbeddedOptions {
  /** Absolute folder; created when missing. The cluster lives in `<dataDirectory>/postgres`. */
  dataDirectory: string;
  /** `safe` for people's data; `fast` for tests: a killed Postgres may lose commits, a crashed machine the cluster. */
  durability: "safe" | "fast";
  log: (event: { message: string; [key: string]: unknown }) => void;
  /** Default 100. */
  maxConnections?: number;
}
