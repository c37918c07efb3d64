// A small server on loopback that answers as a test says, and keeps what it was sent.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { Partneros, type ClientConfig } from "partneros";

/** A request as it arrived. */
export interface Seen {
  method: string;
  url: URL;
  headers: IncomingMessage["headers"];
  body: string;
}

/** How a request is answered; "drop" ends the connection without an answer. */
export interface Reply {
  status: number;
  json?: unknown;
  text?: string;
  headers?: Record<string, string | string[]>;
}
export type Answer = (request: Seen, index: number) => Reply | "drop";

/** A client without pauses to speak of, and the requests that its server saw. */
export async function serve(t: TestContext, answer: Answer, config: Partial<ClientConfig> = {}) {
  const seen: Seen[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://server");
      const method = request.method ?? "";
      seen.push({ method, url, headers: request.headers, body: Buffer.concat(chunks).toString() });
      const reply = answer(seen[seen.length - 1]!, seen.length - 1);
      if (reply === "drop") return void request.socket.destroy();
      const text = reply.text ?? (reply.json === undefined ? "" : JSON.stringify(reply.json));
      response.writeHead(reply.status, reply.headers).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { client: new Partneros({ baseUrl, apiKey: "prm_test_key", ...config }), seen };
}

/** A problem as the server writes it. */
export function problem(status: number, code: string, more: object = {}, headers: Record<string, string> = {}): Reply {
  const base = { type: `https://docs.example.com/problems/${code}`, title: code, detail: code, instance: "/v1", request_id: "req_1" };
  return {
    status,
    json: { ...base, status, code, meta: {}, errors: [], ...more },
    headers: { "Content-Type": "application/problem+json", ...headers },
  };
}
