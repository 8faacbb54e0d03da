/** What an archive may hold at most; every limit is known from headers, before memory is taken. */
export interface ArchiveLimits {
  /** Entries of the archive, folders too. */
  entries: number;
  /** Bytes of one file, in the archive and once it is inflated. */
  entryBytes: number;
  /** Bytes of all files once they are inflated. */
  totalBytes: number;
  /** Inflated by compressed size, looked at from 64 KiB on: a small file may shrink to nearly nothing. */
  ratio: number;
  /** Length of a path in the archive, in UTF-16 code units. */
  nameLength: number;
}

export const ratioMattersFrom = 64 * 1024;
