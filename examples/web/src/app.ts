// The partners table: sign in, open a view, filter, sort and turn pages. What is shown is the query of the API, and stands
// in the address of the page, so that it can be kept and sent on.
import { ApiError, all, answer, api, resume, signIn, signOut, type Schemas } from "./api.js";
import { byId, choices, element, told } from "./elements.js";
import { behind, entered, input, isNumber, read, shown, valueOf, ways } from "./fields.js";
import type { Field, Meanings, Way } from "./fields.js";
import type { paths } from "./schema.js";

type Partner = Schemas["PartnerSummary"];
type PartnersQuery = NonNullable<paths["/v1/partners"]["get"]["parameters"]["query"]>;

const ROWS = 25;
/** What is shown where no view says otherwise. */
const COLUMNS = ["name", "type", "status", "stage", "tier", "employees", "pipeline", "revenue", "updated_at"];

/** All that is known of the organization once somebody is signed in. */
interface Known {
  fields: Field[];
  views: Schemas["SavedView"][];
  meanings: Meanings;
}

const page = {
  entrance: byId("entrance", HTMLElement),
  inside: byId("inside", HTMLDivElement),
  refusal: byId("refusal", HTMLParagraphElement),
  problem: byId("problem", HTMLParagraphElement),
  title: byId("title", HTMLHeadingElement),
  search: byId("q", HTMLInputElement),
  field: byId("field", HTMLSelectElement),
  way: byId("way", HTMLSelectElement),
  value: byId("value", HTMLSpanElement),
  table: byId("partners", HTMLTableElement),
  position: byId("position", HTMLSpanElement),
  previous: byId("previous", HTMLButtonElement),
  next: byId("next", HTMLButtonElement),
};

let known: Known;
/** The query, as `GET /v1/partners` takes it. */
let query = new URLSearchParams();
/** The cursors of the pages up to this one; null is the first page's. */
let cursors: (string | null)[] = [null];
let nextCursor: string | null = null;
let running = new AbortController();

function view(): Schemas["SavedView"] | undefined {
  return known.views.find((view) => view.id === query.get("view_id"));
}

// Signing in and out

async function enter(member: Schemas["Member"]): Promise<void> {
  known = await learn();
  byId("organization", HTMLElement).textContent = known.meanings.organization.name;
  byId("member", HTMLSpanElement).textContent = member.name;
  page.field.replaceChildren(...choices(filterable().map((field) => [field.name, field.label])));
  page.field.value = "type";
  offerWays();
  page.entrance.hidden = true;
  page.inside.hidden = false;
  query = new URLSearchParams(location.search);
  const mine = known.views.find((view) => view.is_default);
  if (query.size === 0 && mine) query.set("view_id", mine.id);
  await open(query);
}

async function learn(): Promise<Known> {
  const limit = 200;
  const [fields, views, tags, tiers, members, me] = await Promise.all([
    all(async (at) => answer(await api.GET("/v1/partner-fields", { params: { query: { limit, ...at } } }))),
    all(async (at) => answer(await api.GET("/v1/views", { params: { query: { object: ["partner"], limit, ...at } } }))),
    all(async (at) => answer(await api.GET("/v1/tags", { params: { query: { limit, ...at } } }))),
    all(async (at) => answer(await api.GET("/v1/tiers", { params: { query: { limit, ...at } } }))),
    all(async (at) => answer(await api.GET("/v1/members", { params: { query: { limit, ...at } } }))),
    api.GET("/v1/me").then(answer),
  ]);
  const names: Meanings["names"] = new Map([
    ["tag", new Map(tags.map((tag) => [tag.id, tag.name]))],
    ["tier", new Map(tiers.map((tier) => [tier.key, tier.name]))],
    ["member", new Map(members.map((member) => [member.id, member.name]))],
  ]);
  return { fields, views, meanings: { organization: me.organization, names } };
}

function leave(why: string): void {
  page.inside.hidden = true;
  page.entrance.hidden = false;
  page.refusal.textContent = why;
  // Nothing of what was seen stays in the page.
  page.table.tBodies[0]?.replaceChildren();
  byId("email", HTMLInputElement).focus();
}

