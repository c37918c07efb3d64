// How calls are sent: credentials, attempts, and answers.
import type { TokenGrant } from "./generated/types.js";
import { List, type PageOf } from "./list.js";
import { errorOf, NoAnswerError, type ProblemError } from "./problems.js";
import { remember, tagOf } from "./values.js";

/** What a client is made of. */
export interface ClientConfig {
  /** Where the API is, without `/v1`: `https://partners.example.com`. */
  baseUrl: string;
  /** An API key. Without one, somebody signs in (`signIn`, `resume`). */
  apiKey?: string;
  /** Milliseconds that one attempt may take; 30,000 by default. */
  timeout?: number;
  /** How often a call is repeated after a failure that may pass; 3 by default. */
  retries?: number;
  /** Headers of every call. */
  headers?: Record<string, string>;
  /** Sends requests; the global `fetch` by default. */
  fetch?: typeof globalThis.fetch;
}

/**
 * When a call may be sent again. `always`: whatever happened. `key`: the same, because it has an idempotency key.
 * `delete`: the same, and 404 to a repetition is a success. `refused`: only when the server said that it did nothing.
 */
export type Repeat = "always" | "key" | "delete" | "refused" | "never";

/** What an operation says about its calls. */
interface Call {
  body?: unknown;
  /** The media type of the body, if it is not JSON. */
  type?: string;
  repeat?: Repeat;
  /** Whether the answer is given as it comes. */
  raw?: boolean;
  /** Whether the answer signs somebody in. */
  grants?: boolean;
}

const OPTIONS = ["ifMatch", "ifNoneMatch", "idempotencyKey", "signal", "timeout", "headers"] as const;
type AllOptions = {
  ifMatch?: object | number | string;
  ifNoneMatch?: object | string;
  idempotencyKey?: string;
  signal?: AbortSignal;
  timeout?: number;
  headers?: Record<string, string>;
};

/** Failures that may pass. 429 passes only if the server says when. */
const PASSING = [408, 500, 502, 503, 504];
const REFUSALS = [429, 503];
/** No call waits longer than this for its next attempt. */
const LONGEST_WAIT = 60;
const PAGE_LIMIT = 200;
/** A token is renewed this long before it ends, so that no request arrives with one that has just ended. */
const RENEW_BEFORE = 30_000;
const REFRESH = "/v1/auth/refreshes";

/** Sends calls; the operations are methods of `Operations`. */
export abstract class Transport {
  readonly #config: Required<Omit<ClientConfig, "apiKey">> & { apiKey: string | null };
  #access: { token: string; until: number } | null = null;
  #refreshing: Promise<TokenGrant> | null = null;
  /** Cookies of the sign-in where no browser keeps them. */
  readonly #cookies = new Map<string, string>();

  constructor(config: ClientConfig) {
    const { baseUrl, apiKey = null, timeout = 30_000, retries = 3, headers = {} } = config;
    // A browser refuses to call `fetch` as the method of another object.
    const send = config.fetch ?? ((...args: Parameters<typeof fetch>) => globalThis.fetch(...args));
    this.#config = { baseUrl: baseUrl.replace(/\/+$/, ""), apiKey, timeout, retries, headers, fetch: send };
  }

  /** Whether somebody has signed in with this client. */
  get isSignedIn(): boolean {
    return this.#access !== null;
  }

  /** Forgets the access token; the session is ended by `signOut`. */
  protected forget(): void {
    this.#access = null;
    this.#cookies.clear();
  }

