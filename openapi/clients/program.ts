// What a program with the generated types looks like. The `@ts-expect-error` lines must not compile: each states a rule
// of the API that the types carry.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Schemas = components["schemas"];

const api = createClient<paths>({ baseUrl: "https://api.example.com", headers: { Authorization: "Bearer prm_live_..." } });

export async function names(): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const { data, error } = await api.GET("/v1/partners", { params: { query: cursor === null ? { limit: 200 } : { limit: 200, cursor } } });
    if (error) throw new Error(`${error.code}: ${error.detail} (${error.request_id})`);
    const page: Schemas["PartnerSummaryPage"] = data;
    for (const partner of page.data) {
      const category: Schemas["PartnerCategory"] | null = partner.category;
      const capacity: number | undefined = partner.four_c_breakdown?.capacity;
      found.push(`${partner.name} ${category ?? "-"} ${capacity ?? 0}`);
    }
    cursor = page.next_cursor;
  } while (cursor !== null);
  return found;
}

export async function create(): Promise<Schemas["Partner"]> {
  const body: Schemas["PartnerCreate"] = { name: "Acme", type: "reseller", domain: "acme.com", primary_contact: { name: "Ann Lee" } };
  const { data, error } = await api.POST("/v1/partners", { body, params: { header: { "Idempotency-Key": "7d0f" } } });
  if (error) {
    for (const fault of error.errors) console.error(fault.pointer ?? fault.parameter ?? fault.header, fault.code);
    throw new Error(error.code);
  }
  return data;
}

export async function move(id: string, version: number): Promise<number> {
  const { data, error } = await api.PATCH("/v1/partners/{id}", {
    params: { path: { id }, header: { "If-Match": `"${version}"` } },
    body: { stage: "signed", industry: null },
  });
  if (error) throw new Error(error.code);
  return data.version;
}

// @ts-expect-error a partner has a type
export const incomplete: Schemas["PartnerCreate"] = { name: "Acme" };
// @ts-expect-error a name cannot be cleared
export const cleared: Schemas["PartnerUpdate"] = { name: null };
// @ts-expect-error a score cannot be written
export const scored: Schemas["PartnerUpdate"] = { fit_score: 100 };
// @ts-expect-error there is no such type
export const odd: Schemas["PartnerCreate"] = { name: "Acme", type: "friend" };
