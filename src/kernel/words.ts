const units: [size: number, name: string][] = [
  [1024 * 1024, "MiB"],
  [1024, "KiB"],
];

/** A limit in words: `64 KiB`, `1,500 bytes`. */
export function inBytes(count: number): string {
  const unit = units.find(([size]) => count >= size && count % size === 0);
  return unit ? `${count / unit[0]} ${unit[1]}` : `${inFull(count)} bytes`;
}

/** `2,000,000` */
export const inFull = (count: number): string => count.toLocaleString("en");
