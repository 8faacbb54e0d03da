import type { ColourMode } from "../../../kernel/images/index.js";
import { heldOut } from "../analysis/index.js";
import { type TableProfile, TableProfiler } from "../reading/index.js";

export interface LabelCount {
  label: string;
  count: number;
}

/** What is known of an archive as a whole. */
export interface ImageProfile {
  count: number;
  labels: LabelCount[];
  modes: { mode: ColourMode; count: number }[];
  minimumWidth: number;
  maximumWidth: number;
  minimumHeight: number;
  maximumHeight: number;
  duplicates: number;
  duplicatesAcrossSplit: number;
  conflictingLabels: number;
}

/** One image that was decoded and found good. */
interface ImageFacts {
  file: string;
  label: string;
  width: number;
  height: number;
  mode: ColourMode;
  /** SHA-256 of the file's bytes. */
  hash: string;
}

export const imageColumns: readonly string[] = ["file", "label", "width", "height", "mode"];

/** Profiles images one by one: as a table of facts, and as an archive. */
export class ImageProfiler {
  readonly #table = new TableProfiler(imageColumns);
  readonly #labels = new Map<string, number>();
  readonly #modes = new Map<ColourMode, number>();
  readonly #first = new Map<string, { label: string; test: boolean }>();
  readonly #profile: ImageProfile = {
    count: 0,
    labels: [],
    modes: [],
    minimumWidth: Infinity,
    maximumWidth: 0,
    minimumHeight: Infinity,
    maximumHeight: 0,
    duplicates: 0,
    duplicatesAcrossSplit: 0,
    conflictingLabels: 0,
  };

  add({ file, label, width, height, mode, hash }: ImageFacts): void {
    const profile = this.#profile;
    this.#table.add([file, label, String(width), String(height), mode]);
    this.#labels.set(label, (this.#labels.get(label) ?? 0) + 1);
    this.#modes.set(mode, (this.#modes.get(mode) ?? 0) + 1);
    profile.minimumWidth = Math.min(profile.minimumWidth, width);
    profile.maximumWidth = Math.max(profile.maximumWidth, width);
    profile.minimumHeight = Math.min(profile.minimumHeight, height);
    profile.maximumHeight = Math.max(profile.maximumHeight, height);
    this.#compare(hash, label);
    profile.count += 1;
  }

  #compare(hash: string, label: string): void {
    const test = heldOut(this.#profile.count);
    const earlier = this.#first.get(hash);
    if (!earlier) {
      this.#first.set(hash, { label, test });
      return;
    }
    this.#profile.duplicates += 1;
    if (earlier.test !== test) this.#profile.duplicatesAcrossSplit += 1;
    if (earlier.label !== label) this.#profile.conflictingLabels += 1;
  }

  profile(): { table: TableProfile; images: ImageProfile } {
    const byCount = (a: { count: number }, b: { count: number }): number => b.count - a.count;
    const labels = [...this.#labels].map(([label, count]) => ({ label, count })).sort(byCount);
    const modes = [...this.#modes].map(([mode, count]) => ({ mode, count })).sort(byCount);
    return { table: this.#table.profile(), images: { ...this.#profile, labels, modes } };
  }
}
