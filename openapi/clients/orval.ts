// What a program with the functions that orval makes looks like.
import { createPartner, listPartners, updatePartner } from "./client.js";
import type { Partner, PartnerCreate, PartnerUpdate } from "./client.js";

export async function names(): Promise<string[]> {
  const answer = await listPartners({ limit: 200, type: ["reseller"], company_revenue_gte: 3_000_000_000 });
  if (answer.status !== 200) throw new Error(answer.data.code);
  return answer.data.data.map((partner) => partner.name);
}

export async function create(): Promise<Partner> {
  const body: PartnerCreate = { name: "Acme", type: "reseller" };
  const answer = await createPartner(body);
  if (answer.status !== 201) throw new Error(answer.data.code);
  return answer.data;
}

export async function move(partner: Partner): Promise<number> {
  const body: PartnerUpdate = { stage: "signed", industry: null };
  const answer = await updatePartner(partner.id, body, undefined, { headers: { "If-Match": `"${partner.version}"` } });
  if (answer.status !== 200) throw new Error(answer.data.code);
  return answer.data.version;
}
