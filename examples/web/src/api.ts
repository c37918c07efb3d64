// The API as this page calls it: clients with the types of the OpenAPI document, the session behind them, and problems as
// errors. The access token lives in memory alone; what outlives a reload is the refresh cookie, which no script can read.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

export type Schemas = components["schemas"];

const config = (await (await fetch("config.json")).json()) as { api: string };
const options = { baseUrl: config.api, querySerializer: { array: { style: "form", explode: false } } } as const;

/** Calls without a credential. */
export const open = createClient<paths>(options);

/** Calls as the user who is signed in. */
export const api = createClient<paths>(options);
api.use({
  async onRequest({ request }) {
    request.headers.set("Authorization", `Bearer ${await accessToken()}`);
    return request;
  },
});

/** An answer that is a problem. */
export class ApiError extends Error {
  constructor(readonly problem: Schemas["Problem"]) {
    super(problem.detail);
  }

  get isSignedOut(): boolean {
    return this.problem.status === 401;
  }
}

/** What was answered, unless it is a problem: that is thrown. */
export function answer<T>(result: { data?: T; error?: Schemas["Problem"] }): T {
  if (result.error !== undefined) throw new ApiError(result.error);
  return result.data as T;
}

interface ListPage<T> {
  data: T[];
  next_cursor: string | null;
}

/** Every row of a list, page by page. */
export async function all<T>(page: (at: { cursor?: string }) => Promise<ListPage<T>>): Promise<T[]> {
  const rows: T[] = [];
  let cursor: string | null = null;
  do {
    const next = await page(cursor === null ? {} : { cursor });
    rows.push(...next.data);
    cursor = next.next_cursor;
  } while (cursor !== null);
  return rows;
}

interface Access {
  token: string;
  /** When it should be replaced, in milliseconds. */
  until: number;
}

let access: Access | null = null;
let refreshing: Promise<Schemas["Member"]> | null = null;

/** Signs in: the answer brings an access token, and the cookie that it is renewed with. */
export async function signIn(email: string, password: string): Promise<Schemas["Member"]> {
  return granted(answer(await open.POST("/v1/auth/sessions", { body: { email, password }, credentials: "include" })));
}

/** The member whom the cookie of an earlier visit signs in; null without one. */
export async function resume(): Promise<Schemas["Member"] | null> {
  try {
    return await refresh();
  } catch (error) {
    if (error instanceof ApiError && error.isSignedOut) return null;
    throw error;
  }
}

/** Ends the session; the answer clears the cookie. */
export async function signOut(): Promise<void> {
  const current = { params: { path: { session_id: "current" } }, credentials: "include" } as const;
  const { error } = await api.DELETE("/v1/auth/sessions/{session_id}", current);
  if (error && error.status !== 401) throw new ApiError(error);
  access = null;
}

async function accessToken(): Promise<string> {
  if (access === null || Date.now() >= access.until) await refresh();
  if (access === null) throw new Error("A refresh brings a token.");
  return access.token;
}

/** Renews the access token; whoever asks meanwhile waits for the same answer. */
function refresh(): Promise<Schemas["Member"]> {
  const ask = async () => {
    const headers = { "X-Requested-With": "fetch" };
    return granted(answer(await open.POST("/v1/auth/refreshes", { headers, credentials: "include" })));
  };
  refreshing ??= ask().finally(() => (refreshing = null));
  return refreshing;
}

function granted(grant: Schemas["TokenGrant"]): Schemas["Member"] {
  // Half a minute early, so that no request arrives with a token that has just expired.
  access = { token: grant.access_token, until: Date.now() + (grant.expires_in - 30) * 1000 };
  return grant.member;
}
