// Signing in, staying signed in, and jobs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AuthenticationError, JobError } from "partneros";
import { problem, serve, type Reply } from "./server.js";

function grant(token: string, expires_in = 600): Reply {
  const cookie = [`__Host-prm_refresh=of-${token}; HttpOnly; Secure; Path=/`, "__Host-prm_device=d; Secure; Path=/"];
  return { status: 200, json: { access_token: token, expires_in }, headers: { "Set-Cookie": cookie } };
}

const PERSON = { apiKey: undefined as never };
const credentials = { email: "ada@acme.com", password: "tall-grass-7-lanterns" };

test("who signs in stays signed in: a token that ended is renewed once for all calls", async (t) => {
  let tokens = 0;
  const { client, seen } = await serve(
    t,
    ({ url, headers }) => {
      if (url.pathname === "/v1/auth/sessions" || url.pathname === "/v1/auth/refreshes") return grant(`t${++tokens}`);
      const isNewest = headers.authorization === `Bearer t${tokens}` && tokens > 1;
      return isNewest ? { status: 200, json: {} } : problem(401, "token_expired");
    },
    PERSON,
  );
  assert.equal(client.isSignedIn, false);
  await client.signIn(credentials);
  assert.equal(client.isSignedIn, true);
  await Promise.all([client.getMe(), client.getMe(), client.createTag({ name: "A", category: "services" })]);
  const refreshes = seen.filter(({ url }) => url.pathname === "/v1/auth/refreshes");
  assert.equal(refreshes.length, 1);
  assert.equal(refreshes[0]?.headers.cookie, "__Host-prm_refresh=of-t1; __Host-prm_device=d");
  assert.ok(refreshes[0]?.headers["x-requested-with"]);
  assert.equal(refreshes[0]?.headers.authorization, undefined);
  assert.ok(seen.filter(({ url }) => url.pathname === "/v1/me").every(({ headers }) => headers.cookie === undefined));
});

test("a token is renewed before it ends", async (t) => {
  const { client, seen } = await serve(
    t,
    ({ url }) => (url.pathname === "/v1/me" ? { status: 200, json: {} } : grant("t", url.pathname === "/v1/auth/sessions" ? 20 : 600)),
    PERSON,
  );
  await client.signIn(credentials);
  await client.getMe();
  await client.getMe();
  assert.deepEqual(seen.map(({ url }) => url.pathname), ["/v1/auth/sessions", "/v1/auth/refreshes", "/v1/me", "/v1/me"]);
});

test("without a cookie nobody is resumed, and a session that ended is an error", async (t) => {
  const { client } = await serve(
    t,
    ({ url }) => (url.pathname === "/v1/auth/sessions" ? grant("t1") : problem(401, "refresh_token_invalid")),
    PERSON,
  );
  assert.equal(await client.resume(), null);
  await client.signIn(credentials);
  await assert.rejects(client.getMe(), AuthenticationError);
});

test("signing out forgets the token, even of a session that has ended", async (t) => {
  const { client, seen } = await serve(
    t,
    ({ method, url }) => (method === "DELETE" || url.pathname === "/v1/auth/refreshes" ? problem(401, "token_expired") : grant("t1")),
    PERSON,
  );
  await client.signIn(credentials);
  await client.signOut();
  assert.equal(client.isSignedIn, false);
  assert.ok(seen.some(({ method, url }) => method === "DELETE" && url.pathname === "/v1/auth/sessions/current"));
});

const running = { id: "job_1", version: 1, status: "running", finished_at: null, problem: null, progress: { done: 0 } };

test("a job is waited for until it has succeeded", async (t) => {
  const replies: Reply[] = [
    { status: 202, json: running, headers: { ETag: '"1"' } },
    { status: 304 },
    { status: 200, json: { ...running, version: 2, progress: { done: 5 } }, headers: { ETag: '"2"' } },
    { status: 200, json: { ...running, version: 3, status: "succeeded", finished_at: "2026-11-22T11:20:07.123456Z" } },
  ];
  const { client, seen } = await serve(t, (_, index) => replies[index]!);
  const done: number[] = [];
  const job = await client.waitForJob(await client.createExport({ object: "partner", format: "csv" }), {
    onProgress: ({ progress }) => done.push(progress.done),
  });
  assert.equal(job.status, "succeeded");
  assert.deepEqual(done, [5, 0]);
  assert.deepEqual(seen.slice(1).map(({ headers }) => headers["if-none-match"]), ['"1"', '"1"', '"2"']);
});

test("a job that failed, or does not end in time, is an error", async (t) => {
  const { client } = await serve(t, ({ url }) => {
    const failed = { ...running, status: "failed", finished_at: "2026-11-22T11:20:07.123456Z", problem: { detail: "no rows" } };
    return { status: 200, json: url.pathname.endsWith("job_2") ? failed : running };
  });
  await assert.rejects(client.waitForJob("job_2"), (error) => error instanceof JobError && /is failed: no rows/.test(error.message));
  await assert.rejects(client.waitForJob("job_1", { timeout: 0 }), /did not end in time/);
});
