// The example page in a headless Chromium, as people use it, against a server of its own. The page has another origin
// than the API, so this is also where CORS and the refresh cookie meet a real browser.
//
//   node tests/browser/example.mjs PARTNEROS [FOLDER FOR SCREENSHOTS]
import assert from "node:assert/strict";
import { serve } from "../../examples/web/serve.mjs";
import { apply } from "./application.mjs";
import { find, withPage } from "./chromium.mjs";
import { register } from "./organization.mjs";
import { start } from "./server.mjs";

const [program, screenshots] = process.argv.slice(2);

/** What the steps bring about themselves. */
const REFUSED = [
  "400 GET /v1/partners",
  "401 POST /v1/auth/refreshes",
  "401 POST /v1/auth/sessions",
  "404 GET /v1/public/application-forms/TOKEN",
  "409 POST /v1/public/application-forms/TOKEN/submissions",
  "422 POST /v1/public/application-forms/TOKEN/submissions",
];

let passed = 0;

async function step(sentence, work) {
  try {
    await work();
  } catch (error) {
    error.message = `${sentence}: ${error.message}`;
    throw error;
  }
  passed += 1;
  console.log(`ok ${sentence}`);
}

let server;
const site = await serve(0, () => server.url);
const elsewhere = await serve(0, () => server.url);
const address = (site) => `http://127.0.0.1:${site.address().port}`;
try {
  const chromium = find();
  if (!chromium) throw new Error("there is no Chromium here (CHROMIUM names one)");
  server = await start(program, address(site));
  await withPage(chromium, { width: 1360, height: 900 }, look);
  console.log(`\n${passed} passed, 0 failed`);
} catch (error) {
  console.error(error, server?.log() ?? "");
  console.log(`\n${passed} passed, 1 failed`);
  process.exitCode = 1;
} finally {
  await server?.stop();
  for (const one of [site, elsewhere]) one.close(), one.closeAllConnections();
}

