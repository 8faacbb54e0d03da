/** The part of yauzl 3.4 that is used here; the package has no types of its own. */
declare module "yauzl" {
  import type { EventEmitter } from "node:events";

  export interface Entry {
    readonly fileNameRaw: Buffer;
    readonly extraFields: readonly { id: number; data: Buffer }[];
    readonly generalPurposeBitFlag: number;
    readonly compressionMethod: number;
    readonly crc32: number;
    readonly compressedSize: number;
    readonly uncompressedSize: number;
    readonly externalFileAttributes: number;
    isEncrypted(): boolean;
    canDecodeFileData(): boolean;
  }

  export interface ZipFile {
    readonly entryCount: number;
    eachEntry(): AsyncIterable<Entry>;
    readLocalFileHeaderPromise(entry: Entry, options: { minimal: true }): Promise<{ fileDataStart: number }>;
    close(): void;
  }

  export class RandomAccessReader extends EventEmitter {
    read(
      buffer: Buffer,
      offset: number,
      length: number,
      position: number,
      callback: (error: Error | null, bytesRead: number) => void,
    ): void;
  }

  export function fromRandomAccessReaderPromise(
    reader: RandomAccessReader,
    totalSize: number,
    options: { lazyEntries: boolean; decodeStrings: boolean; autoClose: boolean; strictFileNames: boolean },
  ): Promise<ZipFile>;

  export function getFileNameLowLevel(
    generalPurposeBitFlag: number,
    fileNameRaw: Buffer,
    extraFields: Entry["extraFields"],
    strictFileNames: boolean,
  ): string;

  export function validateFileName(fileName: string): string | null;
}
