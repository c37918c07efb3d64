// Opens /docs of a running server in a headless Chromium and looks at it as a reader would: every operation is listed, one
// opens with its parameters and answers, nothing is asked of another host, no error is on the console.
//
//   node openapi/check-page.mjs [http://127.0.0.1:8080] [SCREENSHOT.png]
import { find, withPage } from "../tests/browser/chromium.mjs";

const base = (process.argv[2] ?? "http://127.0.0.1:8080").replace(/\/$/, "");
const screenshot = process.argv[3];

const program = find();
if (!program) {
  console.log("skipped: there is no Chromium here (CHROMIUM names one)");
  process.exit(0);
}
const document_ = await (await fetch(`${base}/openapi.json`)).json();
const count = Object.values(document_.paths).flatMap((item) => Object.values(item).filter((one) => one.operationId)).length;

const faults = [];
let asked = 0;
await withPage(program, { width: 1280, height: 2000 }, async (page) => {
  await page.open(`${base}/docs`);
  const opblocks = () => document.querySelectorAll(".opblock").length;
  await page.until(`${count} operations`, (count) => document.querySelectorAll(".opblock").length >= count, count);
  if ((await page.evaluate(opblocks)) !== count) faults.push(`shows ${await page.evaluate(opblocks)} of ${count} operations`);
  if (await page.evaluate(() => document.querySelectorAll(".errors-wrapper").length)) faults.push("shows errors of the document");
  await page.click('[id$="-listPartners"] button.opblock-summary-control');
  const parameters = () => document.querySelectorAll(".opblock.is-open .parameters tbody tr").length > 20;
  await page.until("the parameters of listPartners", parameters);
  await page.until("an example of an answer", () => document.querySelector(".opblock.is-open .responses-table pre") !== null);
  if (screenshot) {
    await page.evaluate(() => document.querySelector(".opblock.is-open").scrollIntoView());
    await page.screenshot(screenshot);
  }
  asked = page.requests.length;
  const own = (request) => [`GET ${base}/`, "GET data:", "GET blob:"].some((start) => request.startsWith(start));
  faults.push(...page.requests.filter((request) => !own(request)).map((request) => `asks for ${request}`));
  faults.push(...page.refusals, ...page.complaints);
}).catch((error) => faults.push(error.message));
for (const fault of new Set(faults)) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log(`${base}/docs: ${count} operations, ${asked} requests, none of them elsewhere, no error on the console`);
