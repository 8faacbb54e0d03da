import type { Socket } from "node:net";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { factsOf } from "../../kernel/http/exchange.js";
import { UploadBody } from "./upload-body.js";
import type { Paces } from "./upload-pace.js";
import type { UploadService } from "./upload.service.js";

interface UploadRoute {
  Params: { token: string };
}

/** How long an answered sender may go on sending before its connection is cut; a server that stops has less time. */
const lingerMs = { usually: 10_000, stopping: 250 };

/** `PUT /uploads/{token}`: the body is the file, whatever its content type says. */
export async function uploadRoutes(
  server: FastifyInstance,
  uploads: UploadService,
  paces: Paces,
): Promise<void> {
  const underWay = new UnderWay(uploads, paces);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", (_request, _payload, done) => done(null));
  server.addHook("onSend", async ({ exchange }, reply) => {
    if (exchange.trace.codes.includes("DATASET_TOO_LARGE")) reply.code(413);
  });
  server.addHook("onResponse", async (request) => underWay.linger(request));
  server.addHook("preClose", async () => underWay.stop());
  server.put<UploadRoute>("/uploads/:token", (request, reply) => underWay.receive(request, reply));
}

/** The uploads of this process, and what is left of those that were answered. */
class UnderWay {
  readonly #bodies = new Set<UploadBody>();
  readonly #lingering = new Set<Socket>();
  #stopping = false;

  constructor(
    private readonly uploads: UploadService,
    private readonly paces: Paces,
  ) {}

  async receive(request: FastifyRequest<UploadRoute>, reply: FastifyReply): Promise<FastifyReply> {
    const upload = await this.uploads.admit(request.params.token, factsOf(request));
    request.exchange.tenantId = upload.tenant.id;
    const body = new UploadBody(request.raw, this.paces, () => this.uploads.crowded);
    this.#bodies.add(body);
    if (this.#stopping) body.stop();
    try {
      const { id, status, rowCount } = await this.uploads.receive(upload, body.chunks(), body.signal);
      return reply.send({ dataset: { id, status, rowCount } });
    } finally {
      body.close();
      this.#bodies.delete(body);
    }
  }

  /**
   * Many clients read the answer only when they have sent everything, and closing on them at once would make them see
   * a broken connection in place of the error. So what still comes is thrown away for a while.
   */
  linger({ raw }: FastifyRequest): void {
    if (raw.complete || raw.destroyed) return;
    const { socket } = raw;
    this.#lingering.add(socket);
    const cut = setTimeout(() => socket.destroy(), this.#stopping ? lingerMs.stopping : lingerMs.usually);
    const gone = (): void => {
      clearTimeout(cut);
      this.#lingering.delete(socket);
    };
    raw.once("close", gone).once("end", gone);
    raw.resume();
  }

  /** A server that stops waits for nobody who sends nothing. */
  stop(): void {
    this.#stopping = true;
    this.uploads.stop();
    for (const body of this.#bodies) body.stop();
    const lingering = [...this.#lingering];
    setTimeout(() => lingering.forEach((socket) => socket.destroy()), lingerMs.stopping);
  }
}
