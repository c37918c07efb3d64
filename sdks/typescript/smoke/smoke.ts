// The client against a running server: `sdks/check.sh` compiles this against the installed package and runs it.
import assert from "node:assert/strict";
import {
  and,
  answerOf,
  ConflictError,
  dealField,
  or,
  Partneros,
  partnerField,
  ValidationError,
  VersionMismatchError,
  type DealFields,
  type FilterNode,
  type PartnerFields,
} from "partneros";

const setting = (name: string) => process.env[name] ?? assert.fail(`${name} is not set`);
const baseUrl = setting("PARTNEROS_URL");
const apiKey = setting("PARTNEROS_API_KEY");
const client = new Partneros({ baseUrl, apiKey });
const run = Date.now().toString(36);

// A few hundred partners by upsert, twice: the second time nothing is new.
const rows = Array.from({ length: 450 }, (_, index) => ({ external_id: `${run}-${index}`, name: `Smoke ${run} ${index}` }));
for (const expected of [201, 200]) {
  for (let from = 0; from < rows.length; from += 150) {
    const operations = rows.slice(from, from + 150).map((row) => ({
      action: "upsert" as const,
      match: "external_id" as const,
      data: { ...row, type: "reseller" as const },
    }));
    const { results } = await client.batchPartners({ operations });
    assert.ok(results.every(({ status }) => status === expected), `all are ${expected}`);
  }
}

// Every row once, by both ways of listing.
const isMine: FilterNode = partnerField("external_id").startsWith(`${run}-`);
const listed = await client.listPartners({ external_id_starts_with: `${run}-`, sort: ["name"] }).toArray();
const queried = await client.queryPartners({ filter: isMine }).toArray();
assert.equal(new Set(listed.map(({ id }) => id)).size, rows.length);
assert.equal(new Set(queried.map(({ id }) => id)).size, rows.length);

// Null is not absent.
const [first, second] = listed as [(typeof listed)[0], (typeof listed)[0]];
const set = await client.updatePartner(first.id, { subtype: "MSP", employees: 55 });
const cleared = await client.updatePartner(first.id, { subtype: null }, { ifMatch: set });
assert.deepEqual([cleared.subtype, cleared.employees], [null, 55]);
assert.match(answerOf(cleared)?.requestId ?? "", /^req_/);

// Refusals.
await assert.rejects(client.updatePartner(first.id, { industry: "Software" }, { ifMatch: set }), VersionMismatchError);
await assert.rejects(client.updatePartner(first.id, { external_id: second.external_id }), ConflictError);
const invalid = await client
  .createPartner({ name: "", type: "resellr" as "reseller", employees: -1 })
  .catch((error: unknown) => error);
assert.ok(invalid instanceof ValidationError);
assert.deepEqual(invalid.faults.map(({ pointer }) => pointer).sort(), ["#/employees", "#/name", "#/type"]);
assert.equal(invalid.faultAt("employees")?.code, "out_of_range");

// Not modified.
const read = await client.getPartner(second.id);
assert.equal(await client.getPartner(second.id, { ifNoneMatch: read }), null);

// A creation whose answer is lost makes one partner.
let lost = 0;
const forgetful = new Partneros({
  baseUrl,
  apiKey,
  fetch: async (...request) => {
    const answer = await fetch(...request);
    if (lost++ === 0) throw new TypeError("the answer was lost");
    return answer;
  },
});
const once = await forgetful.createPartner({ name: `Once, ${run}`, type: "reseller" });
assert.equal(lost, 2);
const found = await client.listPartners({ name: [`Once, ${run}`] }).toArray();
assert.deepEqual(found.map(({ id }) => id), [once.id]);

// An import and its job.
const job = await client.createImport({
  file: new Blob([`Company,Website\nImported ${run},${run}.example\nImported ${run} twice,${run}.example\n`]),
  options: { object: "partner", match: "domain", mapping: { Company: "name", Website: "domain" }, defaults: { type: "reseller" } },
});
const done = await client.waitForJob(job);
assert.equal(done.result?.created, 1);
const items = await client.listJobItems(job.id).toArray();
assert.deepEqual(items.map(({ status }) => status), ["succeeded", "skipped"]);
const exported = await client.waitForJob(await client.createExport({ object: "partner", format: "csv", filter: isMine }));
const file = await client.downloadJobResult(exported.id);
assert.ok((await file.text()).includes(`Smoke ${run} 449`));

// Every list of a partner and of the organization can be gone through.
const lists = [
  client.listContacts(), client.listDeals(), client.listEvents(), client.listEventTypes(), client.listJobs(), client.listMembers(),
  client.listPartnerFields(), client.listSubmissions(), client.listTags(), client.listTiers(), client.listViews(),
  client.getAttainmentInsight(), client.listPartnerEvents(first.id), client.listPartnerOverrides(first.id),
  client.listPartnerScores(first.id), client.listPartnerTierHistory(first.id), client.listPlanItems(first.id), client.queryDeals({}),
];
for (const list of lists) for await (const row of list as AsyncIterable<object>) assert.equal(typeof row, "object");

// The server filters by every field that it says it has; their operators are compared in Python's script.
const names = (await client.listPartnerFields()).data.map(({ name }) => name as keyof PartnerFields);
const dealNames = names.map((name) => `partner.${name}` as keyof DealFields);
for (let from = 0; from < names.length; from += 50) {
  await client.queryPartners({ filter: and(...names.slice(from, from + 50).map((name) => partnerField(name).isNull())), limit: 1 });
  await client.queryDeals({ filter: or(...dealNames.slice(from, from + 50).map((name) => dealField(name).isNull())), limit: 1 });
}

// A person signs in, and stays so when the token is renewed.
const person = new Partneros({ baseUrl });
const grant = await person.signIn({ email: setting("PARTNEROS_EMAIL"), password: setting("PARTNEROS_PASSWORD") });
assert.equal((await person.resume())?.session_id, grant.session_id);
assert.ok((await person.getMe()).role);
await person.signOut();
assert.equal(await person.resume(), null);

console.log("TypeScript: everything works on the server");
