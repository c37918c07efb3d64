// Errors: what the API refuses, and what never reached it.
import type { Fault, Job, Problem, ProblemCode } from "./generated/types.js";
import type { Open } from "./values.js";

/** Every error of this package. */
export class PartnerosError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** No answer came: no connection, a lost one, or one that took too long. */
export class NoAnswerError extends PartnerosError {
  /** Whether the time limit of an attempt was reached. */
  readonly timedOut: boolean;

  constructor(cause: unknown) {
    super(`no answer: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.timedOut = cause instanceof Error && cause.name === "TimeoutError";
  }
}

/** A job that failed, was canceled, or did not end in time. */
export class JobError extends PartnerosError {
  constructor(readonly job: Job) {
    const state = job.finished_at === null ? "did not end in time" : `is ${job.status}`;
    super(`job ${job.id} ${state}${job.problem ? `: ${job.problem.detail}` : ""}`);
  }
}

/** An answer that is a problem (RFC 9457). Go by `code`, or by the class of a status. */
export class ProblemError extends PartnerosError {
  readonly code: Open<ProblemCode>;
  readonly status: number;
  /** Every fault of the request, each with its place. */
  readonly faults: readonly Fault[];
  readonly requestId: string;

  constructor(
    readonly problem: Problem,
    /** Seconds after which trying again makes sense; null where waiting does not help. */
    readonly retryAfter: number | null = null,
  ) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`);
    this.code = problem.code;
    this.status = problem.status;
    this.faults = problem.errors;
    this.requestId = problem.request_id;
  }

  /** The fault of a property of the body (`employees`), a parameter or a header, if there is one. */
  faultAt(place: string): Fault | undefined {
    const pointer = `#/${place.replaceAll(".", "/")}`;
    return this.faults.find((fault) => [fault.pointer, fault.parameter, fault.header].includes(place) || fault.pointer === pointer);
  }
}

/** 400: a parameter, header or the JSON of the body is not valid. */
export class BadRequestError extends ProblemError {}
/** 401: no credential, or one that is not valid any more. */
export class AuthenticationError extends ProblemError {}
/** 403: the role or the scopes do not suffice. */
export class PermissionDeniedError extends ProblemError {}
/** 404: not there, or of another organization. */
export class NotFoundError extends ProblemError {}
/** 409: the request is right, and the present state forbids it. */
export class ConflictError extends ProblemError {}
/** 410: it existed, and is gone. */
export class GoneError extends ProblemError {}
/** 412: the resource has another version than `ifMatch`. Read it again, and repeat the change. */
export class VersionMismatchError extends ProblemError {}
/** 422: the body is not valid; `faults` has all that is wrong. */
export class ValidationError extends ProblemError {}
/** 429: a limit; `problem.meta.quota_name` says which. */
export class RateLimitError extends ProblemError {}
/** 5xx. */
export class ServerError extends ProblemError {}

const byStatus: Record<number, typeof ProblemError> = {
  400: BadRequestError,
  401: AuthenticationError,
  403: PermissionDeniedError,
  404: NotFoundError,
  409: ConflictError,
  410: GoneError,
  412: VersionMismatchError,
  422: ValidationError,
  429: RateLimitError,
};

/** The error for an answer that is no success. What is between client and server may answer without a problem document. */
export function errorOf(response: Response, text: string, retryAfter: number | null): ProblemError {
  const type = byStatus[response.status] ?? (response.status >= 500 ? ServerError : ProblemError);
  return new type(problemIn(text) ?? problemOf(response, text), retryAfter);
}

function problemIn(text: string): Problem | null {
  try {
    const value = JSON.parse(text) as Partial<Problem> | null;
    return typeof value?.code === "string" && Array.isArray(value.errors) ? (value as Problem) : null;
  } catch {
    return null;
  }
}

function problemOf(response: Response, text: string): Problem {
  const { status, statusText } = response;
  return {
    type: "about:blank",
    title: statusText || `Status ${status}`,
    status,
    detail: text.slice(0, 200) || statusText || `The answer has the status ${status} and no content.`,
    instance: response.url,
    code: `http_${status}`,
    request_id: response.headers.get("request-id") ?? "",
    meta: {},
    errors: [],
  };
}
