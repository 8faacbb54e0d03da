import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { factsOf } from "../../kernel/http/exchange.js";
import { HttpError } from "../../kernel/http/http-error.js";
import { type ByteRange, rangeOf } from "./byte-range.js";
import { deliver } from "./delivery.js";
import type { Content } from "./download-content.js";
import type { DownloadLimits, DownloadSlots } from "./download-slots.js";
import type { DownloadService, Opened } from "./download.service.js";

interface DownloadRoute {
  Params: { token: string };
}

/** `GET /downloads/{token}`, whole or a range of it, and HEAD, which meters nothing. */
export async function downloadRoutes(
  server: FastifyInstance,
  downloads: DownloadService,
  slots: DownloadSlots,
  limits: DownloadLimits,
): Promise<void> {
  const handler = async (request: FastifyRequest<DownloadRoute>, reply: FastifyReply): Promise<void> => {
    const opened = await downloads.open(request.params.token, factsOf(request));
    request.exchange.tenantId = opened.tenant.id;
    const free = slots.take(opened.tenant.id);
    try {
      const content = await downloads.content(opened);
      await give({ request, reply, opened, content, downloads, longestMs: limits.longestMs });
    } finally {
      free();
    }
  };
  server.route<DownloadRoute>({
    method: ["GET", "HEAD"],
    url: "/downloads/:token",
    exposeHeadRoute: false,
    handler,
  });
}

interface Giving {
  request: FastifyRequest<DownloadRoute>;
  reply: FastifyReply;
  opened: Opened;
  content: Content;
  downloads: DownloadService;
  longestMs: number;
}

async function give({ request, reply, opened, content, downloads, longestMs }: Giving): Promise<void> {
  const { size } = content;
  const head = request.method === "HEAD";
  const range = head ? "whole" : partFor(request, content);
  const part: ByteRange = range === "whole" ? { from: 0, to: size } : range;
  const { raw } = beginAnswer(reply, content, part, range !== "whole");
  if (head) return void raw.end();
  const failed = (error: unknown): void => request.log.error({ err: error }, "a download broke off");
  const delivered = await deliver(raw, content.read(part), longestMs, failed);
  downloads.record(opened, content, delivered);
}

/** Throws 416 with the size, which tells the reader what there is. */
function partFor(request: FastifyRequest, content: Content): ByteRange | "whole" {
  const { range, "if-range": ifRange } = request.headers;
  const part = rangeOf({ range, ifRange: ifRange as string | undefined }, content);
  if (part !== "none") return part;
  throw new HttpError(
    416,
    "BAD_USER_INPUT",
    `The file has ${content.size.toLocaleString("en")} bytes and none in that range. Ask for an earlier one.`,
    { "content-range": `bytes */${content.size}` },
  );
}

/** Fastify would send the body by itself and could not tell what of it left. */
function beginAnswer(
  reply: FastifyReply,
  { name, type, size, etag }: Content,
  { from, to }: ByteRange,
  partial: boolean,
): FastifyReply {
  reply.headers({
    "content-type": type,
    "content-length": to - from,
    "content-disposition": `attachment; filename="${name}"`,
    "cache-control": "no-store",
    "accept-ranges": "bytes",
    etag,
    ...(partial && { "content-range": `bytes ${from}-${to - 1}/${size}` }),
  });
  reply.hijack();
  reply.raw.writeHead(partial ? 206 : 200, reply.getHeaders() as Record<string, string | number>);
  return reply;
}