async function look(page) {
  const { email, password, api } = await register(server.url);
  const views = (await api("/v1/views?object=partner")).data;
  const fields = (await api("/v1/partner-fields?limit=200")).data;
  const mine = views.find((view) => view.is_default);
  const other = views.find((view) => !view.is_default);
  const [tag] = (await api("/v1/tags")).data;

  const shows = (what, work, ...given) => page.until(`the page shows ${what}`, work, ...given);
  const title = (text) => shows(`the title ${text}`, (text) => document.querySelector("#title").textContent === text, text);
  const entrance = () => shows("the entrance", () => document.querySelector("#entrance").checkVisibility());
  /** Waits until the table shows just the partners that the API lists for this query. */
  const rows = async (query) => {
    const found = await api(`/v1/partners?limit=25&include=total_count&${query}`);
    const names = found.data.map((partner) => partner.name);
    await shows(`the rows of ${query}`, (names) => {
      const shown = Array.from(document.querySelectorAll("#partners tbody th"), (cell) => cell.textContent);
      return document.querySelector("#partners").ariaBusy === "false" && JSON.stringify(shown) === JSON.stringify(names);
    }, names);
    return found;
  };
  const filter = async (field, way, value) => {
    await page.choose("#field", field);
    await page.choose("#way", way);
    const isList = await page.evaluate(() => document.querySelector("#value select") !== null);
    await (isList ? page.choose("#value select", value) : page.type("#value input", value));
    await page.click("#add-filter button");
  };
  const picture = (name) => screenshots && page.screenshot(`${screenshots}/${name}.png`);
  const cookie = async () => {
    const { cookies } = await page.send("Network.getCookies", { urls: [server.url] });
    return cookies.find((cookie) => cookie.name === "__Host-prm_refresh");
  };

  await step("who is not signed in sees the entrance, and nothing else", async () => {
    await page.open(`${address(site)}/`);
    await entrance();
    assert.equal(await page.evaluate(() => document.querySelector("#inside").checkVisibility()), false);
    assert.deepEqual(await page.nameless(), []);
    await picture("entrance");
  });
  await step("a wrong password is told, and nobody gets in", async () => {
    await page.type("#email", email);
    await page.type("#password", `${password}x`);
    await page.press("Enter");
    await shows("the refusal", () => document.querySelector("#refusal").textContent.length > 10);
    await entrance();
  });
  await step("signing in opens the default view", async () => {
    await page.type("#password", password);
    await page.press("Enter");
    await title(mine.name);
    await rows(`view_id=${mine.id}`);
    const heads = () => Array.from(document.querySelectorAll("#partners thead th"), (cell) => cell.textContent);
    assert.deepEqual(await page.evaluate(heads), mine.columns.map((name) => fields.find((field) => field.name === name).label));
    assert.deepEqual(await page.nameless(), []);
    await picture("view");
  });
  await step("the refresh token is a cookie that no script sees, and nothing is kept in the page's storage", async () => {
    const { httpOnly, secure, sameSite, path } = await cookie();
    assert.deepEqual({ httpOnly, secure, sameSite, path }, { httpOnly: true, secure: true, sameSite: "Strict", path: "/" });
    assert.deepEqual(await page.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length]), ["", 0, 0]);
  });
  await step("a click on a header sorts, and the key that follows sorts the other way", async () => {
    await page.click("#partners th button", "Name");
    await rows(`view_id=${mine.id}&sort=name`);
    await page.press("Enter");
    await rows(`view_id=${mine.id}&sort=-name`);
    const sorted = () => Array.from(document.querySelectorAll("th[aria-sort]"), (cell) => [cell.textContent, cell.ariaSort]);
    assert.deepEqual(await page.evaluate(sorted), [["Name", "descending"]]);
  });
  await step("all partners are paged there and back", async () => {
    await page.click("#views button", "All partners");
    await title("All partners");
    const first = await rows("");
    await page.click("#next");
    await rows(`cursor=${first.next_cursor}`);
    const position = `26–50 of ${first.total_count}`;
    await shows(position, (position) => document.querySelector("#position").textContent === position, position);
    await page.click("#previous");
    await rows("");
    await shows("that this is the first page", () => document.querySelector("#previous").disabled);
  });
  await step("filters stack, take several values, are removed, and stand beside the search", async () => {
    await filter("Type", "is", "reseller");
    await rows("type=reseller");
    await filter("Type", "is", "channel");
    await rows("type=reseller,channel");
    await filter("Company revenue", "is at least", "10000.5");
    await rows("type=reseller,channel&company_revenue_gte=1000050");
    await filter("Tags", "has one of", "Cloud, certified");
    await rows(`type=reseller,channel&company_revenue_gte=1000050&tag_ids=${tag.id}`);
    const chips = () => Array.from(document.querySelectorAll("#filters span"), (chip) => chip.textContent);
    const said = ["Type is reseller or channel", "Company revenue is at least $10,000.50", "Tags has one of Cloud, certified"];
    assert.deepEqual(await page.evaluate(chips), said);
    assert.deepEqual(await page.nameless(), []);
    await picture("filters");
    await page.click("#filters li:first-child button");
    await rows(`company_revenue_gte=1000050&tag_ids=${tag.id}`);
    await page.type("#q", "cedar");
    await page.press("Enter");
    await rows(`company_revenue_gte=1000050&tag_ids=${tag.id}&q=cedar`);
  });
  await step("a reload signs in silently, and shows the same", async () => {
    const before = page.requests.length;
    await page.evaluate(() => (window.before = true));
    await page.send("Page.reload");
    await shows("the page anew", () => window.before === undefined);
    await rows(`company_revenue_gte=1000050&tag_ids=${tag.id}&q=cedar`);
    const auth = page.requests.slice(before).filter((request) => request.includes("/v1/auth/"));
    assert.deepEqual(auth, [`POST ${server.url}/v1/auth/refreshes`]);
  });
  await step("an access token that runs out is renewed in passing", async () => {
    const before = page.requests.length;
    await page.evaluate(() => {
      const now = Date.now;
      Date.now = () => now() + 3600_000;
    });
    await page.click("#views button", other.name);
    await rows(`view_id=${other.id}`);
    const auth = page.requests.slice(before).filter((request) => request.includes("/v1/auth/"));
    assert.deepEqual(auth, [`POST ${server.url}/v1/auth/refreshes`]);
  });
  await step("what looks like markup is shown as it was written", async () => {
    const name = '<img src=x onerror="console.error(1)"><b>Bold, & Co.</b>';
    await api("/v1/partners", { body: { name, type: "reseller" } });
    await page.click("#views button", "All partners");
    await filter("Name", "is", name);
    await rows(`name=${encodeURIComponent(name.replaceAll(",", "\\,"))}`);
    await shows("the name", (name) => document.querySelector("#partners tbody th").textContent === name, name);
    assert.equal(await page.evaluate(() => document.querySelectorAll("#inside :is(img, b)").length), 0);
  });
  await step("what the API refuses is told", async () => {
    await page.open(`${address(site)}/?nonsense=1`);
    await shows("the problem", () => document.querySelector("#problem").textContent.includes("nonsense"));
  });
  await step("signing out ends the session for good", async () => {
    await page.click("#sign-out");
    await entrance();
    assert.equal(await cookie(), undefined);
    await page.open(`${address(site)}/`);
    await entrance();
    assert.equal(await page.evaluate(() => document.querySelectorAll("#partners tbody tr").length), 0);
  });
  await apply({ page, step, shows, picture, api, address: address(site) });
  await step("nothing else was asked for or refused, and nothing is on the console", () => {
    const known = ["data:", ...[address(site), server.url].map((url) => `${url}/`)];
    const isKnown = (request) => known.some((start) => request.split(" ")[1].startsWith(start));
    assert.deepEqual(page.requests.filter((request) => !isKnown(request)), []);
    const plain = (refusal) => refusal.replace(server.url, "").replace(/\?.*/, "").replace(/form_\w+/, "TOKEN");
    assert.deepEqual([...new Set(page.refusals.map(plain))].sort(), REFUSED);
    assert.deepEqual(page.complaints, []);
  });
  await step("a page of an origin that is not allowed gets no answer", async () => {
    await page.open(`${address(elsewhere)}/`);
    await shows("the failure", () => document.querySelector("#refusal").textContent.includes("cannot be reached"));
  });
}
