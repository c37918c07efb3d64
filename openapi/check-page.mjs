// Opens /docs of a running server in a headless Chromium and looks at it as a reader would: every operation is listed, one
// opens with its parameters and answers, nothing is asked of another host, no error is on the console.
// No package is needed: the browser is talked to over its own pipe.
//
//   node openapi/check-page.mjs [http://127.0.0.1:8080] [SCREENSHOT.png]
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const base = (process.argv[2] ?? "http://127.0.0.1:8080").replace(/\/$/, "");
const screenshot = process.argv[3];

const names = [process.env.CHROMIUM, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].filter(Boolean);
const program = names.find((name) => spawnSync(name, ["--version"]).status === 0);
if (!program) {
  console.log("skipped: there is no Chromium here (CHROMIUM names one)");
  process.exit(0);
}
const document_ = await (await fetch(`${base}/openapi.json`)).json();
const operations = Object.values(document_.paths).flatMap((item) => Object.values(item).filter((one) => one.operationId));

const profile = mkdtempSync(join(tmpdir(), "partneros-page-"));
const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
const browser = spawn(
  program,
  ["--headless=new", "--remote-debugging-pipe", `--user-data-dir=${profile}`, "--no-first-run", "--disable-gpu",
   "--disable-dev-shm-usage", "--window-size=1280,2000", ...sandbox, "about:blank"],
  { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
);
const ended = new Promise((resolve) => browser.once("exit", resolve));

// Messages are JSON with a zero byte behind.
const waiting = new Map();
const faults = [];
let asked = 0;
let rest = "";
browser.stdio[4].on("data", (bytes) => {
  const parts = (rest + bytes).split("\0");
  rest = parts.pop();
  for (const message of parts.map((part) => JSON.parse(part))) hear(message);
});

function hear({ id, result, error, method, params }) {
  if (id !== undefined) {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    return error ? reject(new Error(error.message)) : resolve(result);
  }
  if (method === "Network.requestWillBeSent") {
    const { url } = params.request;
    asked += 1;
    if (!url.startsWith(`${base}/`) && !url.startsWith("data:") && !url.startsWith("blob:")) faults.push(`asks for ${url}`);
  }
  if (method === "Network.responseReceived" && params.response.status >= 400)
    faults.push(`${params.response.status} for ${params.response.url}`);
  if (method === "Runtime.consoleAPICalled" && ["error", "assert"].includes(params.type))
    faults.push(`console.${params.type}: ${params.args.map((one) => one.value ?? one.description).join(" ")}`);
  if (method === "Runtime.exceptionThrown")
    faults.push(`exception: ${params.exceptionDetails.exception?.description ?? params.exceptionDetails.text}`);
  if (method === "Log.entryAdded" && params.entry.level === "error") faults.push(`log: ${params.entry.text}`);
}

let last = 0;
function send(method, params = {}, sessionId) {
  last += 1;
  browser.stdio[3].write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
  return new Promise((resolve, reject) => waiting.set(last, { resolve, reject }));
}

async function look() {
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const page = (method, params) => send(method, params, sessionId);
  const evaluate = async (expression) => {
    const { result, exceptionDetails } = await page("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  // Waits in the page for what `expression` says, half a minute at most.
  const until = (expression) =>
    evaluate(`new Promise((resolve) => { const end = Date.now() + 30000; (function look() {
      const found = ${expression}; found || Date.now() > end ? resolve(found) : setTimeout(look, 50); })(); })`);

  for (const domain of ["Network", "Runtime", "Log", "Page"]) await page(`${domain}.enable`);
  await page("Page.navigate", { url: `${base}/docs` });
  const shown = await until(`(() => { const n = document.querySelectorAll(".opblock").length; return n >= ${operations.length} && n; })()`);
  if (shown !== operations.length) faults.push(`shows ${shown || "too few"} of ${operations.length} operations`);
  if (await evaluate(`document.querySelectorAll(".errors-wrapper").length`)) faults.push("shows errors of the document");
  await evaluate(`document.querySelector('[id$="-listPartners"] button.opblock-summary-control').click()`);
  if (!(await until(`document.querySelectorAll(".opblock.is-open .parameters tbody tr").length > 20`)))
    faults.push("does not show the parameters of listPartners");
  if (!(await until(`document.querySelectorAll(".opblock.is-open .responses-table pre").length > 0`)))
    faults.push("does not show an example of an answer");
  if (screenshot) {
    await evaluate(`document.querySelector(".opblock.is-open").scrollIntoView()`);
    const { data } = await page("Page.captureScreenshot", { format: "png" });
    writeFileSync(screenshot, Buffer.from(data, "base64"));
  }
}

const late = setTimeout(() => {
  console.error("the browser did not answer within two minutes");
  browser.kill();
  process.exitCode = 1;
}, 120000);
try {
  await Promise.race([look(), ended.then((code) => { throw new Error(`the browser ended with ${code}`); })]);
} catch (error) {
  faults.push(error.message);
}
clearTimeout(late);
browser.kill();
await ended;
rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
for (const fault of new Set(faults)) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log(`${base}/docs: ${operations.length} operations, ${asked} requests, none of them elsewhere, no error on the console`);
