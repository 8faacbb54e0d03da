import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { factsOf } from "../../kernel/http/exchange.js";
import { sizeOfFiles, zipped } from "../learning/index.js";
import type { DownloadLimits, DownloadSlots } from "./download-slots.js";
import type { DownloadService, Exported } from "./download.service.js";

interface DownloadRoute {
  Params: { token: string };
}

/** `GET /downloads/{token}`: one file as it is, several as a ZIP archive. */
export async function downloadRoutes(
  server: FastifyInstance,
  downloads: DownloadService,
  slots: DownloadSlots,
  limits: DownloadLimits,
): Promise<void> {
  // A HEAD request would run, and meter, all of it.
  server.get<DownloadRoute>("/downloads/:token", { exposeHeadRoute: false }, async (request, reply) => {
    const opened = await downloads.open(request.params.token, factsOf(request));
    request.exchange.tenantId = opened.tenant.id;
    const free = slots.take(opened.tenant.id);
    try {
      const exported = await downloads.export(opened);
      return give(request, reply, exported, limits.longestMs, free);
    } catch (error) {
      free();
      throw error;
    }
  });
}

/** Streams what was exported; `free` is called when the reader has it, is gone, or has taken too long. */
function give(
  request: FastifyRequest,
  reply: FastifyReply,
  { version, files }: Exported,
  longestMs: number,
  free: () => void,
): FastifyReply {
  const [only] = files;
  const archive = files.length > 1 || !only;
  const body = Readable.from(archive ? zipped(files, version.createdAt) : only.parts);
  const late = setTimeout(() => request.raw.socket.destroy(), longestMs);
  void finished(reply.raw)
    .catch(() => undefined)
    .finally(() => {
      clearTimeout(late);
      free();
    });
  const name = `${version.id}.${archive ? "zip" : (only.name.split(".").at(-1) ?? "bin")}`;
  if (!archive) reply.header("content-length", sizeOfFiles(files));
  return reply
    .header("content-disposition", `attachment; filename="${name}"`)
    .header("cache-control", "no-store")
    .type(archive ? "application/zip" : "application/octet-stream")
    .send(body);
}
