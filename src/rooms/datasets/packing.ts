import { promisify } from "node:util";
import { zstdCompress, zstdDecompress } from "node:zlib";

/** Plain bytes of a piece; only a file's last one may hold fewer. Bounds what is in the clear in memory at once. */
export const pieceBytes = 1024 * 1024;

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** A piece as Zstandard (RFC 8878), at the library's default level; off the main thread. */
export const pack = (plain: Uint8Array): Promise<Buffer> => compress(plain);

/** The plain bytes of a packed piece. Throws when they are no piece, or would be more than one. */
export const unpack = (packed: Uint8Array): Promise<Buffer> =>
  decompress(packed, { maxOutputLength: pieceBytes });
