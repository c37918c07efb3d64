// What calls send, how often, and what comes of the answers.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  answerOf,
  ConflictError,
  NoAnswerError,
  NotFoundError,
  Partneros,
  RateLimitError,
  ServerError,
  ValidationError,
  VersionMismatchError,
} from "partneros";
import { problem, serve, type Reply } from "./server.js";

const AT_ONCE = { "Retry-After": "0" };
const partner = { id: "ptn_1", version: 3, name: "Acme" };

test("iterating over a list meets every row of every page, and awaiting it reads the first page alone", async (t) => {
  const { client, seen } = await serve(t, ({ url }) => {
    const from = Number(url.searchParams.get("cursor") ?? 0);
    return { status: 200, json: { data: [{ id: from }, { id: from + 1 }], next_cursor: from < 4 ? String(from + 2) : null } };
  });
  const ids: unknown[] = [];
  for await (const row of client.listTags({ sort: ["-name"] })) ids.push(row.id);
  assert.deepEqual(ids, [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(seen.map(({ url }) => url.search), [
    "?sort=-name&limit=200",
    "?sort=-name&cursor=2&limit=200",
    "?sort=-name&cursor=4&limit=200",
  ]);
  const page = await client.listTags({ limit: 2 });
  assert.equal(page.next_cursor, "2");
  assert.equal(seen.length, 4);
  assert.equal((await client.listTags().toArray({ limit: 3 })).length, 3);
  assert.equal(seen.length, 6);
});

test("the cursor of a query is in its body", async (t) => {
  const { client, seen } = await serve(t, ({ body }) => {
    const last = (JSON.parse(body) as { cursor?: string }).cursor === "next";
    return { status: 200, json: { data: [partner], next_cursor: last ? null : "next" } };
  });
  assert.equal((await client.queryPartners({ q: "acme", limit: 1 }).toArray()).length, 2);
  assert.deepEqual(seen.map(({ body }) => JSON.parse(body) as unknown), [
    { q: "acme", limit: 1 },
    { q: "acme", limit: 1, cursor: "next" },
  ]);
});

test("a POST whose answer was lost is sent again with the same key", async (t) => {
  const { client, seen } = await serve(t, (_, index) => (index === 0 ? "drop" : { status: 201, json: partner }));
  assert.deepEqual(await client.createPartner({ name: "Acme", type: "reseller" }), partner);
  const keys = seen.map(({ headers }) => headers["idempotency-key"]);
  assert.equal(keys.length, 2);
  assert.match(String(keys[0]), /^[0-9a-f]{32}$/);
  assert.equal(keys[0], keys[1]);
  await client.createPartner({ name: "Acme", type: "reseller" }, { idempotencyKey: "mine" });
  assert.equal(seen[2]?.headers["idempotency-key"], "mine");
  assert.notEqual(keys[0], seen[2]?.headers["idempotency-key"]);
});

test("each kind of call is repeated after each kind of failure only where that is safe", async (t) => {
  type Call = (client: Partneros) => Promise<unknown>;
  const calls: Record<string, Call> = {
    get: (client) => client.getPartner("ptn_1"),
    patch: (client) => client.updatePartner("ptn_1", { name: "Acme" }),
    patchIfMatch: (client) => client.updatePartner("ptn_1", { name: "Acme" }, { ifMatch: 3 }),
    delete: (client) => client.deletePartner("ptn_1"),
    postWithKey: (client) => client.createPartner({ name: "Acme", type: "reseller" }),
    postThatReads: (client) => client.aggregatePartners({ metrics: [{ op: "count" }] }),
    postOnce: (client) => client.requestPasswordReset({ email: "ada@acme.com" }),
  };
  const all = Object.keys(calls);
  const but = (...names: string[]) => all.filter((name) => !names.includes(name));
  const failures: [string, Reply | "drop", string[]][] = [
    ["dropped", "drop", but("patchIfMatch", "postOnce")],
    ["408", problem(408, "request_timeout", {}, AT_ONCE), but("patchIfMatch", "postOnce")],
    ["429 with a time", problem(429, "quota_exceeded", {}, AT_ONCE), but("postOnce")],
    ["429 without a time", problem(429, "quota_exceeded"), []],
    ["429 for an hour", problem(429, "quota_exceeded", {}, { "Retry-After": "3600" }), []],
    ["500", problem(500, "internal_error", {}, AT_ONCE), but("patchIfMatch", "postOnce")],
    ["502 of a proxy", { status: 502, text: "<html>", headers: AT_ONCE }, but("patchIfMatch", "postOnce")],
    ["503", problem(503, "unavailable", {}, AT_ONCE), but("postOnce")],
    ["504", { status: 504, headers: AT_ONCE }, but("patchIfMatch", "postOnce")],
    ["400", problem(400, "invalid_parameter"), []],
    ["403", problem(403, "insufficient_scope"), []],
    ["404", problem(404, "not_found"), []],
    ["409", problem(409, "domain_taken"), []],
    ["409 in progress", problem(409, "idempotency_in_progress", {}, AT_ONCE), but("patchIfMatch", "postOnce")],
    ["422", problem(422, "validation_failed"), []],
  ];
  await Promise.all(
    failures.flatMap(([failure, reply, repeated]) =>
      Object.entries(calls).map(async ([name, call]) => {
        const { client, seen } = await serve(t, () => reply, { retries: 1 });
        await assert.rejects(call(client));
        assert.equal(seen.length, repeated.includes(name) ? 2 : 1, `${name} after ${failure}`);
      }),
    ),
  );
});

test("a call gives up after as many attempts as it may make, and says why", async (t) => {
  const { client, seen } = await serve(t, () => ({ status: 503, text: "no upstream", headers: AT_ONCE }), { retries: 2 });
  const error = await client.getMe().catch((error: unknown) => error);
  assert.ok(error instanceof ServerError);
  assert.equal(error.name, "ServerError");
  assert.equal(error.problem.detail, "no upstream");
  assert.equal(seen.length, 3);
});

test("Retry-After is waited for", async (t) => {
  const { client } = await serve(t, (_, index) =>
    index === 0 ? problem(429, "quota_exceeded", {}, { "Retry-After": "1" }) : { status: 200, json: {} },
  );
  const start = Date.now();
  await client.getMe();
  assert.ok(Date.now() - start >= 1000);
});

test("a deletion that was done although its answer was lost succeeds; another 404 does not", async (t) => {
  const { client } = await serve(t, (_, index) => (index === 0 ? "drop" : problem(404, "not_found")));
  await client.deletePartner("ptn_1", { ifMatch: 3 });
  await assert.rejects(client.deletePartner("ptn_1"), NotFoundError);
});

test("null is sent, and what is absent is not", async (t) => {
  const { client, seen } = await serve(t, () => ({ status: 200, json: partner }));
  await client.updatePartner("ptn_1", { subtype: null, employees: 55 }, { ifMatch: partner, write_mode: "manual" });
  assert.equal(seen[0]?.body, '{"subtype":null,"employees":55}');
  assert.equal(seen[0]?.url.search, "?write_mode=manual");
  assert.equal(seen[0]?.headers["content-type"], "application/merge-patch+json");
  assert.equal(seen[0]?.headers["if-match"], '"3"');
});

test("a result is the ETag of the next call", async (t) => {
  const { client, seen } = await serve(t, ({ headers }) => {
    if (headers["if-none-match"] === '"3.7"') return { status: 304 };
    return { status: 200, json: partner, headers: { ETag: '"3.7"', "Request-Id": "req_7" } };
  });
  const read = await client.getPartner("ptn_1");
  assert.equal(answerOf(read)?.requestId, "req_7");
  assert.equal(await client.getPartner("ptn_1", { ifNoneMatch: read }), null);
  await client.updatePartner("ptn_1", {}, { ifMatch: read });
  assert.equal(seen[2]?.headers["if-match"], '"3.7"');
  await assert.rejects(client.updatePartner("ptn_1", {}, { ifMatch: { ...read, version: undefined as never } }), TypeError);
});

test("problems are errors of a class for their status, with every fault", async (t) => {
  const fault = { code: "out_of_range", detail: "must be between 0 and 10000000", pointer: "#/employees", parameter: null, header: null, meta: {} };
  const replies = [
    problem(409, "domain_taken"),
    problem(412, "version_mismatch", { meta: { current_version: 4 } }),
    problem(422, "validation_failed", { errors: [fault, { ...fault, pointer: "#/quarterly_weights/q1" }] }),
    problem(429, "quota_exceeded"),
  ];
  const { client } = await serve(t, (_, index) => replies[index]!);
  const update = () => client.updatePartner("ptn_1", {});
  await assert.rejects(update(), ConflictError);
  await assert.rejects(update(), (error) => error instanceof VersionMismatchError && error.problem.meta["current_version"] === 4);
  const invalid = await update().catch((error: unknown) => error);
  assert.ok(invalid instanceof ValidationError);
  assert.equal(invalid.faults.length, 2);
  assert.equal(invalid.faultAt("employees")?.code, "out_of_range");
  assert.equal(invalid.faultAt("quarterly_weights.q1")?.pointer, "#/quarterly_weights/q1");
  assert.equal(invalid.faultAt("name"), undefined);
  await assert.rejects(update(), RateLimitError);
});

test("values and properties that this version does not know are kept", async (t) => {
  const newer = { ...partner, type: "franchise", mascot: { name: "Rex" } };
  const { client, seen } = await serve(t, () => ({ status: 200, json: newer }));
  const read = await client.getPartner("ptn_1");
  assert.deepEqual(read, newer);
  const isReseller: boolean = read.type === "reseller";
  assert.equal(isReseller, false);
  await client.updatePartner("ptn_1", { type: read.type as "reseller" });
  assert.equal(seen[1]?.body, '{"type":"franchise"}');
});

test("parameters keep commas and backslashes in their values, and searches their text", async (t) => {
  const { client, seen } = await serve(t, () => ({ status: 200, json: { data: [], next_cursor: null } }));
  await client.listPartners({ name: ["a,b", "c\\d"], name_contains: "e,f", q: "g,h", employees_gte: 5, in_intelligence: true, domain: undefined });
  const sent = Object.fromEntries(seen[0]!.url.searchParams);
  assert.deepEqual(sent, { name: "a\\,b,c\\\\d", name_contains: "e\\,f", q: "g,h", employees_gte: "5", in_intelligence: "true" });
  await client.listPartnerEvents("a/b?c");
  assert.equal(seen[1]?.url.pathname, "/v1/partners/a%2Fb%3Fc/events");
});

test("an import sends the file, and its options as JSON", async (t) => {
  const { client, seen } = await serve(t, () => ({ status: 202, json: { id: "job_1" } }));
  await client.createImport({ file: "Name\nAcme\n", options: { object: "partner", mapping: { Name: "name" } } });
  assert.match(seen[0]!.body, /name="file"; filename="file"\r\n[^]*\r\n\r\nName\nAcme\n\r\n/);
  assert.match(seen[0]!.body, /name="options"\r\n\r\n\{"object":"partner","mapping":\{"Name":"name"\}\}\r\n/);
});

test("an attempt that takes too long ends, and an aborted call is not repeated", async (t) => {
  const server = await serve(t, () => ({ status: 200, json: {} }), {
    retries: 1,
    timeout: 50,
    fetch: (_, init) => new Promise((_, reject) => init?.signal?.addEventListener("abort", () => reject(init.signal?.reason))),
  });
  const slow = await server.client.getMe().catch((error: unknown) => error);
  assert.ok(slow instanceof NoAnswerError && slow.timedOut);
  const stop = new AbortController();
  const call = server.client.getMe({ signal: stop.signal, timeout: 60_000 });
  setTimeout(() => stop.abort(new Error("enough")), 20);
  await assert.rejects(call, /enough/);
});
