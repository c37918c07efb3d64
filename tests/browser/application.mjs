// The public application form, as somebody without an account fills it in.
import assert from "node:assert/strict";

const OPTIONS = [{ value: "resale", label: "Resale" }, { value: "training", label: "Training" }, { value: "support", label: "Support" }];

/** Every type of question: what is done on the page, and the answer that must arrive. */
const QUESTIONS = [
  [{ type: "short_text", label: "Company <b>name</b>", required: true, maps_to: "partner.name" }, ["type", "Ada & Söhne"], "Ada & Söhne"],
  [{ type: "long_text", label: "What do you do?", help: "A few <i>words</i>." }, ["type", "One line,\nand another."], "One line,\nand another."],
  [{ type: "email", label: "E-mail", required: true }, ["type", "ada@soehne.example"], "ada@soehne.example"],
  [{ type: "url", label: "Website" }, ["type", "https://soehne.example"], "https://soehne.example"],
  [{ type: "phone", label: "Phone", required: true }, ["type", "+41 44 333 44 55"], "+41443334455"],
  [{ type: "number", label: "People", min: 1 }, ["type", "12"], 12],
  [{ type: "date", label: "Start", min: "2026-01-01" }, ["set", "2027-02-01"], "2027-02-01"],
  [{ type: "country", label: "Country", required: true }, ["choose", "Switzerland"], "CH"],
  [{ type: "boolean", label: "Do you resell already?", required: true }, ["check", "No"], false],
  [{ type: "single_select", label: "Main business", options: OPTIONS }, ["check", "Training"], "training"],
  [{ type: "multi_select", label: "Also", options: OPTIONS }, ["check", "Resale", "Support"], ["resale", "support"]],
];

/** Publishes a form as the owner (`api`) and applies by it; `address` is that of the page. */
export async function apply({ page, step, shows, picture, api, address }) {
  const open = (token) => page.open(`${address}/form.html#${token}`);
  const asked = (count) => shows(`${count} questions`, (count) => document.querySelector("#questions").children.length === count, count);
  let form;

  await step("every type of question is asked, in the words of the organization and in order", async () => {
    const agreements = [{ text: "You may keep this.", url: "https://rockets.example/privacy", required: true }, { text: "Write to me." }];
    const questions = QUESTIONS.map(([question]) => question);
    const { version } = await api("/v1/application-form");
    const body = { title: "Become a partner", intro: "Tell us who you are.", is_open: true, questions, agreements };
    form = await api("/v1/application-form", { method: "PATCH", body, headers: { "If-Match": `"${version}"` } });
    // The page is made to believe in a version that never was, which is what the server says of one that is long gone.
    const source = `(() => { const ask = fetch; let first = true; window.fetch = async (request) => {
      const answer = await ask(request);
      if (!first || !String(request.url).includes("/application-forms/")) return answer;
      first = false;
      return Response.json({ ...(await answer.json()), form_version: ${form.version + 1000} });
    }; })()`;
    const { identifier } = await page.send("Page.addScriptToEvaluateOnNewDocument", { source });
    await open(form.public_token);
    await asked(QUESTIONS.length);
    await page.send("Page.removeScriptToEvaluateOnNewDocument", { identifier });
    const labels = () => Array.from(document.querySelectorAll("#questions > div > label, legend"), (label) => label.textContent);
    assert.deepEqual(await page.evaluate(labels), QUESTIONS.map(([{ label, required }]) => label + (required ? "" : " (optional)")));
    assert.equal(await page.evaluate(() => document.querySelectorAll("main :is(b, i)").length), 0);
    assert.deepEqual(await page.nameless(), []);
    await picture("form");
  });
  await step("what was written stays when the form has changed meanwhile", async () => {
    for (const [number, { id }] of form.questions.entries()) {
      const [, [how, ...words]] = QUESTIONS[number];
      await fill(page, `#questions > :nth-child(${number + 1})`, id, how, words);
    }
    await page.click("#agreements label:first-child span");
    await page.click("#send");
    await shows("the news", () => document.querySelector("#problem").textContent.includes("has changed"));
    // Agreements are agreed to anew.
    assert.equal(await page.evaluate(() => document.querySelectorAll("#agreements input:checked").length), 0);
    await page.click("#agreements label:first-child span");
  });
  await step("a wrong answer is told where it was given", async () => {
    const phone = form.questions[4].id;
    await page.type(`#${phone}`, "12");
    await page.click("#send");
    const blamed = () => Array.from(document.querySelectorAll(".fault:not(:empty)"), (fault) => fault.id);
    await shows("a fault", (id) => document.getElementById(id).textContent !== "", `${phone}-fault`);
    assert.deepEqual(await page.evaluate(blamed), [`${phone}-fault`]);
    assert.equal(await page.evaluate(() => document.activeElement.id), phone);
    await picture("faults");
  });
  await step("an application arrives as it was written", async () => {
    await page.type(`#${form.questions[4].id}`, "+41 44 333 44 55");
    await page.click("#send");
    const receipt = await shows("the receipt", () => document.querySelector("#receipt")?.textContent);
    assert.match(receipt, /^\w+$/);
    await picture("receipt");
    const [newest] = (await api("/v1/application-submissions?sort=-submitted_at&limit=1")).data;
    assert.equal(newest.status, "new");
    assert.deepEqual(newest.answers.map((answer) => answer.value), QUESTIONS.map(([, , value]) => value));
    assert.deepEqual(newest.agreements.map((agreement) => agreement.id), [form.agreements[0].id]);
  });
  await step("a form that is closed is not shown", async () => {
    const headers = { "If-Match": `"${form.version}"` };
    await api("/v1/application-form", { method: "PATCH", body: { is_open: false }, headers });
    // Another page first, since an address that differs behind the # alone is no new one.
    await page.open("about:blank");
    await open(form.public_token);
    await shows("that it is closed", () => document.querySelector("#title")?.textContent === "This form is not open");
    assert.equal(await page.evaluate(() => document.querySelector("#application").checkVisibility()), false);
  });
}

/** Answers one question the way its kind is answered. */
async function fill(page, block, id, how, words) {
  if (how === "type") return page.type(`#${id}`, words[0]);
  if (how === "choose") return page.choose(`#${id}`, words[0]);
  // The parts of a date are typed in the order of the browser's language.
  if (how === "set") return page.evaluate((id, day) => { document.getElementById(id).value = day; }, id, words[0]);
  for (const word of words) await page.click(`${block} label`, word);
}
