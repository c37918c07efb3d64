// Filter trees, with the operators and values that each field has.
import type { DealFields, PartnerFields } from "./generated/fields.js";
import type { FilterNode } from "./generated/types.js";

/** A field of which one can ask only whether it is there. */
export interface NullableField {
  /** Whether it is null; an empty list counts as null. */
  isNull(value?: boolean): FilterNode;
}

/** A field with one value of a few. */
export interface ChoiceField<T> extends NullableField {
  eq(value: T): FilterNode;
  /** Also met by null. */
  ne(value: T): FilterNode;
  in(values: readonly T[]): FilterNode;
  /** Also met by null. */
  notIn(values: readonly T[]): FilterNode;
}

/**
 * A number, an amount in minor units, a day, an instant or a tier. Days and instants may be durations from now, such as
 * `-P30D`.
 */
export interface OrderedField<T> extends ChoiceField<T> {
  gt(value: T): FilterNode;
  gte(value: T): FilterNode;
  lt(value: T): FilterNode;
  lte(value: T): FilterNode;
  /** Both bounds included. */
  between(from: T, to: T): FilterNode;
}

/** A text; compared without regard to case. */
export interface TextField extends ChoiceField<string> {
  contains(text: string): FilterNode;
  startsWith(text: string): FilterNode;
}

/** A field with several values. */
export interface ListField<T> extends NullableField {
  /** The same values, in any order. */
  eq(values: readonly T[]): FilterNode;
  ne(values: readonly T[]): FilterNode;
  /** At least one of these. */
  any(values: readonly T[]): FilterNode;
  /** All of these. */
  all(values: readonly T[]): FilterNode;
  /** None of these; also met by an empty list. */
  none(values: readonly T[]): FilterNode;
}

class Field {
  constructor(private readonly field: string) {}

  private leaf(op: string, value: unknown): FilterNode {
    return { op, field: this.field, value };
  }

  isNull = (value = true) => this.leaf("is_null", value);
  eq = (value: unknown) => this.leaf("eq", value);
  ne = (value: unknown) => this.leaf("ne", value);
  in = (values: unknown) => this.leaf("in", values);
  notIn = (values: unknown) => this.leaf("not_in", values);
  gt = (value: unknown) => this.leaf("gt", value);
  gte = (value: unknown) => this.leaf("gte", value);
  lt = (value: unknown) => this.leaf("lt", value);
  lte = (value: unknown) => this.leaf("lte", value);
  between = (from: unknown, to: unknown) => this.leaf("between", [from, to]);
  contains = (text: unknown) => this.leaf("contains", text);
  startsWith = (text: unknown) => this.leaf("starts_with", text);
  any = (values: unknown) => this.leaf("any", values);
  all = (values: unknown) => this.leaf("all", values);
  none = (values: unknown) => this.leaf("none", values);
}

/** A field of partners: `partnerField("fit_score").gte(70)`. */
export function partnerField<Name extends keyof PartnerFields>(name: Name): PartnerFields[Name] {
  return new Field(name) as unknown as PartnerFields[Name];
}

/** A field of deals, or of a deal's partner: `dealField("partner.tier").eq("gold")`. */
export function dealField<Name extends keyof DealFields>(name: Name): DealFields[Name] {
  return new Field(name) as unknown as DealFields[Name];
}

/** All of these hold. */
export function and(...filters: FilterNode[]): FilterNode {
  return { op: "and", filters };
}

/** At least one of these holds. */
export function or(...filters: FilterNode[]): FilterNode {
  return { op: "or", filters };
}

/** This does not hold. */
export function not(filter: FilterNode): FilterNode {
  return { op: "not", filters: [filter] };
}

/** At least so many of these hold. */
export function atLeast(count: number, ...filters: FilterNode[]): FilterNode {
  return { op: "at_least", count, filters };
}
