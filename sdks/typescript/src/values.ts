// Values that calls take and give beside those of the document.

/** An enum of an answer: the values of this version, and any that a newer server may add. */
export type Open<T extends string> = T | (string & {});

/** The content of a file: a `File` or `Blob` of a browser, bytes, or text. */
export type FileContent = Blob | Uint8Array<ArrayBuffer> | string;

/** What every call takes beside its parameters. */
export interface Options {
  /** Ends the call, with all its attempts. */
  signal?: AbortSignal | undefined;
  /** Milliseconds that one attempt may take; 30,000 unless the client says otherwise. */
  timeout?: number | undefined;
  /** Headers beside those that the client sends. */
  headers?: Record<string, string> | undefined;
}

/** Of a POST that is done once, however often it is sent. */
export interface Keyed {
  /** Made for each call unless given. Give your own to repeat a call in another process. */
  idempotencyKey?: string | undefined;
}

/** A version: a resource as it was read, its `version`, or an ETag. */
export type Version = { readonly version: number } | number | string;

/** Of a write that is refused with 412 when somebody else has changed the resource. */
export interface Matching {
  ifMatch: Version;
}

/** Of a read that answers null when nothing has changed. */
export interface Unless {
  /** The result of an earlier read, or its ETag. */
  ifNoneMatch: object | string;
}

/** What came with a result. */
export interface AnswerInfo {
  status: number;
  /** Send it as `ifMatch` or `ifNoneMatch`. */
  etag: string | null;
  /** Mention it when you report a problem. */
  requestId: string | null;
  headers: Headers;
}

const answers = new WeakMap<object, AnswerInfo>();

/** The status, ETag and headers that came with a result of a call. */
export function answerOf(result: object): AnswerInfo | undefined {
  return answers.get(result);
}

export function remember(result: unknown, response: Response): void {
  if (typeof result !== "object" || result === null) return;
  const { status, headers } = response;
  answers.set(result, { status, headers, etag: headers.get("etag"), requestId: headers.get("request-id") });
}

export function tagOf(version: object | number | string): string {
  if (typeof version === "string") return version;
  if (typeof version === "number") return `"${version}"`;
  const etag = answers.get(version)?.etag;
  if (etag) return etag;
  if ("version" in version && typeof version.version === "number") return `"${version.version}"`;
  throw new TypeError("This object has no version and is no result of a call.");
}
