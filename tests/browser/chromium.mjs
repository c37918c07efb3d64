// A headless Chromium for checks of pages, driven over its own pipe: no package is needed. Clicks and keys go through the
// browser as those of people do, and whatever a page asks for or complains of is on record.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PATIENCE = 30_000;

/** The Chromium of this machine; undefined without one. `CHROMIUM` names it where it has another name. */
export function find() {
  const names = [process.env.CHROMIUM, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"].filter(Boolean);
  return names.find((name) => spawnSync(name, ["--version"]).status === 0);
}

/** Starts a browser, hands a page of it to `work`, and ends it whatever happens. */
export async function withPage(program, { width, height }, work) {
  const profile = mkdtempSync(join(tmpdir(), "partneros-page-"));
  // Root has no sandbox, and needs none: only pages of this machine are opened.
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const browser = spawn(
    program,
    ["--headless=new", "--remote-debugging-pipe", `--user-data-dir=${profile}`, "--no-first-run", "--disable-gpu", "--lang=en-US",
     "--disable-dev-shm-usage", `--window-size=${width},${height}`, ...sandbox, "about:blank"],
    { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
  );
  const ended = new Promise((resolve) => browser.once("exit", resolve));
  const wire = new Wire(browser);
  try {
    const started = Page.start(wire).then(work);
    return await Promise.race([started, ended.then((code) => { throw new Error(`the browser ended with ${code}`); })]);
  } finally {
    browser.kill();
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Messages of the DevTools protocol: JSON with a zero byte behind. */
class Wire {
  #browser;
  #waiting = new Map();
  #last = 0;
  #rest = "";
  heard = () => {};

  constructor(browser) {
    this.#browser = browser;
    browser.stdio[3].on("error", () => {});
    browser.stdio[4].setEncoding("utf8").on("data", (text) => {
      const parts = (this.#rest + text).split("\0");
      this.#rest = parts.pop();
      for (const part of parts) this.#hear(JSON.parse(part));
    });
  }

  send(method, params = {}, sessionId) {
    const id = ++this.#last;
    this.#browser.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #hear({ id, result, error, method, params }) {
    if (id === undefined) return this.heard(method, params);
    const { resolve, reject } = this.#waiting.get(id);
    this.#waiting.delete(id);
    error ? reject(new Error(error.message)) : resolve(result);
  }
}

class Page {
  /** The method and address of every request. */
  requests = [];
  /** Answers with a status of 400 and more, as `401 POST http://...`. */
  refusals = [];
  /** Errors on the console, exceptions that nobody caught, and what could not be loaded. */
  complaints = [];

  static async start(wire) {
    const { targetId } = await wire.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await wire.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new Page();
    page.send = (method, params) => wire.send(method, params, sessionId);
    const methods = new Map();
    wire.heard = (method, params) => page.#hear(method, params, methods);
    for (const domain of ["Network", "Runtime", "Log", "Page"]) await page.send(`${domain}.enable`);
    return page;
  }

  #hear(method, params, methods) {
    if (method === "Network.requestWillBeSent") {
      methods.set(params.requestId, params.request.method);
      this.requests.push(`${params.request.method} ${params.request.url}`);
    }
    if (method === "Network.responseReceived" && params.response.status >= 400)
      this.refusals.push(`${params.response.status} ${methods.get(params.requestId)} ${params.response.url}`);
    if (method === "Network.loadingFailed" && !params.canceled) this.complaints.push(`not loaded: ${params.errorText}`);
    if (method === "Runtime.consoleAPICalled" && ["error", "assert"].includes(params.type))
      this.complaints.push(`console.${params.type}: ${params.args.map((one) => one.value ?? one.description).join(" ")}`);
    if (method === "Runtime.exceptionThrown")
      this.complaints.push(`exception: ${params.exceptionDetails.exception?.description ?? params.exceptionDetails.text}`);
    // What the network says of statuses is among the refusals.
    if (method === "Log.entryAdded" && params.entry.level === "error" && params.entry.source !== "network")
      this.complaints.push(`log: ${params.entry.text}`);
  }

  async open(url) {
    const { errorText } = await this.send("Page.navigate", { url });
    if (errorText) throw new Error(`${url}: ${errorText}`);
  }

  /** What a function says inside of the page. */
  async evaluate(work, ...given) {
    const expression = `(${work})(...${JSON.stringify(given)})`;
    const options = { returnByValue: true, awaitPromise: true };
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression, ...options });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** Waits until a function says something inside of the page, half a minute at most: then it is the error. */
  async until(what, work, ...given) {
    const end = Date.now() + PATIENCE;
    for (;;) {
      // While a page gives way to the next there is nobody to answer.
      const found = await this.evaluate(work, ...given).catch((error) => ({ error }));
      if (found && !found.error) return found;
      if (Date.now() > end) throw new Error(`never happened: ${what}${found?.error ? ` (${found.error.message})` : ""}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** Clicks where somebody sees what is clicked. */
  async click(selector, text = "") {
    const at = await this.until(`${selector} ${text} can be clicked`, (selector, text) => {
      const all = Array.from(document.querySelectorAll(selector));
      const found = all.find((one) => (text === "" || one.textContent.trim() === text) && one.checkVisibility() && !one.disabled);
      found?.scrollIntoView({ block: "center" });
      const box = found?.getBoundingClientRect();
      return box && { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    }, selector, text);
    for (const type of ["mousePressed", "mouseReleased"])
      await this.send("Input.dispatchMouseEvent", { type, ...at, button: "left", clickCount: 1 });
  }

  /** Types into a field, in place of what stands in it. */
  async type(selector, text) {
    await this.click(selector);
    await this.evaluate((selector) => document.querySelector(selector).select(), selector);
    await this.send("Input.insertText", { text });
  }

  async press(key) {
    const { code, text } = { Enter: { code: 13, text: "\r" }, Tab: { code: 9 }, Space: { code: 32, text: " " } }[key];
    for (const type of ["keyDown", "keyUp"])
      await this.send("Input.dispatchKeyEvent", { type, key: text ?? key, code: key, windowsVirtualKeyCode: code, text });
  }

  /** Chooses in a list by what people read. */
  async choose(selector, label) {
    await this.until(`${selector} offers ${label}`, (selector, label) => {
      const list = document.querySelector(selector);
      const option = Array.from(list?.options ?? []).find((option) => option.label === label);
      if (!option) return false;
      list.value = option.value;
      list.dispatchEvent(new Event("input", { bubbles: true }));
      return list.dispatchEvent(new Event("change", { bubbles: true }));
    }, selector, label);
  }

  /** What somebody who cannot see is told of no name: controls without one. */
  async nameless() {
    const { nodes } = await this.send("Accessibility.getFullAXTree");
    const roles = "button link textbox searchbox combobox listbox checkbox radio spinbutton group table Date".split(" ");
    const bare = nodes.filter((node) => !node.ignored && roles.includes(node.role?.value) && !node.name?.value);
    return bare.map((node) => node.role.value);
  }

  async screenshot(file) {
    const { data } = await this.send("Page.captureScreenshot", { format: "png" });
    writeFileSync(file, Buffer.from(data, "base64"));
  }
}
