// The public application form: what the organization asks, whatever that is. The address ends in `#` and the form's token,
// so that the token reaches the API alone and not the server of this page.
import { ApiError, answer, open, type Schemas } from "./api.js";
import { byId, choices, element, told } from "./elements.js";

type Question = Schemas["PublicQuestion"];

/** A question on the page. */
interface Asked {
  question: Question;
  block: HTMLElement;
  fault: HTMLElement;
  /** The answer; null for none. */
  read(): unknown;
  /** Puts an answer back that was given before. */
  write(value: unknown): void;
}

const token = location.hash.slice(1);
const page = {
  form: byId("application", HTMLFormElement),
  title: byId("title", HTMLHeadingElement),
  problem: byId("problem", HTMLParagraphElement),
  questions: byId("questions", HTMLDivElement),
  agreements: byId("agreements", HTMLDivElement),
  send: byId("send", HTMLButtonElement),
};

let version = 0;
let asked: Asked[] = [];
/** What was sent last, and the key under which: a repetition after a broken connection is not a second application. */
let sent = { body: "", key: "" };

async function load(): Promise<void> {
  const form = answer(await open.GET("/v1/public/application-forms/{token}", { params: { path: { token } } }));
  const before = new Map(asked.map((one) => [one.question.id, one.read()]));
  version = form.form_version;
  asked = form.questions.map(ask);
  for (const one of asked) {
    const value = before.get(one.question.id);
    if (value !== undefined && value !== null) one.write(value);
  }
  document.title = `${form.title} – ${form.organization_name}`;
  page.title.textContent = form.title;
  byId("intro", HTMLParagraphElement).textContent = form.intro ?? "";
  const logo = form.logo_url?.startsWith("https:") ? [element("img", { src: form.logo_url, alt: "" })] : [];
  byId("whose", HTMLParagraphElement).replaceChildren(...logo, form.organization_name);
  page.questions.replaceChildren(...asked.map((one) => one.block));
  page.agreements.replaceChildren(...form.agreements.map(agreement));
  page.form.hidden = false;
}

async function send(): Promise<void> {
  const answers = asked.map((one) => ({ question_id: one.question.id, value: one.read() }));
  const given = answers.filter((one) => one.value !== null);
  const accepted = Array.from(page.agreements.querySelectorAll<HTMLInputElement>("input:checked"), (box) => box.value);
  const website_confirm = byId("website-confirm", HTMLInputElement).value || null;
  const body: Schemas["PublicSubmission"] = {
    form_version: version,
    answers: given,
    accepted_agreement_ids: accepted,
    website_confirm,
  };
  const text = JSON.stringify(body);
  if (text !== sent.body) sent = { body: text, key: crypto.randomUUID() };
  const params = { path: { token }, header: { "Idempotency-Key": sent.key } };
  for (const one of asked) clear(one);
  page.problem.textContent = "";
  page.send.disabled = true;
  try {
    const { receipt } = answer(await open.POST("/v1/public/application-forms/{token}/submissions", { params, body }));
    thank(receipt);
  } catch (error) {
    await refused(error, given.map((one) => one.question_id));
  } finally {
    page.send.disabled = false;
  }
}

function thank(receipt: string): void {
  page.form.remove();
  page.title.textContent = "Thank you!";
  const number = element("strong", { id: "receipt" }, receipt);
  byId("intro", HTMLParagraphElement).replaceChildren("We have received your application. Its number is ", number, ".");
  page.title.focus();
}

/** Says what is wrong where it is wrong; `order` are the questions as they were answered. */
async function refused(error: unknown, order: string[]): Promise<void> {
  if (!(error instanceof ApiError)) return complain(told(error));
  const { problem } = error;
  if (problem.code === "form_changed") {
    await load();
    return complain("The form has changed in the meantime. Your answers are still here: check them and send the form again.");
  }
  const elsewhere = problem.errors.filter((fault) => {
    const number = /^#\/answers\/(\d+)/.exec(fault.pointer ?? "")?.[1];
    const id = number === undefined ? fault.meta["question_id"] : order[Number(number)];
    const one = asked.find((one) => one.question.id === id);
    if (one) blame(one, fault.detail);
    return !one;
  });
  const first = asked.find((one) => one.fault.textContent !== "");
  if (first === undefined) return complain(elsewhere.map((fault) => fault.detail).join("; ") || error.message);
  page.problem.textContent = "Some answers are not valid. Correct them and send the form again.";
  first.block.querySelector<HTMLElement>("input, select, textarea")?.focus();
}

function complain(text: string): void {
  page.problem.textContent = text;
  page.problem.focus();
}

function blame(one: Asked, what: string): void {
  one.fault.textContent = `This ${what}.`;
  for (const input of one.block.querySelectorAll("input, select, textarea")) input.ariaInvalid = "true";
}

function clear(one: Asked): void {
  one.fault.textContent = "";
  for (const input of one.block.querySelectorAll("input, select, textarea")) input.ariaInvalid = "false";
}

// How questions are asked

const NONE = ["", "Please choose"] as const;