  /** Renews the access token by the cookie of a sign-in. Calls meanwhile, and other tabs, wait for their turn. */
  protected refresh(): Promise<TokenGrant> {
    // Sent again soon, the server answers with the same tokens.
    const ask = () => this.call<TokenGrant>("POST", REFRESH, {}, { grants: true });
    // A refresh token is good for one use, and the tabs of a browser share it.
    const locks = (globalThis as { navigator?: { locks?: LockManager } }).navigator?.locks;
    const locked = () => (locks ? locks.request(`partneros ${this.#config.baseUrl}`, ask) : ask());
    this.#refreshing ??= (locked() as Promise<TokenGrant>).finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  protected list<Row, Page extends PageOf<Row>>(
    method: string,
    path: string,
    options: object,
    body?: object,
  ): List<Row, Page> {
    return new List<Row, Page>((cursor, whole) => {
      const given = (body ?? options) as { limit?: unknown };
      const at = { ...(cursor === null ? {} : { cursor }), ...(whole && given.limit == null ? { limit: PAGE_LIMIT } : {}) };
      if (body) return this.call(method, path, options, { body: { ...body, ...at } });
      return this.call(method, path, { ...options, ...at });
    });
  }

  protected async call<T>(method: string, path: string, options: object, call: Call = {}): Promise<T> {
    const known = options as AllOptions;
    const headers = new Headers(this.#config.headers);
    headers.set("Accept", "application/json, */*;q=0.5");
    const body = encode(call, headers);
    let repeat = call.repeat ?? "always";
    if (repeat === "key") headers.set("Idempotency-Key", known.idempotencyKey ?? randomKey());
    if (known.ifNoneMatch != null) headers.set("If-None-Match", tagOf(known.ifNoneMatch));
    if (known.ifMatch != null) {
      headers.set("If-Match", tagOf(known.ifMatch));
      // Once it was done, the resource has another version, and a repetition would be refused for no good reason.
      if (repeat === "always") repeat = "refused";
    }
    for (const [name, value] of Object.entries(known.headers ?? {})) headers.set(name, value);
    const url = this.#config.baseUrl + path + query(options);
    const request = { method, headers, ...(body === undefined ? {} : { body }) };

    let renewed = false;
    let mayBeDone = false;
    for (let attempt = 0; ; attempt++) {
      known.signal?.throwIfAborted();
      await this.#authorize(headers, call.grants === true);
      const access = this.#access;
      let error: ProblemError | NoAnswerError;
      let passes: boolean;
      const limit = timeLimit(known.timeout ?? this.#config.timeout, known.signal);
      try {
        const response = await this.#send(url, path, { ...request, signal: limit.signal });
        if (response.ok || response.status === 304) return await this.#result<T>(response, call);
        const retryAfter = secondsOf(response.headers.get("retry-after"));
        const problem = errorOf(response, await response.text(), retryAfter);
        const isDone = repeat === "delete" && mayBeDone && problem.status === 404;
        if (isDone) return undefined as T;
        if (this.#mayRenew(problem, call, renewed)) {
          renewed = true;
          // Another call may have renewed it meanwhile.
          if (this.#access === access) await this.refresh();
          attempt--;
          continue;
        }
        error = problem;
        const isUnknown = problem.status >= 500 || problem.status === 408;
        passes =
          repeat === "refused"
            ? REFUSALS.includes(problem.status)
            : PASSING.includes(problem.status) || problem.status === 429 || problem.code === "idempotency_in_progress";
        if (problem.status === 429 && retryAfter === null) passes = false;
        mayBeDone ||= isUnknown;
      } catch (cause) {
        if (known.signal?.aborted) throw cause;
        error = new NoAnswerError(cause);
        passes = repeat !== "refused";
        mayBeDone = true;
      } finally {
        limit.end();
      }
      const wait = ("retryAfter" in error ? error.retryAfter : null) ?? backoff(attempt);
      if (repeat === "never" || !passes || attempt >= this.#config.retries || wait > LONGEST_WAIT) throw error;
      await sleep(wait, known.signal);
    }
  }

  #mayRenew(problem: ProblemError, call: Call, renewed: boolean): boolean {
    return problem.status === 401 && this.#access !== null && !renewed && call.grants !== true;
  }

  async #authorize(headers: Headers, grants: boolean): Promise<void> {
    const { apiKey } = this.#config;
    if (apiKey !== null) return headers.set("Authorization", `Bearer ${apiKey}`);
    if (grants) return;
    if (this.#access !== null && Date.now() >= this.#access.until) await this.refresh();
    if (this.#access !== null) headers.set("Authorization", `Bearer ${this.#access.token}`);
  }

  async #send(url: string, path: string, request: RequestInit & { headers: Headers }): Promise<Response> {
    const isAuth = path.startsWith("/v1/auth/");
    if (isAuth && this.#cookies.size > 0) {
      request.headers.set("Cookie", [...this.#cookies].map((pair) => pair.join("=")).join("; "));
    }
    if (path === REFRESH) {
      request.headers.set("X-Requested-With", "partneros");
      // Browsers set it themselves, and let nobody else.
      if (!request.headers.has("Origin")) request.headers.set("Origin", new URL(url).origin);
    }
    const response = await this.#config.fetch(url, { ...request, credentials: isAuth ? "include" : "omit" });
    // Browsers keep cookies themselves, and show none.
    for (const cookie of isAuth ? response.headers.getSetCookie() : []) {
      const [name = "", value = ""] = (cookie.split(";")[0] ?? "").split(/=(.*)/);
      this.#cookies.set(name, value);
    }
    return response;
  }

  async #result<T>(response: Response, call: Call): Promise<T> {
    if (call.raw) return response as T;
    if (response.status === 304) return null as T;
    const text = await response.text();
    if (text === "") return (response.status === 202 ? null : undefined) as T;
    const result = JSON.parse(text) as T;
    remember(result, response);
    if (call.grants) {
      const grant = result as TokenGrant;
      this.#access = { token: grant.access_token, until: Date.now() + grant.expires_in * 1000 - RENEW_BEFORE };
    }
    return result;
  }
}

/** A part of a path. */
export function segment(value: string | number): string {
  return encodeURIComponent(value);
}

function query(options: object): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(options)) {
    if (value == null || (OPTIONS as readonly string[]).includes(name)) continue;
    parameters.set(name, name === "q" ? String(value) : parameter(value));
  }
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}

/** The values of a parameter, separated by commas; one inside a value is escaped. A search takes its text as it is. */
function parameter(value: unknown): string {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.map((item) => String(item).replace(/[\\,]/g, "\\$&")).join(",");
}

function encode({ body, type = "application/json" }: Call, headers: Headers): BodyInit | undefined {
  if (body === undefined) return undefined;
  if (type === "multipart/form-data") return form(body as object);
  if (type.endsWith("json")) {
    headers.set("Content-Type", type);
    return JSON.stringify(body);
  }
  // The type of a file that does not say it: the server looks at the content.
  headers.set("Content-Type", (body instanceof Blob && body.type) || type.replace("*", "png"));
  return body as BodyInit;
}

/** Files as they are, everything else as JSON. */
function form(body: object): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(body)) {
    if (value === undefined) continue;
    const isFile = typeof value === "string" || value instanceof Uint8Array;
    if (value instanceof Blob) data.set(name, value);
    else if (isFile) data.set(name, new Blob([value as BlobPart]), name);
    else data.set(name, JSON.stringify(value));
  }
  return data;
}

function secondsOf(header: string | null): number | null {
  if (header === null) return null;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? null : Math.max(0, seconds);
}

/** Half a second, then twice as long each time, by chance up to a half less so that clients do not return together. */
function backoff(attempt: number): number {
  return Math.min(8, 0.5 * 2 ** attempt) * (1 - Math.random() / 2);
}

function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Aborts after some time, or when the other signal does. Covers the answer too, unless `raw` hands it on. */
function timeLimit(milliseconds: number, signal?: AbortSignal): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const abort = () => controller.abort(signal?.reason);
  const expire = () => controller.abort(new DOMException(`no answer within ${milliseconds} ms`, "TimeoutError"));
  const timer = setTimeout(expire, milliseconds);
  if (signal?.aborted) abort();
  signal?.addEventListener("abort", abort, { once: true });
  const end = () => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  };
  return { signal: controller.signal, end };
}

export function sleep(seconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, seconds * 1000);
    if (signal?.aborted) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
}
