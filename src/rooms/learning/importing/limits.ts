import { architectureLimits } from "../architecture/index.js";

const mebibyte = 2 ** 20;

/** What a model's file may hold at most. All but time and memory are known before anything is allocated for them. */
export const importLimits = {
  /** Of the file as it comes, and of all files of an archive together. */
  bytes: 64 * mebibyte,
  /** Of `model.json` or `preprocessing.json`. */
  jsonBytes: 8 * mebibyte,
  files: 256,
  /** Of a topology in TF.js, before they become layers of ours. */
  layers: 128,
  parameters: architectureLimits.parameters,
  /** Fields of the protobuf, of all messages together. A message of two bytes becomes an object of hundreds. */
  fields: 500_000,
  /** How deep messages lie in each other: a model needs six. */
  depth: 12,
  nodes: 5_000,
  tensors: 5_000,
  rank: 6,
  side: 2 ** 24,
  nameLength: 1_000,
  /** Of a number in an attribute: a window of more places could make any memory too small. */
  attribute: 2 ** 20,
  /** Inputs and outputs of one row. */
  rowValues: 1_000_000,
  /** Of the process that reads a file or computes with it, in bytes. */
  memoryBytes: 1_024 * mebibyte,
  readMs: 30_000,
  /** Longest time of one row, in milliseconds. */
  rowMs: 500,
  /** Longest time of one request. */
  runMs: 30_000,
} as const;
