// An organization for checks in a browser: nothing in it changes but by what the check does, so that what a page shows can be
// held against what the API says.

const KINDS = ["reseller", "technology", "consulting", "channel", "referral"];
const STAGES = ["prospect", "onboarding", "active", "scaling"];
const FIRST = ["Alder", "Basalt", "Cedar", "Dune", "Ember", "Fjord", "Granite", "Harbor", "Indigo", "Juniper", "Kestrel", "Lumen"];
const SECOND = ["Systems", "Cloud", "Partners", "Data", "Works"];

/** Registers it at this server, with 60 partners, a tag, and two views of which one is the owner's default. */
export async function register(url) {
  const owner = { name: "Dora Demo", email: "dora@rockets.example", password: "correct horse battery staple" };
  const call = client(url);
  const grant = await call("/v1/auth/registrations", { body: { ...owner, organization_name: "Demo Rockets", currency: "USD" } });
  const api = client(url, grant.access_token);
  // Scores come when they come, and tiers may follow them.
  await api("/v1/organization", { method: "PATCH", body: { auto_score: false } });
  const tag = await api("/v1/tags", { body: { category: "services", name: "Cloud, certified" } });
  const operations = FIRST.flatMap((first, tens) => SECOND.map((second, ones) => {
    const number = tens * SECOND.length + ones;
    const data = {
      name: `${first} ${second}`,
      domain: `${first}-${second}.example`.toLowerCase(),
      type: KINDS[number % 5],
      status: number % 4 === 3 ? "pending" : "active",
      stage: STAGES[number % 4],
      employees: number % 7 === 6 ? null : (number * 37) % 900 + 3,
      company_revenue: number * 123_450,
      tag_ids: number % 3 === 0 ? [tag.id] : [],
    };
    return { action: "create", data };
  }));
  await api("/v1/partners/batch", { body: { operations, atomic: true } });
  const large = await api("/v1/views", { body: {
    name: "Large and active", object: "partner", visibility: "organization", sort: ["-employees"],
    filter: { op: "eq", field: "status", value: "active" },
    columns: ["name", "type", "stage", "tag_ids", "employees", "company_revenue", "updated_at"],
  } });
  await api(`/v1/views/${large.id}/default`, { method: "PUT" });
  await api("/v1/views", { body: {
    name: "Newcomers", object: "partner", visibility: "private", sort: ["name"],
    filter: { op: "in", field: "stage", value: ["prospect", "onboarding"] }, columns: [],
  } });
  return { ...owner, api };
}

/** Calls the API with this token: a POST where there is a body, else a GET, unless told otherwise. */
function client(url, token) {
  return async (path, { body, method = body ? "POST" : "GET", headers = {} } = {}) => {
    const own = { ...(token && { Authorization: `Bearer ${token}` }), ...(body && { "Content-Type": "application/json" }) };
    const response = await fetch(`${url}${path}`, { method, body: body && JSON.stringify(body), headers: { ...own, ...headers } });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  };
}