/** What to do about an error of a call: back to the entrance when the session is over, else say it. */
function report(error: unknown): void {
  if (error instanceof ApiError && error.isSignedOut) return leave("Your session has ended.");
  page.problem.textContent = told(error);
}

// Views, filters, sorting and pages

/** Opens the first page of a query. */
async function open(wanted: URLSearchParams): Promise<void> {
  query = wanted;
  cursors = [null];
  history.replaceState(null, "", query.size === 0 ? location.pathname : `?${query}`);
  showPlace();
  await load();
}

/** The query with one parameter more, less or other. */
function changed(name: string, value: string | null): URLSearchParams {
  const wanted = new URLSearchParams(query);
  if (value === null || value === "") wanted.delete(name);
  else wanted.set(name, value);
  return wanted;
}

async function load(): Promise<void> {
  running.abort();
  const mine = (running = new AbortController());
  const cursor = cursors.at(-1) ?? null;
  // Names of fields are data to this page, so the types cannot know the parameters; the server does.
  const place = { limit: ROWS, include: ["total_count"], ...(cursor === null ? {} : { cursor }) };
  const asked = { ...Object.fromEntries(query), ...place } as PartnersQuery;
  page.table.ariaBusy = "true";
  page.problem.textContent = "";
  try {
    showRows(answer(await api.GET("/v1/partners", { params: { query: asked }, signal: mine.signal })));
  } catch (error) {
    if (!mine.signal.aborted) report(error);
  }
  if (mine === running) page.table.ariaBusy = "false";
}

/** The field that rows are sorted by, and in which direction. */
function order(): { name: string; descending: boolean } | null {
  const first = (query.get("sort")?.split(",") ?? view()?.sort)?.[0];
  return first === undefined ? null : { name: first.replace(/^-/, ""), descending: first.startsWith("-") };
}

function sortBy(field: Field): Promise<void> {
  const now = order();
  const descending = now?.name === field.name && !now.descending;
  const done = open(changed("sort", (descending ? "-" : "") + field.name));
  page.table.querySelector<HTMLElement>("th[aria-sort] button")?.focus();
  return done;
}

function filterable(): Field[] {
  return known.fields.filter((field) => ways(field, known.meanings).length > 0);
}

function chosen(): { field: Field; way: Way } | null {
  return behind(page.field.value + page.way.value, known.fields);
}

function offerWays(): void {
  const field = known.fields.find((field) => field.name === page.field.value);
  const offered = field === undefined ? [] : ways(field, known.meanings);
  page.way.replaceChildren(...choices(offered.map((way) => [way.suffix, way.words])));
  offerValue();
}

function offerValue(): void {
  const filter = chosen();
  if (filter === null) return page.value.replaceChildren();
  const made = input(filter.field, filter.way, known.meanings);
  made.ariaLabel = "Value";
  page.value.replaceChildren(made);
}

function addFilter(): Promise<void> | void {
  const filter = chosen();
  const made = page.value.firstElementChild;
  if (filter === null || !(made instanceof HTMLInputElement || made instanceof HTMLSelectElement)) return;
  const parameter = filter.field.name + filter.way.suffix;
  const value = entered(filter.field, filter.way, made.value, known.meanings);
  const before = filter.way.several ? query.get(parameter) : null;
  if (made instanceof HTMLInputElement) made.value = "";
  return open(changed(parameter, before === null ? value : `${before},${value}`));
}

// What the page shows

/** Shows where one is. It makes its buttons anew: whoever calls it from one of them sees to the focus. */
function showPlace(): void {
  const opened = view();
  page.title.textContent = opened?.name ?? "All partners";
  document.title = `${page.title.textContent} – ${known.meanings.organization.name}`;
  page.search.value = query.get("q") ?? "";
  const gone = opened?.warnings.map((warning) => `This view names something that is gone (${warning.pointer}).`) ?? [];
  byId("warnings", HTMLUListElement).replaceChildren(...gone.map((text) => element("li", {}, text)));
  const everything = { id: null, name: "All partners" };
  byId("views", HTMLUListElement).replaceChildren(...[everything, ...known.views].map((one) => {
    const wanted = new URLSearchParams(one.id === null ? {} : { view_id: one.id });
    const ariaCurrent = one.id === query.get("view_id") ? "page" : "false";
    const onclick = () => {
      void open(wanted);
      document.querySelector<HTMLElement>("#views [aria-current=page]")?.focus();
    };
    return element("li", {}, element("button", { type: "button", ariaCurrent, onclick }, one.name));
  }));
  const filters = [...query].filter(([name]) => !["view_id", "q", "sort"].includes(name));
  byId("filters", HTMLUListElement).replaceChildren(...filters.map(([name, value]) => filterChip(name, value)));
  showHead();
}

