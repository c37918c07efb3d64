// A server for one check, on a private PostgreSQL and any free port.
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const PATIENCE = 120_000;

/** Starts this program, for pages of this origin. Says where it answers, what it logged, and how to stop it. */
export async function start(program, origin) {
  const folder = mkdtempSync(join(tmpdir(), "partneros-browser-"));
  // The system user of PostgreSQL must get in.
  chmodSync(folder, 0o755);
  const ready = join(folder, "ready.json");
  // What a developer has set for a server of theirs is not for this one; neither is their `.env`, hence the folder.
  const theirs = (name) => name.startsWith("PARTNEROS_") && name !== "PARTNEROS_PG_BIN";
  const kept = Object.entries(process.env).filter(([name]) => !theirs(name) && name !== "DATABASE_URL");
  const env = { ...Object.fromEntries(kept), PARTNEROS_DATA_DIR: join(folder, "data"), PARTNEROS_LISTEN: "127.0.0.1:0",
                PARTNEROS_CORS_ORIGINS: origin, PARTNEROS_LOG: "warn",
                // An organization at once, without a mail.
                PARTNEROS_EMAIL_PROOF: "off" };
  const options = { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] };
  const child = spawn(resolve(program), ["serve", "--ready-file", ready], options);
  let log = "";
  child.stderr.on("data", (text) => (log += text));
  child.stdout.on("data", (text) => (log += text));
  const ended = new Promise((resolve) => {
    child.once("exit", resolve);
    child.once("error", (error) => resolve((log += error.message)));
  });

  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const end = Date.now() + PATIENCE;
  while (!existsSync(ready)) {
    const waited = new Promise((resolve) => setTimeout(resolve, 50, "waiting"));
    if ((await Promise.race([ended, waited])) !== "waiting" || Date.now() > end) {
      await stop();
      throw new Error(`the server did not start:\n${log}`);
    }
  }
  const { url } = JSON.parse(readFileSync(ready, "utf8"));
  return { url, stop, log: () => log };
}
