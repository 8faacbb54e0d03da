import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { factsOf } from "../../kernel/http/exchange.js";
import { type Paces, UploadBody } from "./upload-body.js";
import type { UploadService } from "./upload.service.js";

interface UploadRoute {
  Params: { token: string };
}

/** How long an answered sender may go on sending before its connection is cut. */
const lingerMs = 10_000;

/** `PUT /uploads/{token}`: the body is the file, whatever its content type says. */
export async function uploadRoutes(
  server: FastifyInstance,
  uploads: UploadService,
  paces: Paces,
): Promise<void> {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", (_request, _payload, done) => done(null));
  server.addHook("onSend", async ({ exchange }, reply) => {
    if (exchange.trace.codes.includes("DATASET_TOO_LARGE")) reply.code(413);
  });
  server.addHook("onResponse", async (request) => linger(request));
  server.put<UploadRoute>("/uploads/:token", (request, reply) => receive(uploads, paces, request, reply));
}

async function receive(
  uploads: UploadService,
  paces: Paces,
  request: FastifyRequest<UploadRoute>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const upload = await uploads.admit(request.params.token, factsOf(request));
  request.exchange.tenantId = upload.tenant.id;
  const body = new UploadBody(request.raw, paces, () => uploads.crowded);
  try {
    const { id, status, rowCount } = await uploads.receive(upload, body.chunks(), body.signal);
    return reply.send({ dataset: { id, status, rowCount } });
  } finally {
    body.close();
  }
}

/**
 * Many clients read the answer only when they have sent everything, and closing on them at once would make them see a
 * broken connection in place of the error. So what still comes is thrown away for a while.
 */
function linger({ raw }: FastifyRequest): void {
  if (raw.complete || raw.destroyed) return;
  const cut = setTimeout(() => raw.socket.destroy(), lingerMs);
  raw.once("close", () => clearTimeout(cut)).once("end", () => clearTimeout(cut));
  raw.resume();
}
