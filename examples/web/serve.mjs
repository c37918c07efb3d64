// Serves the page, and tells it where the API is. Any other web server does as well: the page is the folder `public` and a
// `config.json` beside its `index.html`.
//
//   npm start -- [http://127.0.0.1:8080] [PORT]
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const folder = join(fileURLToPath(new URL(".", import.meta.url)), "public");
const types = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".mjs": "text/javascript" };

/** Serves on this port of loopback, any free one for 0; `api()` says where the API is. */
export function serve(port, api) {
  const server = createServer(async (request, response) => {
    const answer = (status, type, body) =>
      response.writeHead(status, { "Content-Type": `${type}; charset=utf-8`, "Cache-Control": "no-cache" }).end(body);
    try {
      const path = normalize(decodeURIComponent(new URL(request.url, "http://page").pathname));
      if (path === "/config.json") return answer(200, "application/json", JSON.stringify({ api: api() }));
      const file = join(folder, path.endsWith("/") ? `${path}index.html` : path);
      return answer(200, types[extname(file)] ?? "application/octet-stream", await readFile(file));
    } catch {
      return answer(404, "text/plain", "There is no such page.\n");
    }
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [api = "http://127.0.0.1:8080", port = "5173"] = process.argv.slice(2);
  await serve(Number(port), () => api.replace(/\/$/, ""));
  console.log(`The page: http://127.0.0.1:${port}/ (the API: ${api}, which must allow this origin)`);
}