function ask(question: Question): Asked {
  const fault = element("span", { id: `${question.id}-fault`, className: "fault" });
  const help = question.help === null ? [] : [element("small", { id: `${question.id}-help` }, question.help)];
  const name = question.label + (question.required ? "" : " (optional)");
  const notes = [...help, fault].map((one) => one.id).join(" ");
  const isShort = question.type === "boolean" || (question.type === "single_select" && question.options.length <= 5);
  if (isShort || question.type === "multi_select") {
    const group = question.type === "multi_select" ? boxes(question) : circles(question);
    const block = element("fieldset", {}, element("legend", {}, name), ...help, group.list, fault);
    block.setAttribute("aria-describedby", notes);
    return { question, block, fault, read: group.read, write: group.write };
  }
  const input = single(question);
  input.id = question.id;
  input.required = question.required;
  input.setAttribute("aria-describedby", notes);
  const label = element("label", { htmlFor: question.id }, name);
  const block = element("div", { className: "question" }, label, ...help, input, fault);
  const read = () => (input.value.trim() === "" ? null : question.type === "number" ? Number(input.value) : input.value);
  return { question, block, fault, read, write: (value) => (input.value = String(value)) };
}

function single(question: Question): HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement {
  const bound = (value: unknown) => (value === null || value === undefined ? "" : String(value));
  const [min, max] = [bound(question.min), bound(question.max)];
  const length = question.max_length === null ? {} : { maxLength: question.max_length };
  switch (question.type) {
    case "long_text":
      return element("textarea", { rows: 5, ...length });
    case "single_select":
      return element("select", {}, ...choices([NONE, ...question.options.map((one) => [one.value, one.label] as const)]));
    case "country":
      return element("select", { autocomplete: "country" }, ...choices([NONE, ...countries()]));
    case "number":
      return element("input", { type: "number", step: "any", min, max });
    case "date":
      return element("input", { type: "date", min, max });
    case "email":
      return element("input", { type: "email", autocomplete: "email" });
    case "phone":
      return element("input", { type: "tel", autocomplete: "tel", placeholder: "+41443334455" });
    case "url":
      return element("input", { type: "url", placeholder: "https://" });
    // What a later version of the API asks for is better asked as text than not at all.
    default:
      return element("input", { type: "text", ...length });
  }
}

function boxes(question: Question) {
  const inputs = question.options.map(({ value }) => element("input", { type: "checkbox", value }));
  return {
    list: list(inputs, question.options.map((option) => option.label)),
    read: () => {
      const values = inputs.filter((box) => box.checked).map((box) => box.value);
      return values.length === 0 ? null : values;
    },
    write: (values: unknown) => {
      for (const box of inputs) box.checked = Array.isArray(values) && values.includes(box.value);
    },
  };
}

function circles(question: Question) {
  const truths = [{ value: "true", label: "Yes" }, { value: "false", label: "No" }];
  const options = question.type === "boolean" ? truths : question.options;
  const { id: name, required } = question;
  const inputs = options.map(({ value }) => element("input", { type: "radio", name, value, required }));
  return {
    list: list(inputs, options.map((option) => option.label)),
    read: () => {
      const value = inputs.find((circle) => circle.checked)?.value;
      if (value === undefined) return null;
      return question.type === "boolean" ? value === "true" : value;
    },
    write: (value: unknown) => {
      for (const circle of inputs) circle.checked = circle.value === String(value);
    },
  };
}

function list(inputs: HTMLInputElement[], labels: string[]): HTMLElement {
  const option = (input: HTMLInputElement, label: string) => element("label", { className: "option" }, input, label);
  return element("div", {}, ...inputs.map((input, number) => option(input, labels[number] ?? "")));
}

function agreement(one: Schemas["Agreement"]): HTMLElement {
  const box = element("input", { type: "checkbox", value: one.id, required: one.required });
  const text = element("span", {}, one.text);
  if (one.url?.startsWith("https:")) {
    const link = { href: one.url, target: "_blank", rel: "noopener noreferrer" };
    text.append(" ", element("a", link, "Read more"));
  }
  return element("label", { className: "option" }, box, text);
}

/** The countries of ISO 3166-1 by name, as the browser knows them. */
function countries(): (readonly [string, string])[] {
  const letters = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  const codes = letters.flatMap((first) => letters.map((second) => first + second));
  // Browsers also name regions that are no country of the standard; codes that were replaced canonicalise to others.
  const others = ["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"];
  const names = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
  const isCurrent = (code: string) => Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}`;
  const known = codes.filter((code) => !others.includes(code) && isCurrent(code));
  const named = known.flatMap((code) => {
    const name = names.of(code);
    return name === undefined ? [] : [[code, name] as const];
  });
  return named.sort(([, one], [, other]) => one.localeCompare(other));
}

page.form.addEventListener("submit", (event) => {
  event.preventDefault();
  void send();
});

try {
  await load();
} catch (error) {
  page.title.textContent = "This form is not open";
  const isGone = error instanceof ApiError && error.problem.status === 404;
  page.problem.textContent = isGone ? "Ask the person who sent you the link for a new one." : told(error);
}
