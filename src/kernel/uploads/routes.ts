import type { Socket } from "node:net";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { factsOf } from "../http/exchange.js";
import { UploadBody } from "./body.js";
import type { Paces } from "./pace.js";
import type { Origin } from "../context.js";

/** What takes the files of one kind of upload. */
export interface UploadReceiver<Admitted extends { readonly tenant: { readonly id: string } }> {
  /** Where its URLs lie, e.g. `/uploads`. */
  readonly path: string;
  /** Code of the error that is answered with 413. */
  readonly tooLarge: string;
  /** Whether uploads wait for a place. */
  readonly crowded: boolean;
  /** Takes no further upload; those under way go on. */
  stop(): void;
  /** Finds what a token is for, before a byte of the file is read. */
  admit(token: string, origin: Origin): Promise<Admitted>;
  /** Reads the file to its end; answers what its sender is told. */
  receive(admitted: Admitted, source: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<object>;
}

interface UploadRoute {
  Params: { token: string };
}

/** How long an answered sender may go on sending before its connection is cut; a server that stops has less time. */
const lingerMs = { usually: 10_000, stopping: 250 };

/** `PUT {path}/{token}`: the body is the file, whatever its content type says. */
export async function uploadRoutes<Admitted extends { readonly tenant: { readonly id: string } }>(
  server: FastifyInstance,
  uploads: UploadReceiver<Admitted>,
  paces: Paces,
): Promise<void> {
  const underWay = new UnderWay(uploads, paces);
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", (_request, _payload, done) => done(null));
  server.addHook("onSend", async ({ exchange }, reply) => {
    if (exchange.trace.codes.includes(uploads.tooLarge)) reply.code(413);
  });
  server.addHook("onResponse", async (request) => underWay.linger(request));
  server.addHook("preClose", async () => underWay.stop());
  server.put<UploadRoute>(`${uploads.path}/:token`, (request, reply) => underWay.receive(request, reply));
}

/** The uploads of this process, and what is left of those that were answered. */
class UnderWay<Admitted extends { readonly tenant: { readonly id: string } }> {
  readonly #bodies = new Set<UploadBody>();
  readonly #lingering = new Set<Socket>();
  #stopping = false;

  constructor(
    private readonly uploads: UploadReceiver<Admitted>,
    private readonly paces: Paces,
  ) {}

  async receive(request: FastifyRequest<UploadRoute>, reply: FastifyReply): Promise<FastifyReply> {
    const upload = await this.uploads.admit(request.params.token, factsOf(request));
    request.exchange.tenantId = upload.tenant.id;
    const body = new UploadBody(request.raw, this.paces, () => this.uploads.crowded);
    this.#bodies.add(body);
    if (this.#stopping) body.stop();
    try {
      return reply.send(await this.uploads.receive(upload, body.chunks(), body.signal));
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
