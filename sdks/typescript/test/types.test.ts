// Filters, and programs that must not compile.
import assert from "node:assert/strict";
import { test } from "node:test";
import { and, atLeast, dealField, not, or, partnerField, type Partner, type Partneros } from "partneros";

test("filters are the trees of the API", () => {
  const filter = and(
    partnerField("type").in(["technology", "reseller"]),
    or(partnerField("fit_score").gte(70), partnerField("tag_ids").any(["tag_1"]), not(partnerField("tier").isNull())),
    atLeast(2, partnerField("four_c_breakdown.capacity").between(50, 100), partnerField("name").startsWith("A"), partnerField("updated_at").gte("-P30D")),
  );
  assert.deepEqual(JSON.parse(JSON.stringify(filter)), {
    op: "and",
    filters: [
      { op: "in", field: "type", value: ["technology", "reseller"] },
      {
        op: "or",
        filters: [
          { op: "gte", field: "fit_score", value: 70 },
          { op: "any", field: "tag_ids", value: ["tag_1"] },
          { op: "not", filters: [{ op: "is_null", field: "tier", value: true }] },
        ],
      },
      {
        op: "at_least",
        count: 2,
        filters: [
          { op: "between", field: "four_c_breakdown.capacity", value: [50, 100] },
          { op: "starts_with", field: "name", value: "A" },
          { op: "gte", field: "updated_at", value: "-P30D" },
        ],
      },
    ],
  });
  assert.deepEqual(dealField("partner.tier").eq("gold"), { op: "eq", field: "partner.tier", value: "gold" });
});

/** Never called: the compiler reads it, and each marked line has to be an error. */
export async function mistakes(client: Partneros, partner: Partner): Promise<void> {
  // @ts-expect-error: the type is required
  await client.createPartner({ name: "Acme" });
  // @ts-expect-error: no such type
  await client.createPartner({ name: "Acme", type: "resellr" });
  // @ts-expect-error: the name cannot be cleared
  await client.updatePartner(partner.id, { name: null });
  // @ts-expect-error: no such property
  await client.updatePartner(partner.id, { indsutry: "Software" });
  // @ts-expect-error: read-only
  await client.updatePartner(partner.id, { version: 5 });
  // @ts-expect-error: no such parameter
  await client.listPartners({ fit_score_above: 70 });
  // @ts-expect-error: a number
  await client.listPartners({ fit_score_gte: "70" });
  // @ts-expect-error: no such field
  partnerField("fit").gte(70);
  // @ts-expect-error: an enum has no order
  partnerField("type").gte("reseller");
  // @ts-expect-error: no such value
  partnerField("type").in(["resellr"]);
  // @ts-expect-error: a number
  partnerField("fit_score").gte("70");
  // @ts-expect-error: a list is compared by `any`, `all` and `none`
  partnerField("tag_ids").in(["tag_1"]);
  // @ts-expect-error: a policy is changed only at the version that was read
  await client.updateTierPolicy({ demotion_grace_days: 5 });
  // @ts-expect-error: a deletion has no key
  await client.deletePartner(partner.id, { idempotencyKey: "a" });
  // @ts-expect-error: may be null when it was not modified
  (await client.getPartner(partner.id, { ifNoneMatch: partner })).name;
  // An answer may have a type that this version does not know.
  const type: string = partner.type;
  // @ts-expect-error: so it is not exactly one of those
  const exact: "reseller" | "technology" = partner.type;
  void [type, exact];
}
