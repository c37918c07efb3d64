// The client, and everything that its users name.
import { Operations } from "./generated/operations.js";
import type { Job, JobId, TokenGrant } from "./generated/types.js";
import { AuthenticationError, JobError } from "./problems.js";
import { sleep } from "./transport.js";

export type * from "./generated/types.js";
export type { DealFields, PartnerFields } from "./generated/fields.js";
export * from "./filter.js";
export { List, type PageOf } from "./list.js";
export * from "./problems.js";
export type { ClientConfig } from "./transport.js";
export { answerOf } from "./values.js";
export type { AnswerInfo, FileContent, Keyed, Matching, Open, Options, Unless, Version } from "./values.js";

/** How long and how a job is waited for. */
export interface WaitOptions {
  /** Milliseconds after which waiting ends with a `JobError`; ten minutes by default. The job itself goes on. */
  timeout?: number;
  signal?: AbortSignal;
  /** Called with the job whenever it has changed. */
  onProgress?: (job: Job) => void;
}

/** A client of the API: with an API key, or for a person who signs in. */
export class Partneros extends Operations {
  /** Signs in by the cookie of an earlier visit, if there is one: call it when a page is loaded. */
  async resume(): Promise<TokenGrant | null> {
    try {
      return await this.refresh();
    } catch (error) {
      if (error instanceof AuthenticationError) return null;
      throw error;
    }
  }

  /** Ends the session of this sign-in. */
  async signOut(): Promise<void> {
    try {
      await this.endSession("current");
    } catch (error) {
      // The session has ended already.
      if (!(error instanceof AuthenticationError)) throw error;
    } finally {
      this.forget();
    }
  }

  /** Waits until a job has succeeded. One that failed or was canceled is a `JobError`. */
  async waitForJob(job: Job | JobId, options: WaitOptions = {}): Promise<Job> {
    const { timeout = 600_000, signal, onProgress } = options;
    const end = Date.now() + timeout;
    let last: Job = typeof job === "string" ? await this.getJob(job, { signal }) : job;
    for (let pause = 0.2; last.finished_at === null; pause = Math.min(5, pause * 1.5)) {
      if (Date.now() >= end) throw new JobError(last);
      await sleep(pause, signal);
      const changed = await this.getJob(last.id, { signal, ifNoneMatch: last });
      if (changed === null) continue;
      last = changed;
      onProgress?.(last);
    }
    if (last.status === "failed" || last.status === "canceled") throw new JobError(last);
    return last;
  }
}
