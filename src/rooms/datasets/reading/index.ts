/**
 * Reading and profiling of tables in files. Knows neither database nor GraphQL.
 *
 * Invariants: what comes out depends on the bytes alone, never on how they arrive; memory is bounded by limits and not by
 * the file; nothing is silently dropped or repaired (blank lines aside); every error has a code and a place.
 */
export { type ClassShare, type TargetBalance, targetBalance } from "./balance.js";
export { type CategoryCount, ColumnKind, type ColumnProfile, type TableProfile } from "./profile.js";
export type { Row, Table } from "./row.js";
export { type ReadOptions, readTable } from "./table.js";
export { profileTable, TableProfiler } from "./table-profiler.js";