function filterChip(name: string, value: string): HTMLLIElement {
  const filter = behind(name, known.fields);
  const words = filter && [filter.field.label, filter.way.words, read(filter.field, filter.way, value, known.meanings)];
  const said = (words ?? [name, value]).join(" ");
  const onclick = () => {
    void open(changed(name, null));
    page.field.focus();
  };
  const remove = element("button", { type: "button", ariaLabel: `Remove the filter: ${said}`, onclick }, "×");
  return element("li", {}, element("span", {}, said), remove);
}

function columns(): Field[] {
  const names = view()?.columns ?? [];
  const fields = (names.length > 0 ? names : COLUMNS).map((name) => known.fields.find((field) => field.name === name));
  // A view may name fields that lists do not bring.
  return fields.filter((field) => field !== undefined).filter((field) => field.in_summary);
}

function showHead(): void {
  const now = order();
  const cells = columns().map((field) => {
    const cell = element("th", { scope: "col", className: isNumber(field) ? "number" : "" });
    if (now?.name === field.name) cell.ariaSort = now.descending ? "descending" : "ascending";
    const onclick = () => void sortBy(field);
    cell.append(field.sortable ? element("button", { type: "button", onclick }, field.label) : field.label);
    return cell;
  });
  page.table.tHead?.replaceChildren(element("tr", {}, ...cells));
}

function showRows(found: Schemas["PartnerSummaryPage"]): void {
  const fields = columns();
  const cells = (partner: Partner) => fields.map((field, number) => cell(field, partner, number === 0));
  const rows = found.data.map((partner) => element("tr", {}, ...cells(partner)));
  page.table.tBodies[0]?.replaceChildren(...rows);
  const before = (cursors.length - 1) * ROWS;
  const total = found.total_count ?? before + rows.length;
  page.position.textContent =
    rows.length === 0 ? "No partners" : `${before + 1}–${before + rows.length} of ${total.toLocaleString()}`;
  nextCursor = found.next_cursor;
  page.previous.disabled = cursors.length === 1;
  page.next.disabled = nextCursor === null;
}

function cell(field: Field, partner: Partner, isFirst: boolean): HTMLTableCellElement {
  const value = valueOf(partner, field.name);
  const text = shown(field, value, known.meanings);
  if (isFirst) return element("th", { scope: "row" }, text);
  const isLabel = field.type === "enum" && value !== null;
  const inner = isLabel ? element("span", { className: `label ${String(value)}` }, text) : text;
  return element("td", { className: isNumber(field) ? "number" : "" }, inner);
}

// What people do

function onSubmit(id: string, act: () => Promise<void> | void): void {
  byId(id, HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    void act();
  });
}

onSubmit("sign-in", async () => {
  const [email, password] = [byId("email", HTMLInputElement), byId("password", HTMLInputElement)];
  page.refusal.textContent = "";
  try {
    const member = await signIn(email.value, password.value);
    password.value = "";
    await enter(member);
    page.title.focus();
  } catch (error) {
    page.refusal.textContent = told(error);
  }
});
onSubmit("search", () => open(changed("q", page.search.value.trim())));
onSubmit("add-filter", addFilter);
page.field.addEventListener("change", offerWays);
page.way.addEventListener("change", offerValue);
page.next.addEventListener("click", () => {
  cursors.push(nextCursor);
  void load();
});
page.previous.addEventListener("click", () => {
  cursors.pop();
  void load();
});
byId("sign-out", HTMLButtonElement).addEventListener("click", async () => {
  try {
    await signOut();
    history.replaceState(null, "", location.pathname);
    leave("");
  } catch (error) {
    report(error);
  }
});

try {
  const member = await resume();
  if (member === null) leave("");
  else await enter(member);
} catch (error) {
  leave(told(error));
}
