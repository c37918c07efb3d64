// What the field catalogue makes possible: columns, cells, and filters with the right operators and inputs, without a line
// about any particular field.
import type { Schemas } from "./api.js";
import { choices, element } from "./elements.js";

export type Field = Schemas["PartnerField"];

/** What words and amounts mean in this organization. */
export interface Meanings {
  organization: Schemas["Organization"];
  /** By kind of reference: the names of ids and keys. */
  names: Map<Schemas["FieldReference"], Map<string, string>>;
}

/** A way to filter: how the parameter ends, and how people say it. */
export interface Way {
  operator: Schemas["FilterOperator"];
  suffix: string;
  words: string;
  /** Whether several values may stand in it. */
  several: boolean;
}

const WAYS: Way[] = [
  { operator: "in", suffix: "", words: "is", several: true },
  { operator: "any", suffix: "", words: "has one of", several: true },
  { operator: "not_in", suffix: "_not", words: "is not", several: true },
  { operator: "contains", suffix: "_contains", words: "contains", several: false },
  { operator: "starts_with", suffix: "_starts_with", words: "starts with", several: false },
  { operator: "gte", suffix: "_gte", words: "is at least", several: false },
  { operator: "lte", suffix: "_lte", words: "is at most", several: false },
  { operator: "all", suffix: "_all", words: "has all of", several: true },
  { operator: "none", suffix: "_none", words: "has none of", several: true },
  { operator: "is_null", suffix: "_null", words: "is empty", several: false },
];

const NUMBERS: Schemas["FieldType"][] = ["integer", "money", "score"];
const TRUTHS = [["true", "yes"], ["false", "no"]] as const;

export function isNumber(field: Field): boolean {
  return NUMBERS.includes(field.type);
}

function isDay(field: Field): boolean {
  return field.type === "date" || field.type === "timestamp";
}

/** The ways to filter by a field that make sense on a page: none where people would have to type ids. */
export function ways(field: Field, meanings: Meanings): Way[] {
  const isId = field.type === "id" || field.type === "id_array";
  if (isId && (field.reference === null || !meanings.names.has(field.reference))) return [];
  return WAYS.filter((way) => isKnown(field, way));
}

/** Whether lists have the parameter: a field has fewer of them than operators in filter trees. */
function isKnown(field: Field, way: Way): boolean {
  return field.operators.includes(way.operator) && field.parameters.includes(field.name + way.suffix);
}

/** The field and way behind the name of a parameter. */
export function behind(parameter: string, fields: Field[]): { field: Field; way: Way } | null {
  for (const field of fields) {
    const way = WAYS.find((way) => isKnown(field, way) && field.name + way.suffix === parameter);
    if (way) return { field, way };
  }
  return null;
}

/** The input for the value of a filter. */
export function input(field: Field, way: Way, meanings: Meanings): HTMLInputElement | HTMLSelectElement {
  const pairs = way.operator === "is_null" ? TRUTHS : among(field, meanings);
  if (pairs !== null) return element("select", {}, ...choices(pairs));
  const { max_length, min, max } = field.limits;
  if (isNumber(field)) {
    // Limits of money are in minor units, but people enter major ones.
    const bounds = field.type === "money" ? { step: "any" } : { step: "1", min: `${min ?? ""}`, max: `${max ?? ""}` };
    return element("input", { type: "number", ...bounds, required: true });
  }
  return element("input", { type: isDay(field) ? "date" : "text", maxLength: max_length ?? 200, required: true });
}

/** What somebody entered, as it stands in a parameter. */
export function entered(field: Field, way: Way, text: string, meanings: Meanings): string {
  if (way.operator === "is_null") return text;
  if (field.type === "money") return `${Math.round(Number(text) * 10 ** meanings.organization.currency_exponent)}`;
  if (field.type === "timestamp") return `${text}T00:00:00Z`;
  return text.trim().replace(/[\\,]/g, "\\$&");
}

/** The values of a parameter, as people read them. */
export function read(field: Field, way: Way, parameter: string, meanings: Meanings): string {
  if (way.operator === "is_null") return parameter === "true" ? "yes" : "no";
  const values = way.several ? (parameter.match(/(?:\\[\\,]|[^,])+/g) ?? []) : [parameter];
  const plain = values.map((value) => value.replace(/\\([\\,])/g, "$1"));
  return plain.map((value) => shown(field, isNumber(field) ? Number(value) : value, meanings)).join(" or ");
}

/** The value of a field of a partner; names with a dot lead into objects. */
export function valueOf(partner: Schemas["PartnerSummary"], name: string): unknown {
  const step = (value: unknown, part: string) => (value as Record<string, unknown> | null | undefined)?.[part];
  return name.split(".").reduce<unknown>(step, partner);
}

/** A value as people read it; a dash for none. */
export function shown(field: Field, value: unknown, meanings: Meanings): string {
  if (value === null || value === undefined) return "–";
  if (Array.isArray(value)) return value.map((item) => shown(field, item, meanings)).join(", ") || "–";
  if (value === true || value === "true") return "yes";
  if (value === false || value === "false") return "no";
  if (typeof value === "number") return number(field, value, meanings.organization);
  const text = String(value);
  if (field.reference !== null) return meanings.names.get(field.reference)?.get(text) ?? text;
  if (field.type === "enum" || field.type === "enum_array") return words(text);
  if (isDay(field)) return new Date(text).toLocaleDateString(undefined, { dateStyle: "medium" });
  return text;
}

function number(field: Field, value: number, organization: Schemas["Organization"]): string {
  if (field.unit === "basis_points") return `${value / 100} %`;
  if (field.type !== "money") return value.toLocaleString();
  const { currency, currency_exponent: digits } = organization;
  const major = value / 10 ** digits;
  const fraction = { minimumFractionDigits: Number.isInteger(major) ? 0 : digits, maximumFractionDigits: digits };
  return major.toLocaleString(undefined, { style: "currency", currency, ...fraction });
}

function among(field: Field, meanings: Meanings): (readonly [string, string])[] | null {
  if (field.type === "boolean") return [...TRUTHS];
  if (field.values !== null) return field.values.map((value) => [value, words(value)]);
  const names = field.reference === null ? undefined : meanings.names.get(field.reference);
  return names === undefined ? null : [...names];
}

function words(key: string): string {
  return key.replaceAll("_", " ");
}
