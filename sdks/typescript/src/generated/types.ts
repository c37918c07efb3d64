// Generated from openapi/openapi.json by sdks/generate.py. Do not edit.
import type { FileContent, Open } from "../values.js";

/** What an acceptance leads to. */
export interface AcceptanceResult {
  /** The partner. */
  partner: Partner;
  /** The submission. */
  submission: Submission;
}

/**
 * What an API key may do. `x:write` includes `x:read`; `partners:write` does not include
 * `partners:override`.
 */
export type AccessScope = "partners:read" | "partners:write" | "partners:override" | "contacts:read" | "contacts:write" | "deals:read" | "deals:write" | "tags:read" | "tags:write" | "tiers:read" | "tiers:write" | "plans:read" | "plans:write" | "scores:read" | "scores:write" | "views:read" | "views:write" | "insights:read" | "applications:read" | "applications:write" | "imports:write" | "exports:write" | "jobs:read" | "jobs:write" | "events:read" | "members:read" | "organization:read";

/**
 * Who did it. Written into every event and override, so it stays readable when the user or key is
 * gone.
 */
export interface Actor {
  type: Open<ActorType>;
  /** `usr_` or `key_` id; null for the system. */
  id: string | null;
  /** The name at the time of the act. */
  name: string;
  /** Through what; null when the actor did it in a request. */
  via: Open<ActorVia> | null;
}

/** What kind of writer an actor is. */
export type ActorType = "user" | "api_key" | "system";

/** By which way an actor acts. */
export type ActorVia = "job";

/** One group: the values that make it, and its numbers. */
export interface AggregateGroup {
  /** By field of `group_by`; null stands for no value. */
  keys: Record<string, unknown>;
  /** By metric: `count`, `sum_revenue`. */
  values: Record<string, unknown>;
}

/** One number to compute for each group. */
export interface AggregateMetric {
  /** What to compute. */
  op: AggregateOperator;
  /** Of which field; `count` needs none. */
  field?: string | null;
}

/** What a metric computes. */
export type AggregateOperator = "count" | "sum" | "avg" | "min" | "max";

/** What to count, over which partners. */
export interface AggregateRequest {
  /** Which partners; null for all. */
  filter?: FilterNode | null;
  /** Search in name, domain and description. */
  q?: string | null;
  /** A saved view whose filter and search are ANDed with the others. */
  view_id?: ViewId | null;
  /** Fields whose values make the groups; none for one group of all. */
  group_by?: string[];
  /** What to compute; a count unless given. */
  metrics?: AggregateMetric[];
}

/** Counts and sums. */
export interface AggregateResult {
  /** The currency of every amount. */
  currency: string;
  /** The groups, largest first; at most 500. */
  groups: AggregateGroup[];
  /** Whether there are more groups than these. */
  truncated: boolean;
}

/** Something to agree to. */
export interface Agreement {
  /** The id; given by the server, kept when the agreement is edited. */
  id: AgreementId;
  /** What is agreed to. Submissions record the SHA-256 of it. */
  text: string;
  /** Where more is to be read; https. */
  url: string | null;
  /** Whether nobody can apply without it. */
  required: boolean;
}

/** An id: `agr_` and 26 base32 characters of a UUIDv7. */
export type AgreementId = string;

/** An agreement as it is saved: with the id of one that is there, or without for a new one. */
export interface AgreementUpdate {
  /** The id; given by the server, kept when the agreement is edited. */
  id?: AgreementId;
  /** What is agreed to. Submissions record the SHA-256 of it. */
  text: string;
  /** Where more is to be read; https. */
  url?: string | null;
  /** Whether nobody can apply without it. */
  required?: boolean;
}

/** Any JSON value. */
export type AnyValue = unknown;

/** An API key, without its secret. */
export interface ApiKey {
  /** The id. */
  id: ApiKeyId;
  /** Rises with every change; also the ETag. */
  version: number;
  /** When it was created. */
  created_at: Timestamp;
  /** When it last changed. */
  updated_at: Timestamp;
  /** What it is for; the name of the actor in events. */
  name: string;
  /** How the secret begins, to tell keys apart. */
  prefix: string;
  /** What it may do. */
  scopes: Open<AccessScope>[];
  /**
   * How it writes partner fields unless a request says otherwise. `manual` needs the scope
   * `partners:override`.
   */
  default_write_mode: Open<WriteMode>;
  /** From where it may be used; from everywhere when empty. */
  allowed_cidrs: string[];
  /** When it stops working; never when null. */
  expires_at: Timestamp | null;
  /** When it was last used, to the minute. */
  last_used_at: Timestamp | null;
  /** Who created it. */
  created_by: Actor;
  /** When it was revoked. */
  revoked_at: Timestamp | null;
}

/** A new API key. */
export interface ApiKeyCreate {
  /** What it is for; the name of the actor in events. */
  name: string;
  /** What it may do. */
  scopes: AccessScope[];
  /**
   * How it writes partner fields unless a request says otherwise. `manual` needs the scope
   * `partners:override`.
   */
  default_write_mode?: WriteMode;
  /** From where it may be used; from everywhere when empty. */
  allowed_cidrs?: string[];
  /** When it stops working; never when null. */
  expires_at?: Timestamp | null;
}

/** An id: `key_` and 26 base32 characters of a UUIDv7. */
export type ApiKeyId = string;

/** One page of ApiKey rows. */
export interface ApiKeyPage {
  /** The rows of this page. */
  data: ApiKey[];
  /** Send it as `cursor` for the next page; null on the last one. */
  next_cursor: string | null;
  /** Exact count of all rows; only with `include=total_count`, else null. */
  total_count: number | null;
}

/** How a key is replaced by a new one. */
export interface ApiKeyRotation {
  /** For how many seconds the old key still works. */
  overlap_seconds: number;
}

/** What may change about an API key. What is absent stays. */
export interface ApiKeyUpdate {
  /** What it is for; the name of the actor in events. */
  name?: string;
  /** What it may do. */
  scopes?: AccessScope[];
  /**
   * How it writes partner fields unless a request says otherwise. `manual` needs the scope
   * `partners:override`.
   */
  default_write_mode?: WriteMode;
  /** From where it may be used; from everywhere when empty. */
  allowed_cidrs?: string[];
  /** When it stops working; never when null. */
  expires_at?: Timestamp | null;
}

/** A new key with its secret, which is shown this once. */
export interface ApiKeyWithSecret {
  /** The key. */
  api_key: ApiKey;
  /** Send it as `Authorization: Bearer ...`. It cannot be shown again. */
  secret: string;
}

/** Who applied, out of the answers. */
export interface Applicant {
  /** The person's name. */
  name: string | null;
  /** The person's e-mail address. */
  email: string | null;
  /** The company's name. */
  company: string | null;
}

/** One version of the organization's application form. */
export interface ApplicationForm {
  /** Rises with every change; also the ETag, and the `form_version` of submissions. */
  version: number;
  /** When the organization got its form. */
  created_at: Timestamp;
  /** When this version was made. */
  updated_at: Timestamp;
  /** The title. */
  title: string;
  /** What stands above the questions. */
  intro: string | null;
  /** Whether the public link shows it and takes submissions. What is saved is live at once. */
  is_open: boolean;
  /** The secret of the public link; replaced by `POST /application-form/public-token-rotations`. */
  public_token: string;
  /** The questions, in the order in which they are shown. */
  questions: Question[];
  /** What is to be agreed to, in the order in which it is shown. */
  agreements: Agreement[];
  /** How many submissions there are, spam included. */
  submission_count: number;
}

/**
 * The new form: what is absent stays; questions and agreements are replaced whole, and their order
 * is the order shown.
 */
export interface ApplicationFormUpdate {
  /** The title. */
  title?: string;
  /** What stands above the questions. */
  intro?: string | null;
  /** Whether the public link shows it and takes submissions. What is saved is live at once. */
  is_open?: boolean;
  /** The questions, in the order in which they are shown. */
  questions?: QuestionUpdate[];
  /** What is to be agreed to, in the order in which it is shown. */
  agreements?: AgreementUpdate[];
}

/** Targets against what was won. */
export interface AttainmentInsight {
  /** The fiscal year, by the calendar year in which it ends. */
  fiscal_year: number;
  /** The currency of every amount. */
  currency: string;
  /** All partners together. */
  total: AttainmentRow;
  /** The five that attained most of their target, best first. */
  top: AttainmentRow[];
  /** The five that attained least of it, worst first. */
  bottom: AttainmentRow[];
  /** The partners of this page, by name. */
  data: AttainmentRow[];
  /** Send it as `cursor` for the next page; null on the last one. */
  next_cursor: string | null;
  /** Exact count of all partners; only with `include=total_count`, else null. */
  total_count: number | null;
}

/** Target and won revenue of a fiscal year: of one partner, or of all. */
export interface AttainmentRow {
  /** The partner; null in the total. */
  partner_id: PartnerId | null;
  /** Its name; null in the total. */
  name: string | null;
  /** The target for a year, in minor units; null without one. */
  target: number | null;
  /** The target of each quarter. */
  quarterly_targets: QuarterlyAmounts | null;
  /** Won in the fiscal year, in minor units. */
  won_revenue: number;
  /** Won in each quarter. */
  quarterly_revenue: QuarterlyAmounts;
  /** Won against the target, in basis points; null without a target. */
  attainment_bp: number | null;
}

/** A person at a partner. */
export interface Contact {
  /** The id. */
  id: ContactId;
  /** Rises with every change; also the ETag. */
  version: number;
  /** When it was created. */
  created_at: Timestamp;
  /** When it last changed. */
  updated_at: Timestamp;
  /** The partner. */
  partner_id: PartnerId;
  /** The name. */
  name: string;
  /** The e-mail address; unique within the partner. */
  email: string | null;
  /** The phone number, E.164. */
  phone: string | null;
  /** The job title. */
  title: string | null;
  /** Whether it is the partner's primary contact. */
  is_primary: boolean;
  /** What colleagues should know. */
  notes: string | null;
}

/** A new contact. */
export interface ContactCreate {
  /** The partner. */
  partner_id: PartnerId;
  /** The name. */
  name: string;
  /** The e-mail address; unique within the partner. */
  email?: string | null;
  /** The phone number, E.164. */
  phone?: string | null;
  /** The job title. */
  title?: string | null;
  /** What colleagues should know. */
  notes?: string | null;
  /** Whether it becomes the partner's primary contact. */
  make_primary?: boolean;
}

/** An id: `ctc_` and 26 base32 characters of a UUIDv7. */
export type ContactId = string;

/** One page of Contact rows. */
export interface ContactPage {
  /** The rows of this page. */
  data: Contact[];
  /** Send it as `cursor` for the next page; null on the last one. */
  next_cursor: string | null;
  /** Exact count of all rows; only with `include=total_count`, else null. */
  total_count: number | null;
  /**
   * The highest event `sequence` below which nothing can still appear: after the last page, send it
   * as `changed_after` to go on. Only with `changed_after`, else null.
   */
  last_sequence: number | null;
  /**
   * The ids of rows that are gone for good, in the order of their changes among the rows of this
   * page. Only with `changed_after` and `include=deleted`, else empty.
   */
  erased_ids: string[];
}

/**
 * An edit of a contact: absent keeps, null clears. With another partner it moves there and is
 * primary no more.
 */
export interface ContactUpdate {
  /** The partner. */
  partner_id?: PartnerId;
  /** The name. */
  name?: string;
  /** The e-mail address; unique within the partner. */
  email?: string | null;
  /** The phone number, E.164. */
  phone?: string | null;
  /** The job title. */
  title?: string | null;
  /** What colleagues should know. */
  notes?: string | null;
}

/** What kind of credential is asking. */
export type CredentialKind = "user" | "api_key";

/** How many decimal digits the minor unit of a currency stands for. */
export type CurrencyExponent = number;

/** A deal registration. */
export interface Deal {
  /** The partner who registered it. */
  partner_id: PartnerId;
  /** The integrator's own id; unique within the organization. */
  external_id: string | null;
  /** What it is about. */
  name: string;
  /** The company that would buy. */
  account_name: string;
  /**
   * The domain of that company, normalised. Deals with an equal domain or an equal normalised name
   * are for one account.
   */
  account_domain: string | null;
  /** Where it stands. Closing needs `closed_on`; only the daily job makes a deal `expired`. */
  status: Open<DealStatus>;
  /** Where the sale stands, in the organization's own words. */
  stage: string | null;
  /** What is sold. */
  motion: Open<DealMotion>;
  /** What it is worth, in minor units. */
  value: number;
  /** When it was registered; today unless given. */
  registered_on: string;
  /** When it is expected to close. */
  expected_close_on: string | null;
  /** The first day on which an approved deal is protected no more. */
  expires_on: string | null;
  /** When it was won or lost; not before `registered_on`. */
  closed_on: string | null;
  /** Why it was lost. */
  lost_reason: string | null;
  /** Why it was rejected. */
  rejection_reason: DealRejectionReason;
  /** Who approved or rejected it last. */
  decided_by: Actor | null;
  /** When it was approved or rejected last. */
  decided_at: Timestamp | null;
  /** The member who looks after it. */
  owner_id: MemberId | null;
  /** What colleagues should know. */
  notes: string | null;
  /** The id. */
  id: DealId;
  /** Rises with every change; also the ETag. */
  version: number;
  /** When it was created. */
  created_at: Timestamp;
  /** When it last changed. */
  updated_at: Timestamp;
  /** When it was deleted; it can be restored for 30 days. */
  deleted_at: Timestamp | null;
  /** The currency of its value: the organization's. */
  currency: string;
}

/** The approval of a deal. */
export interface DealApproval {
  /**
   * The first day on which it is protected no more; a later one than today. The organization's
   * `deal_protection_days` from today unless given.
   */
  expires_on?: string | null;
  /** Whether another partner may have an approved deal for the same account. */
  allow_conflict?: boolean;
}

/** Many writes of deals. */
export interface DealBatch {
  /** What to do, in this order. */
  operations: DealBatchOperation[];
  /** Whether the failure of one undoes them all. */
  atomic?: boolean;
}

/** What an operation of a batch does. */
export type DealBatchAction = "create" | "update" | "upsert" | "delete";

/** The values of a deal in a batch; a new one needs `partner_id`, `name` and `account_name`. */
export interface DealBatchData {
  /** The partner who registered it. */
  partner_id?: PartnerId;
  /** The integrator's own id; unique within the organization. */
  external_id?: string | null;
  /** What it is about. */
  name?: string;
  /** The company that would buy. */
  account_name?: string;
  /**
   * The domain of that company, normalised. Deals with an equal domain or an equal normalised name
   * are for one account.
   */
  account_domain?: string | null;
  /** Where it stands. Closing needs `closed_on`; only the daily job makes a deal `expired`. */
  status?: DealStatus;
  /** Where the sale stands, in the organization's own words. */
  stage?: string | null;
  /** What is sold. */
  motion?: DealMotion;
  /** What it is worth, in minor units. */
  value?: number;
  /** When it was registered; today unless given. */
  registered_on?: string;
  /** When it is expected to close. */
  expected_close_on?: string | null;
  /** The first day on which an approved deal is protected no more. */
  expires_on?: string | null;
  /** When it was won or lost; not before `registered_on`. */
  closed_on?: string | null;
  /** Why it was lost. */
  lost_reason?: string | null;
  /** Why it was rejected. */
  rejection_reason?: DealRejectionReason;
  /** The member who looks after it. */
  owner_id?: MemberId | null;
  /** What colleagues should know. */
  notes?: string | null;
  /**
   * Whether it may be approved although another partner has an approved deal for the same account.
   */
  allow_conflict?: boolean;
  /** The currency of its value: the organization's. */
  currency?: string;
}

/** What became of one operation. */
export interface DealBatchItem {
  /** The place of the operation in the request, from 0. */
  index: number;
  /**
   * The status that the operation would have had alone; 424 when another one failed and all were
   * undone.
   */
  status: number;
  /** The deal after the operation; null when it failed or deleted. */
  deal: Deal | null;
  /** Always empty: fields of deals are not overridden. */
  skipped_fields: string[];
  /** Why it failed, as the operation would have answered it alone; null when it did not. */
  problem: Problem | null;
}

/** By what an operation of a batch finds its deal. */
export type DealBatchMatch = "id" | "external_id";

/** One operation of a batch. */
export interface DealBatchOperation {
  /** What to do. */
  action: DealBatchAction;
  /** The deal, when it is matched by id. */
  id?: DealId | null;
  /** By what the deal is found; the id unless given. */
  match?: DealBatchMatch | null;
  /** The version that the deal must have. */
  version?: number | null;
  /** Its values. What is wrong with them is the problem of this operation alone. */
  data?: DealBatchData | null;
}

/** What became of a batch. */
export interface DealBatchResult {
  /** One result for every operation, in their order. */
  results: DealBatchItem[];
  /** How many were done. */
  succeeded: number;
  /** How many were not. */
  failed: number;
}

/** Another partner's approved deal for the same account, or for one that may be the same. */
export interface DealConflict {
  /** How alike the accounts are. The same ones refuse an approval, similar ones do not. */
  match: Open<DealConflictMatch>;
  /** Why, for people. */
  reason: string;
  /** The other deal. */
  deal: Deal;
}

/** How alike the accounts of two deals are. */
export type DealConflictMatch = "same" | "similar";

/** One page of DealConflict rows. */
export interface DealConflictPage {
  /** The rows of this page. */
  data: DealConflict[];
  /** Send it as `cursor` for the next page; null on the last one. */
  next_cursor: string | null;
  /** Exact count of all rows; only with `include=total_count`, else null. */
  total_count: number | null;
}

/**
 * A new deal. Registered by a person it is `approved` unless the body says otherwise, by an API key
 * `submitted`.
 */
export interface DealCreate {
  /** The partner who registered it. */
  partner_id: PartnerId;
  /** The integrator's own id; unique within the organization. */
  external_id?: string | null;
  /** What it is about. */
  name: string;
  /** The company that would buy. */
  account_name: string;
  /**
   * The domain of that company, normalised. Deals with an equal domain or an equal normalised name
   * are for one account.
   */
  account_domain?: string | null;
  /** Where it stands. Closing needs `closed_on`; only the daily job makes a deal `expired`. */
  status?: DealStatus;
  /** Where the sale stands, in the organization's own words. */
  stage?: string | null;
  /** What is sold. */
  motion?: DealMotion;
  /** What it is worth, in minor units. */
  value?: number;
  /** When it was registered; today unless given. */
  registered_on?: string;
  /** When it is expected to close. */
  expected_close_on?: string | null;
  /** The first day on which an approved deal is protected no more. */
  expires_on?: string | null;
  /** When it was won or lost; not before `registered_on`. */
  closed_on?: string | null;
  /** Why it was lost. */
  lost_reason?: string | null;
  /** Why it was rejected. */
  rejection_reason?: DealRejectionReason;
  /** The member who looks after it. */
  owner_id?: MemberId | null;
  /** What colleagues should know. */
  notes?: string | null;
  /**
   * Whether it may be approved although another partner has an approved deal for the same account.
   */
  allow_conflict?: boolean;
}

/** An id: `deal_` and 26 base32 characters of a UUIDv7. */
export type DealId = string;

/** What is sold. */
export type DealMotion = "service" | "product" | "other";

/** One page of Deal rows. */
export interface DealPage {
  /** The rows of this page. */
  data: Deal[];
  /** Send it as `cursor` for the next page; null on the last one. */
  next_cursor: string | null;
  /** Exact count of all rows; only with `include=total_count`, else null. */
  total_count: number | null;
  /**
   * The highest event `sequence` below which nothing can still appear: after the last page, send it
   * as `changed_after` to go on. Only with `changed_after`, else null.
   */
  last_sequence: number | null;
  /**
   * The ids of rows that are gone for good, in the order of their changes among the rows of this
   * page. Only with `changed_after` and `include=deleted`, else empty.
   */
  erased_ids: string[];
}

/** Which deals, in which order. Filters may name fields of the partner, `partner.tier`. */
export interface DealQuery {
  /** Which rows; null for all. */
  filter?: FilterNode | null;
  /** Search in name, domain and description: prefixes, parts of words, with typing errors. */
  q?: string | null;
  /**
   * A saved view whose filter and search are ANDed with the others; its sort holds unless `sort` is
   * given.
   */
  view_id?: ViewId | null;
  /** Fields to sort by, `-` in front for descending; nulls last. */
  sort?: string[];
  /** Rows of a page; 50 unless given. */
  limit?: number | null;
  /** `next_cursor` of the page before. */
  cursor?: string | null;
  /** What to add. */
  include?: ListInclude[];
  /**
   * Only rows whose last change has a higher event `sequence` than this, in the order of their
   * changes: send the `last_sequence` of an earlier walk. Cannot be combined with `sort` and `q`.
   */
  changed_after?: number | null;
}

/** The rejection of a deal. */
export interface DealRejection {
  /** Why it is rejected. */
  reason?: DealRejectionReason;
}

/** Why a deal is rejected; null when no reason is given. */
export type DealRejectionReason = string | null;

/** Where a deal stands. */
export type DealStatus = "submitted" | "under_review" | "approved" | "rejected" | "expired" | "won" | "lost";

/** An edit of a deal: absent keeps, null clears. With another partner it moves there. */
export interface DealUpdate {
  /** The partner who registered it. */
  partner_id?: PartnerId;
  /** The integrator's own id; unique within the organization. */
  external_id?: string | null;
  /** What it is about. */
  name?: string;
  /** The company that would buy. */
  account_name?: string;
  /**
   * The domain of that company, normalised. Deals with an equal domain or an equal normalised name
   * are for one account.
   */
  account_domain?: string | null;
  /** Where it stands. Closing needs `closed_on`; only the daily job makes a deal `expired`. */
  status?: DealStatus;
  /** Where the sale stands, in the organization's own words. */
  stage?: string | null;
  /** What is sold. */
  motion?: DealMotion;
  /** What it is worth, in minor units. */
  value?: number;
  /** When it was registered; today unless given. */
  registered_on?: string;
  /** When it is expected to close. */
  expected_close_on?: string | null;
  /** The first day on which an approved deal is protected no more. */
  expires_on?: string | null;
  /** When it was won or lost; not before `registered_on`. */
  closed_on?: string | null;
  /** Why it was lost. */
  lost_reason?: string | null;
  /** Why it was rejected. */
  rejection_reason?: DealRejectionReason;
  /** The member who looks after it. */
  owner_id?: MemberId | null;
  /** What colleagues should know. */
  notes?: string | null;
  /**
   * Whether it may be approved although another partner has an approved deal for the same account.
   */
  allow_conflict?: boolean;
}

/** Which partners to enrich: those selected in one way. */
export interface EnrichmentRequest {
  /** These partners. */
  partner_ids?: PartnerId[] | null;
  /** The partners that it finds. */
  filter?: FilterNode | null;
  /** The partners that a saved view finds. */
  view_id?: ViewId | null;
  /** Ask the sources anew, whatever they said in the last seven days. */
  force?: boolean;
}

/** One entry of the log. */
export interface Event {
  id: EventId;
  /**
   * Rises per organization in the order of commits: whoever has read up to n has missed nothing
   * before n.
   */
  sequence: number;
  /** The type of the event, see `GET /event-types`. */
  type: string;
  /** When it was written. */
  timestamp: Timestamp;
  /** Who did it. */
  actor: Actor;
  /** What it is about. */
  subject: Subject;
  /** What changed, by type of event. */
  data: EventData;
  /** The request that caused it. */
  request_id: string;
}

/** What changed: `changes` by field with `from` and `to`, and facts by type of event. */
export type EventData = Record<string, unknown>;

/** An id: `evt_` and 26 base32 characters of a UUIDv7. */
export type EventId = string;

/** In which order events are listed. */
export type EventOrder = "asc" | "desc";

/** One page of Event rows. */
export interface EventPage {
  /** The rows of this page. */
  data: Event[];
  /** Send it as `cursor` for the next page; null on the last one. */
  next_cursor: string | null;
  /** Exact count of all rows; only with `include=total_count`, else null. */
  total_count: number | null;
  /**
   * The highest `sequence` below which nothing can still appear, whatever the conditions of this
   * list. After the last page of an ascending list, go on from it with `sequence_gt`.
   */
  last_sequence: number;
}

/** A JSON Schema (2020-12). */
export type EventSchema = Record<string, unknown>;

/** One row of `GET /event-types`. */
export interface EventType {
  /** The name, as it stands in an event's `type`. */
  type: string;
  /** The group it belongs to. */
  group: string;
  /** When it is sent. */
  description: string;
  /** A JSON Schema of the event's `data`. */
  schema: EventSchema;
}

/** One page of EventType rows. */
export interface EventTypePage {
  /** The rows of this page. */
  data: EventType[];
  /** Send it as `cursor` for the next page; null on the last one. */
  next_cursor: string | null;
  /** Exact count of all rows; only with `include=total_count`, else null. */
  total_count: number | null;
}

/** How it is written down. */
export type ExportFormat = "csv" | "jsonl";

/** What is exported. */
export type ExportObject = "partner" | "contact" | "deal";

/** What to export. */
export interface ExportRequest {
  /** Which kind of records. */
  object: ExportObject;
  /** Which of them; null for all. */
  filter?: FilterNode | null;
  /**
   * A saved view: its filter and search are ANDed with `filter`, its columns hold unless `columns`
   * are given.
   */
  view_id?: ViewId | null;
  /** Which fields, in this order; those of the view, else all in display order when absent. */
  columns?: string[] | null;
  /** How it is written down. */
  format: ExportFormat;
}

/** One fault and its place: exactly one of `pointer`, `parameter` and `header` is not null. */
export interface Fault {
  /** The stable word for programs; new ones may come. */
  code: string;
  /** A sentence for people. */
  detail: string;
  /** A JSON Pointer fragment into the body. */
  pointer: string | null;
  /** The query or path parameter. */
  parameter: string | null;
  /** The request header. */
  header: string | null;
  /** Facts for programs, by code. */
  meta: Record<string, unknown>;
}

/**
 * Who may write a field. `profile` and `relation`: people and automation. `computed`: calculated
 * from deals; people may override it. `ai`: scoring. `system`: the system. `user_only`: people,
 * never automation.
 */
export type FieldClass = "profile" | "computed" | "ai" | "system" | "relation" | "user_only";

/** The limits of a field; what is null has no limit. */
export interface FieldLimits {
  /** Lowest number. */
  min: number | null;
  /** Highest number. */
  max: number | null;
  /** Longest text in characters; of each item of an array. */
  max_length: number | null;
  /** Most items of an array. */
  max_items: number | null;
}

/** One field that people decided, with what automation would have written. */
export interface FieldOverride {
  /** The field. */
  field: string;
  /** Its value. */
  value: AnyValue;
  /** What automation would have written last; null also when it would have written null. */
  pending_value: AnyValue;
  /** Whether there is a pending value. */
  has_pending_value: boolean;
  /** Who decided. */
  actor: Actor;
  /** When the field was first marked. */
  overridden_at: Timestamp;
}

/** One page of FieldOverride rows. */
export interface FieldOverridePage {
  /** The rows of this page. */
  data: FieldOverride[];
  /** Send it as `cursor` for the next page; null on the last one. */
  next_cursor: string | null;
  /** Exact count of all rows; only with `include=total_count`, else null. */
  total_count: number | null;
}

/** What a field refers to. */
export type FieldReference = "tag" | "tier" | "member" | "contact" | "deal";

/** What kind of values a field holds. */
export type FieldType = "text" | "integer" | "money" | "score" | "boolean" | "enum" | "date" | "timestamp" | "domain" | "id" | "text_array" | "enum_array" | "id_array" | "object";

/**
 * A condition. A group (`and`, `or`, `not`, `at_least`) has `filters` (and `at_least` a `count`); a
 * leaf has `field` and `value`. At most 5 levels, 100 nodes, and 1,000 nodes and values together.
 * Properties that `op` does not use may be null.
 */
export interface FilterNode {
  /**
   * One of eq, ne, in, not_in, is_null, gt, gte, lt, lte, between, contains, starts_with, any, all,
   * none, and, or, not, at_least.
   */
  op: string;
  /** The field of a leaf; members of objects with a dot. */
  field?: string | null;
  /**
   * What a leaf compares with: one value; a list for `in`, `not_in`, `any`, `all`, `none`; two
   * values for `between`; a boolean for `is_null`. Times may be durations before now, `-P30D`.
   */
  value?: unknown;
  /** How many members of `at_least` must hold. */
  count?: number | null;
  /** The members of a group. */
  filters?: FilterNode[] | null;
}

/** How a filter leaf compares. */
export type FilterOperator = "eq" | "ne" | "in" | "not_in" | "is_null" | "gt" | "gte" | "lt" | "lte" | "between" | "contains" | "starts_with" | "any" | "all" | "none";

/** One of the four C's. */
export type FitDimension = "capacity" | "capability" | "commitment" | "customer_alignment";

/** The field of the partner or of its contact that an answer feeds. */
export type FormMapping = "partner.name" | "partner.domain" | "partner.industry" | "partner.description" | "partner.employees" | "partner.company_revenue" | "partner.regions" | "partner.languages" | "partner.services" | "partner.products" | "partner.type" | "partner.subtype" | "partner.category" | "contact.name" | "contact.email" | "contact.phone" | "contact.title";

/** The four dimensions of fit, each 0 to 100. */
export interface FourCBreakdown {
  /** Can they deliver at scale? */
  capacity: number;
  /** Do they have what we need? */
  capability: number;
  /** Do they act? */
  commitment: number;
  /** Do they reach our customers? */
  customer_alignment: number;
}

/** How much each of the four C's counts, in basis points; together 10000. */
export interface FourCWeights {
  /** Can they deliver at scale? */
  capacity: number;
  /** Do they have what we need? */
  capability: number;
  /** Do they act? */
  commitment: number;
  /** Do they reach our customers? */
  customer_alignment: number;
}

/**
 * A change of the weights: dimensions that are absent keep theirs. All four must add up to 10000
 * afterwards.
 */
export interface FourCWeightsUpdate {
  /** Can they deliver at scale? */
  capacity?: number;
  /** Do they have what we need? */
  capability?: number;
  /** Do they act? */
  commitment?: number;
  /** Do they reach our customers? */
  customer_alignment?: number;
}

/** A condition that a partner is judged by. */
export interface IdealPartnerCriterion {
  /** Its word for programs, unique within the profile; evidence names it. */
  key: string;
  /** A sentence about a partner that meets it. */
  label: string;
  /** Which of the four C's it is about. */
  dimension: Open<FitDimension>;
  /** How much it counts among the criteria of its dimension. */
  weight: number;
  /** What a partner must be to meet it. Every field but the scores themselves may be named. */
  filter: FilterNode;
}

/** Whom the organization looks for: the criteria of fit and their weights. */
export interface IdealPartnerProfile {
  /** Rises with every change; also the ETag. */
  version: number;
  /** When it was created. */
  created_at: Timestamp;
  /** When it last changed. */
  updated_at: Timestamp;
  /** How much each of the four C's counts. */
  weights: FourCWeights;
  /** What partners are judged by, in the order of the evidence. */
  criteria: IdealPartnerCriterion[];
  /** The ideal partner in words, for the language model. */
  narrative: string | null;
}

/** The new profile: what is absent stays. */
export interface IdealPartnerProfileUpdate {
  /** How much each of the four C's counts. */
  weights?: FourCWeightsUpdate;
  /** What partners are judged by, in the order of the evidence. */
  criteria?: IdealPartnerCriterion[];
  /** The ideal partner in words, for the language model. */
  narrative?: string | null;
}

/** In which order dates are written. */
export type ImportDateFormat = "ymd" | "dmy" | "mdy";

/** Which character stands before decimals. */
export type ImportDecimal = "point" | "comma";

/** Values of fields for rows that do not bring one. */
export type ImportDefaults = Record<string, unknown>;

/**
 * How the bytes of a file are read: an encoding of the WHATWG Encoding Standard, by its name in
 * lower case.
 */
export type ImportEncoding = string;

/** The form of an import, for the document. */
export interface ImportForm {
  /** The file: CSV, a JSON array, or JSON lines; at most 25 MiB. */
  file: FileContent;
  /** How it is read, as JSON. */
  options: ImportOptions;
}

/** An option that was left open, and what the file says about it. */
export interface ImportGuess {
  /** The option. */
  option: string;
  /** What it is taken for; null where nothing decides. */
  value: AnyValue;
  /** Why, for people. */
  reason: string;
}

/**
 * Which column feeds which field. Beside the fields of the record a column may feed `id`, for
 * `match: id`. The row of a partner may also have a contact (`contact_name`, or
 * `contact_first_name` and `contact_last_name`; `contact_email`, `contact_phone`, `contact_title`),
 * which is created or updated, and the e-mail address of a member as its manager
 * (`partner_manager_email`). The name of a contact may come as `first_name` and `last_name`.
 */
export type ImportMapping = Record<string, string>;

/** How a row finds the partner that it is about. */
export type ImportMatch = "domain" | "external_id" | "id" | "none";

/** What amounts of money count. */
export type ImportMoneyUnit = "minor" | "major";

/** What the rows of the file are. */
export type ImportObject = "partner" | "contact" | "deal";

/** What becomes of a row whose key stood in an earlier row of the file. */
export type ImportOnDuplicateRow = "skip" | "update";

/** What becomes of a row that matches. */
export type ImportOnMatch = "update" | "skip";

/** What becomes of a row that matches a partner by domain and gives it another name. */
export type ImportOnNameDiffers = "skip" | "update";

/** How a file is imported. */
export interface ImportOptions {
  /** What the rows are. */
  object: ImportObject;
  /** Which column feeds which field; guessed from the headers when absent. */
  mapping?: ImportMapping | null;
  /**
   * How a row finds the record that it is about; `domain` when absent. Unless by `id`, contacts are
   * found by e-mail address or name, deals by external id, or where the row has none by partner,
   * account and name.
   */
  match?: ImportMatch;
  /** What becomes of a row that matches; `update` when absent. */
  on_match?: ImportOnMatch;
  /**
   * What becomes of a row that matches a partner by domain and gives it another name; `skip` when
   * absent.
   */
  on_name_differs?: ImportOnNameDiffers;
  /** What becomes of a second row for the same partner, contact or deal; `skip` when absent. */
  on_duplicate_row?: ImportOnDuplicateRow;
  /**
   * What amounts count: `major` when absent for CSV, `minor` for JSON. A header such as
   * `company_revenue (minor)`, as our own exports write it, holds for its column whatever is said
   * here.
   */
  money_unit?: ImportMoneyUnit | null;
  /**
   * The line of a CSV file on which the header stands, counted from 1; 0 when there is none and
   * columns are called `Column 1`, `Column 2` and so on. Guessed when absent.
   */
  header_row?: number | null;
  /**
   * How the bytes of the file are read: a label of the WHATWG Encoding Standard, such as `utf-8`,
   * `windows-1252`, `windows-1251`, `shift_jis` or `gbk`. Guessed when absent; a byte order mark
   * holds in any case.
   */
  encoding?: string | null;
  /**
   * In which order dates are written where they do not begin with the year. Guessed from the file
   * when absent; dates that remain in doubt are not read.
   */
  date_format?: ImportDateFormat | null;
  /**
   * Which character stands before decimals. Guessed from the file when absent; numbers that remain
   * in doubt are not read.
   */
  decimal?: ImportDecimal | null;
  /** For deals: whether rows may break channel conflict. */
  allow_conflict?: boolean | null;
  /** Only tell what would happen. */
  dry_run?: boolean;
  /** Values for new records whose row brings none. */
  defaults?: ImportDefaults | null;
}

/** What a file holds, before anything is written. */
export interface ImportPreview {
  /** What its rows are. */
  object: Open<ImportObject>;
  /** Its columns in their order. */
  columns: ImportPreviewColumn[];
  /** Its first rows, at most 20. */
  rows: ImportPreviewRow[];
  /** How many rows it has; empty ones are not counted. */
  row_count: number;
  /** How its bytes are read. */
  encoding: ImportEncoding;
  /** What separates its cells; null for JSON. */
  separator: string | null;
  /** The options that were left open: what each is taken for, and why. */
  guesses: ImportGuess[];
}

/** A column of the file. */
export interface ImportPreviewColumn {
  /** Its header. */
  name: string;
  /** The field that it feeds: as the mapping says, or as it is guessed. */
  suggested_field: string | null;
  /** Some of its values. */
  samples: string[];
}

/** The form of a preview, for the document. */
export interface ImportPreviewForm {
  /** The file: CSV, a JSON array, or JSON lines; at most 25 MiB. */
  file: FileContent;
  /** How it is read, as JSON; everything is guessed when absent. */
  options?: ImportPreviewOptions;
}

/**
 * How a file is read: the options of an import, all of them optional. What is absent is guessed.
 */
export interface ImportPreviewOptions {
  /** What the rows are. */
  object?: ImportObject;
  /** Which column feeds which field; guessed from the headers when absent. */
  mapping?: ImportMapping | null;
  /**
   * How a row finds the record that it is about; `domain` when absent. Unless by `id`, contacts are
   * found by e-mail address or name, deals by external id, or where the row has none by partner,
   * account and name.
   */
  match?: ImportMatch;
  /** What becomes of a row that matches; `update` when absent. */
  on_match?: ImportOnMatch;
  /**
   * What becomes of a row that matches a partner by domain and gives it another name; `skip` when
   * absent.
   */
  on_name_differs?: ImportOnNameDiffers;
  /** What becomes of a second row for the same partner, contact or deal; `skip` when absent. */
  on_duplicate_row?: ImportOnDuplicateRow;
  /**
   * What amounts count: `major` when absent for CSV, `minor` for JSON. A header such as
   * `company_revenue (minor)`, as our own exports write it, holds for its column whatever is said
   * here.
   */
  money_unit?: ImportMoneyUnit | null;
  /**
   * The line of a CSV file on which the header stands, counted from 1; 0 when there is none and
   * columns are called `Column 1`, `Column 2` and so on. Guessed when absent.
   */
  header_row?: number | null;
  /**
   * How the bytes of the file are read: a label of the WHATWG Encoding Standard, such as `utf-8`,
   * `windows-1252`, `windows-1251`, `shift_jis` or `gbk`. Guessed when absent; a byte order mark
   * holds in any case.
   */
  encoding?: string | null;
  /**
   * In which order dates are written where they do not begin with the year. Guessed from the file
   * when absent; dates that remain in doubt are not read.
   */
  date_format?: ImportDateFormat | null;
  /**
   * Which character stands before decimals. Guessed from the file when absent; numbers that remain
   * in doubt are not read.
   */
  decimal?: ImportDecimal | null;
  /** For deals: whether rows may break channel conflict. */
  allow_conflict?: boolean | null;
  /** Only tell what would happen. */
  dry_run?: boolean;
  /** Values for new records whose row brings none. */
  defaults?: ImportDefaults | null;
}

/** One of the first rows, as the import would read it. */
export interface ImportPreviewRow {
  /** Its number in the file; the first record after the header is 1. */
  row: number;
  /** Values by field. */
  data: AnyValue;
  /** What was not taken as it stands. */
  warnings: JobItemWarning[];
}

/** How many partners have a value. */
export interface InsightCount {
  /** The value; null stands for none. */
  key: string | null;
  /** Partners that have it. */
  count: number;
}

/** How an invited person joins. */
export interface InvitationAcceptance {
  /** The token: the last part of the invitation's link. */
  token: string;
  /** The person's name. */
  name: string;
  /** The person's password; not one of those that are guessed first. */
  password: string;
}

/** A new invitation. The link is shown this once. */
export interface InvitedMember {
  /** The member, with status `invited`. */
  member: Member;
  /** The page on which the person joins. Whoever has it can join. */
  invitation_url: string;
  /** When the link stops working. */
  expires_at: Timestamp;
}

/** Long work: its state, progress and outcome. Kept for 7 days. */
export interface Job {
  /** The id. */
  id: JobId;
  /** Rises with every change; also the ETag. */
  version: number;
  /** When it was accepted. */
  created_at: Timestamp;
  /** When it last changed. */
  updated_at: Timestamp;
  /** What it does. */
  type: Open<JobType>;
  /** Where it stands. */
  status: Open<JobStatus>;
  /** How far it has come. */
  progress: JobProgress;
  /** Whether it only tells what it would do. */
  dry_run: boolean;
  /** Who started it. */
  actor: Actor;
  /** What was asked for. */
  input: JobInput;
  /** What it left behind. */
  result: JobResult | null;
  /** Why it failed. */
  problem: Problem | null;
  /** When it began to run. */
  started_at: Timestamp | null;
  /** When it ended. */
  finished_at: Timestamp | null;
  /** When it and its items are erased. */
  expires_at: Timestamp;
}

/** An id: `job_` and 26 base32 characters of a UUIDv7. */
export type JobId = string;

/** The input of a job as it was given, without the file. */
export type JobInput = Record<string, unknown>;

/** What became of one row or one partner. */
export interface JobItem {
  /** Its place among the items, from 0. */
  index: number;
  /** The id, or the number of the row in the file (the first record after the header is 1). */
  ref: string | null;
  /** What became of it. */
  status: Open<JobItemStatus>;
  /** Of a row of an import that succeeded: what became of its record. Null for all others. */
  action: Open<JobItemAction> | null;
  /** What was written. */
  resource_id: string | null;
  /** Fields that were left alone because people had decided on them. */
  skipped_fields: string[];
  /** The fields that change, as they were. */
  before: AnyValue;
  /** The fields that change, as they are now; of an enrichment also the `title` of the website. */
  after: AnyValue;
  /** What did not stop it. */
  warnings: JobItemWarning[];
  /** Why it failed or was skipped. */
  problem: Problem | null;
}

/** What became of the record of a row of an import. */
export type JobItemAction = "created" | "updated" | "unchanged";

/** One page of JobItem rows. */
export interface JobItemPage {
  /** The rows of this page. */
  data: JobItem[];
  /** Send it as `cursor` for the next page; null on the last one. */
  next_cursor: string | null;
  /** Exact count of all rows; only with `include=total_count`, else null. */
  total_count: number | null;
}

/** What became of one item of a job. */
export type JobItemStatus = "succeeded" | "failed" | "skipped";

/** Something about an item that did not stop it. */
export interface JobItemWarning {
  /** What it is, for programs. */
  code: string;
  /** What it is, for people. */
  detail: string;
  /** The field it is about. */
  field: string | null;
  /** What programs may want to know of it, such as `existing_id`. */
  meta: Record<string, unknown>;
}

/** One page of Job rows. */
export interface JobPage {
  /** The rows of this page. */
  data: Job[];
  /** Send it as `cursor` for the next page; null on the last one. */
  next_cursor: string | null;
  /** Exact count of all rows; only with `include=total_count`, else null. */
  total_count: number | null;
}

/** How far a job has come. */
export interface JobProgress {
  /** How many items there are; null until that is known. */
  total: number | null;
  /** Items that have been looked at. */
  done: number;
  /** Items that succeeded. */
  succeeded: number;
  /** Items that failed. */
  failed: number;
  /** Items that were left alone. */
  skipped: number;
}

/** What a job leaves behind. */
export interface JobResult {
  /** Where the file can be fetched, with the same credential. */
  download_url: string | null;
  /** Until when. */
  expires_at: Timestamp | null;
  /** Of an import: how many records it created, or would create in a dry run. */
  created: number | null;
  /** Of an import: how many records it changed. */
  updated: number | null;
  /** Of an import: how many records were there already as their row says. */
  unchanged: number | null;
}

/** Where a job stands. */
export type JobStatus = "queued" | "running" | "succeeded" | "failed" | "canceled";

/** What a job does. */
export type JobType = "import" | "export" | "bulk_update" | "bulk_delete" | "score_refresh" | "tier_evaluation" | "enrichment" | "logo_fetch" | "webhook_replay";

/**
 * The plan of a partner for a fiscal year. Target and weights hold for every year that is asked
 * for.
 */
export interface JointPlan {
  /** The partner. */
  partner_id: PartnerId;
  /** The partner's version; also the ETag. */
  version: number;
  /** The fiscal year, by the calendar year in which it ends. */
  fiscal_year: number;
  /** The currency of every amount. */
  currency: string;
  /** The target for a year, in minor units. */
  annual_revenue_target: number | null;
  /** How the target spreads over the quarters. */
  quarterly_weights: QuarterlyWeights;
  /** The target of each quarter; together exactly the annual one. */
  quarterly_targets: QuarterlyAmounts | null;
  /** Deals won in each quarter of the fiscal year, by the day on which they closed. */
  quarterly_revenue: QuarterlyAmounts;
  /** What was won in the fiscal year against the target, in basis points; null without a target. */
  attainment_bp: number | null;
  /** How many items the plan has. */
  item_counts: PlanItemCounts;
  /** What this very write left alone because people had decided on it; empty on reads. */
  skipped_fields: string[];
}

/** An edit of target and weights: fields of the partner, and its rules of overrides hold. */
export interface JointPlanUpdate {
  /** The target for a year, in minor units. */
  annual_revenue_target?: number | null;
  /** How the target spreads over the quarters. */
  quarterly_weights?: QuarterlyWeightsUpdate;
}

/** A person at the partner who matters. */
export interface KeyStakeholder {
  /** The name. */
  name: string;
  /** What the person does there. */
  role?: string | null;
  /** The contact that this is, when there is one. */
  contact_id?: ContactId | null;
}

/** A way from one stage to another. */
export interface LifecycleConversion {
  /** The stage that was left. */
  from: Open<PartnerStage>;
  /** The stage that was entered. */
  to: Open<PartnerStage>;
  /** How often. */
  count: number;
  /** Its share of all exits of `from` in the window, in basis points. */
  share_bp: number;
}

/** How partners move through the stages, by the stage history. */
export interface LifecycleInsight {
  /** The first day of the window. */
  since: string;
  /** The last day of the window. */
  until: string;
  /** Every stage, in their order. */
  stages: LifecycleStage[];
  /** Every way that was taken. */
  conversions: LifecycleConversion[];
}

/** What happened at one stage. */
export interface LifecycleStage {
  /** The stage. */
  stage: Open<PartnerStage>;
  /** Partners that are there now. */
  count: number;
  /** How often it was entered in the window; being created counts. */
  entered: number;
  /** How often it was left in the window. */
  left: number;
  /** The median of the stays that ended in the window, in days with two decimals. */
  median_days: number | null;
}

/** What a list adds when asked. */
export type ListInclude = "total_count" | "deleted";

/** Whether the process lives. */
export interface Liveness {
  /** `ok` */
  status: string;
}

/** Where the logo came from. */
export type LogoSource = "uploaded" | "fetched";

/** The credential of this request: a user with its member and role, or an API key. */
export interface Me {
  /** What kind of credential it is. */
  kind: Open<CredentialKind>;
  /** The person; null for a key. */
  user: User | null;
  /** The person's place in the organization; null for a key. */
  member: Member | null;
  /** The key; null for a person. */
  api_key: ApiKey | null;
  /** The organization. */
  organization: Organization;
  /** The role; null for a key. */
  role: Open<Role> | null;
  /** What it may do: the scopes of the key, or what the role is worth. */
  scopes: Open<AccessScope>[];
}

/** What people may change about themselves. What is absent stays. */
export interface MeUpdate {
  /** The name. */
  name?: string;
  /** The language of mails, as a BCP 47 tag. */
  locale?: string;
  /** Whether notifications come by mail too. */
  email_notifications?: boolean;
}

/** A person's place in the organization. */
export interface Member {
  /** The id. */
  id: MemberId;
  /** Rises with every change; also the ETag. */
  version: number;
  /** When the person was invited or registered. */
  created_at: Timestamp;
  /** When it last changed. */
  updated_at: Timestamp;
  /** The user that signs in; null until the invitation is accepted. */
  user_id: UserId | null;
  /** The name. */
  name: string;
  /** The e-mail address, which is also what the person signs in with. */
  email: string;
  /** What the member may do. */
  role: Open<Role>;
  /** Whether the member can sign in. */
  status: Open<MemberStatus>;
  /** When the member last signed in or renewed an access token. */
  last_seen_at: Timestamp | null;
}

/** An id: `mem_` and 26 base32 characters of a UUIDv7. */
export type MemberId = string;

/** Somebody to invite. */
export interface MemberInvite {
  /** The e-mail address, which is also what the person signs in with. */
  email: string;
  /** The name. */
  name?: string;
  /** What the member may do. */
  role: Role;
}

/** One page of Member rows. */
export interface MemberPage {
  /** The rows of this page. */
  data: Member[];
  /** Send it as `cursor` for the next page; null on the last one. */
  next_cursor: string | null;
  /** Exact count of all rows; only with `include=total_count`, else null. */
  total_count: number | null;
}

/** Whether a member can sign in. */
export type MemberStatus = "invited" | "active" | "suspended";

/** What may change about a member. What is absent stays. */
export interface MemberUpdate {
  /** What the member may do. */
  role?: Role;
  /** Whether the member can sign in. */
  status?: MemberStatus;
}

/** An entry in the list of what a member was told. */
export interface Notification {
  /** The id. */
  id: NotificationId;
  /** What it tells. */
  type: Open<NotificationType>;
  /** One line. */
  title: string;
  /** The rest; may be empty. */
  body: string;
  /** What it is about. */
  subject: NotificationSubject;
  /** The event that caused it. */
  event_id: EventId;
  /** When it was read. */
  read_at: Timestamp | null;
  /** When it was made. */
  created_at: Timestamp;
}

/** By which way it goes out of the application. */
export type NotificationChannel = "email" | "slack";

/** A mail or a message in Slack, and what became of it. Kept for 30 days. */
export interface NotificationDelivery {
  /** The id; also in the Message-ID of a mail, so that a repeated one can be recognised. */
  id: NotificationDeliveryId;
  /** The entry that it carries on; null for invitations and for Slack. */
  notification_id: NotificationId | null;
  /** The event that caused it. */
  event_id: EventId | null;
  /** By which way. */
  channel: Open<NotificationChannel>;
  /** To whom: an e-mail address, or the id of a channel or user of Slack. */
  target: string;
  /** What became of it. */
  status: Open<NotificationDeliveryStatus>;
  /** How often it was tried. */
  attempts: number;
  /** Why the last attempt failed. */
  last_error: string | null;
  /** When it is tried next; null when it is not tried any more. */
  next_attempt_at: Timestamp | null;
  /** When it was made. */
  created_at: Timestamp;
}

/** An id: `ntd_` and 26 base32 characters of a UUIDv7. */
export type NotificationDeliveryId = string;

/** One page of NotificationDelivery rows. */
export interface NotificationDeliveryPage {
  /** The rows of this page. */
  data: NotificationDelivery[];
  /** Send it as `cursor` for the next page; null on the last one. */
  next_cursor: string | null;
  /** Exact count of all rows; only with `include=total_count`, else null. */
  total_count: number | null;
}

/** What became of a delivery. */
export type NotificationDeliveryStatus = "pending" | "succeeded" | "failed";

/** An id: `ntf_` and 26 base32 characters of a UUIDv7. */
export type NotificationId = string;

/** One page of Notification rows. */
export interface NotificationPage {
  /** The rows of this page. */
  data: Notification[];
  /** Send it as `cursor` for the next page; null on the last one. */
  next_cursor: string | null;
  /** Exact count of all rows; only with `include=total_count`, else null. */
  total_count: number | null;
}

/**
 * Who hears of a new submission of the application form: each member once, however many reasons
 * there are.
 */
export interface NotificationSettings {
  /** Rises with every change; also the ETag. */
  version: number;
  /** When it was created. */
  created_at: Timestamp;
  /** When it last changed. */
  updated_at: Timestamp;
  /** These members. */
  member_ids: MemberId[];
  /** All members with these roles. */
  roles: Open<Role>[];
  /** These channels of Slack. */
  slack_channel_ids: SlackId[];
  /** These people in Slack. */
  slack_user_ids: SlackId[];
  /** Whether the members also get a mail, unless they have switched mails off for themselves. */
  email: boolean;
}

/** New settings: what is absent stays. */
export interface NotificationSettingsUpdate {
  /** These members. */
  member_ids?: MemberId[];
  /** All members with these roles. */
  roles?: Role[];
  /** These channels of Slack. */
  slack_channel_ids?: SlackId[];
  /** These people in Slack. */
  slack_user_ids?: SlackId[];
  /** Whether the members also get a mail, unless they have switched mails off for themselves. */
  email?: boolean;
}

/** What a notification is about. */
export interface NotificationSubject {
  /** The kind of resource, `deal`. */
  type: string;
  /** The id of the resource. */
  id: string;
}

/** What a notification tells: the type of the event that caused it. */
export type NotificationType = "application.submitted" | "deal.approved" | "deal.rejected" | "deal.expired" | "job.succeeded" | "job.failed";

/** An OpenAPI 3.1 document. */
export type OpenApiDocument = Record<string, unknown>;

/** The organization that the credential belongs to. */
export interface Organization {
  /** The id. */
  id: OrganizationId;
  /** Rises with every change; also the ETag. */
  version: number;
  /** When it registered. */
  created_at: Timestamp;
  /** When it last changed. */
  updated_at: Timestamp;
  /** Its name. */
  name: string;
  /** The one currency of all amounts, as an ISO 4217 code. Fixed once any amount exists. */
  currency: string;
  /**
   * How many decimal digits the currency's minor unit stands for: an amount of 12345 is 123.45 with
   * exponent 2.
   */
  currency_exponent: CurrencyExponent;
  /** The month in which the fiscal year starts. */
  fiscal_year_start_month: number;
  /** The time zone that decides which day it is, by its name in the IANA database. */
  timezone: string;
  /** How many days an approved deal is protected unless the approval says otherwise. */
  deal_protection_days: number;
  /** Whether scores are computed without being asked for. */
  auto_score: boolean;
  /** Where the logo is; https. */
  logo_url: string | null;
  /**
   * Domains that many of its partners share, such as those of a market place: in imports and
   * applications they and what lies under them count as no domain, as those of social networks and
   * mail providers do anyway.
   */
  shared_domains: SharedDomain[];
}

/** An id: `org_` and 26 base32 characters of a UUIDv7. */
export type OrganizationId = string;

/** What may change about the organization. What is absent stays. */
export interface OrganizationUpdate {
  /** Its name. */
  name?: string;
  /** The one currency of all amounts, as an ISO 4217 code. Fixed once any amount exists. */
  currency?: string;
  /** The month in which the fiscal year starts. */
  fiscal_year_start_month?: number;
  /** The time zone that decides which day it is, by its name in the IANA database. */
  timezone?: string;
  /** How many days an approved deal is protected unless the approval says otherwise. */
  deal_protection_days?: number;
  /** Whether scores are computed without being asked for. */
  auto_score?: boolean;
  /** Where the logo is; https. */
  logo_url?: string | null;
  /**
   * Domains that many of its partners share, such as those of a market place: in imports and
   * applications they and what lies under them count as no domain, as those of social networks and
   * mail providers do anyway.
   */
  shared_domains?: SharedDomain[];
}

/** What a list adds when it is asked for. */
export type PageInclude = "total_count";

/** A partner: one profile per company. */
export interface Partner {
  /** The id. */
  id: PartnerId;
  /** Rises with every change; also the ETag. */
  version: number;
  /** When it was created. */
  created_at: Timestamp;
  /** When it last changed. */
  updated_at: Timestamp;
  /** When it was deleted; it can be restored for 30 days. */
  deleted_at: Timestamp | null;
  /** How it came to be. */
  created_via: Open<PartnerCreatedVia>;
  /** The currency of every amount: the organization's. */
  currency: string;
  /** The integrator's own id; unique within the organization. */
  external_id: string | null;
  /** The company's name. */
  name: string;
  /** The company's domain, normalised; unique within the organization among live partners. */
  domain: string | null;
  /** Where this API serves the logo; a new logo has a new address. */
  logo_url: string | null;
  /** Where the logo came from. */
  logo_source: Open<LogoSource> | null;
  /** The industry, free text. */
  industry: string | null;
  /** Head count. */
  employees: number | null;
  /** The company's revenue a year, in minor units. */
  company_revenue: number | null;
  /** Where the company works. */
  regions: string[];
  /** The services it offers. */
  services: string[];
  /** The products it offers. */
  products: string[];
  /** The languages it works in, BCP 47. */
  languages: string[];
  /** What kind of partner it is. */
  type: Open<PartnerType>;
  /** A finer kind, free text. */
  subtype: string | null;
  /** What the partnership is about. */
  category: Open<PartnerCategory> | null;
  /** The key of its tier. */
  tier: string | null;
  /** Who decided on the tier. */
  tier_source: Open<TierSource>;
  /** When the tier last changed. */
  tier_changed_at: Timestamp | null;
  /** Since when the rules give a lower tier than the one held. */
  tier_at_risk_since: Timestamp | null;
  /** Its tags. */
  tag_ids: TagId[];
  /** Whether the record is live. */
  status: Open<PartnerStatus>;
  /** Where the relationship stands. */
  stage: Open<PartnerStage>;
  /** When the stage last changed. */
  stage_changed_at: Timestamp;
  /** Whether it appears in insights and strategy outputs. */
  in_intelligence: boolean;
  /** The member who looks after it. */
  partner_manager_id: MemberId | null;
  /** The contact to turn to; a contact of this partner. */
  primary_contact_id: ContactId | null;
  /** Sum of its approved deals, in minor units. */
  pipeline: number;
  /** Sum of its won deals, in minor units. */
  revenue: number;
  /** Sum of its won deals for products, in minor units. */
  product_revenue: number;
  /** Deals that are submitted, under review or approved. */
  active_deals: number;
  /** Deals that were won. */
  closed_deals: number;
  /** Distinct accounts of its won deals. */
  customers: number;
  /** The target for a year, in minor units. */
  annual_revenue_target: number | null;
  /** How the target spreads over the quarters. */
  quarterly_weights: QuarterlyWeights;
  /** How well it fits the ideal partner profile, 0 to 100; null until scored. */
  fit_score: number | null;
  /** How well the relationship does, 0 to 100; null until scored. */
  health_score: number | null;
  /** The four dimensions of the fit score. */
  four_c_breakdown: FourCBreakdown | null;
  /** Its key strengths, strongest first. */
  key_strengths: string[];
  /** When it was last scored. */
  scored_at: Timestamp | null;
  /**
   * Whether something the scores rest on has changed since: the partner, its deals and contacts, or
   * the ideal partner profile. It may change without a new version.
   */
  scores_stale: boolean;
  /** Fields that people decided; automation leaves them alone. */
  overridden_fields: string[];
  /** What this very write left alone because people had decided on it; empty on reads. */
  skipped_fields: string[];
  /** What the company does. */
  description: string | null;
  /** People at the partner who matter. */
  key_stakeholders: KeyStakeholder[];
  /** Why customers buy from both together. */
  joint_value_proposition: string | null;
  /** The relationship in a few sentences. */
  executive_summary: string | null;
  /** The scorer's summary. */
  ai_summary: string | null;
}

/** Many writes of partners. */
export interface PartnerBatch {
  /** What to do, in this order. */
  operations: PartnerBatchOperation[];
  /** Whether the failure of one undoes them all. */
  atomic?: boolean;
}

/** What an operation of a batch does. */
export type PartnerBatchAction = "create" | "update" | "upsert" | "delete";

/** What became of one operation. */
export interface PartnerBatchItem {
  /** The place of the operation in the request, from 0. */
  index: number;
  /**
   * The status that the operation would have had alone; 424 when another one failed and all were
   * undone.
   */
  status: number;
  /** The partner after the operation; null when it failed or deleted. */
  partner: Partner | null;
  /** What the operation left alone because people had decided on it. */
  skipped_fields: string[];
  /** Why it failed, as the operation would have answered it alone; null when it did not. */
  problem: Problem | null;
}

/** By what an operation of a batch finds its partner. */
export type PartnerBatchMatch = "id" | "external_id" | "domain";

/** One operation of a batch. */
export interface PartnerBatchOperation {
  /** What to do. */
  action: PartnerBatchAction;
  /** The partner, when it is matched by id. */
  id?: PartnerId | null;
  /** By what the partner is found; the id unless given. */
  match?: PartnerBatchMatch | null;
  /** The version that the partner must have. */
  version?: number | null;
  /**
   * Its values; a creation needs `name` and `type`. What is wrong with them is the problem of this
   * operation alone.
   */
  data?: PartnerUpdate | null;
}

/** What became of a batch. */
export interface PartnerBatchResult {
  /** One result for every operation, in their order. */
  results: PartnerBatchItem[];
  /** How many were done. */
  succeeded: number;
  /** How many were not. */
  failed: number;
}

/** What the partnership is about. */
export type PartnerCategory = "solution" | "technology" | "sales";

/** A new partner: `name`, `type` and whatever is known. */
export interface PartnerCreate {
  /** The company's name. */
  name: string;
  /** The company's domain, normalised; unique within the organization among live partners. */
  domain?: string | null;
  /** The industry, free text. */
  industry?: string | null;
  /** What the company does. */
  description?: string | null;
  /** Head count. */
  employees?: number | null;
  /** The company's revenue a year, in minor units. */
  company_revenue?: number | null;
  /** Where the company works. */
  regions?: string[];
  /** The languages it works in, BCP 47. */
  languages?: string[];
  /** The services it offers. */
  services?: string[];
  /** The products it offers. */
  products?: string[];
  /** What kind of partner it is. */
  type: PartnerType;
  /** A finer kind, free text. */
  subtype?: string | null;
  /** What the partnership is about. */
  category?: PartnerCategory | null;
  /** The key of its tier. */
  tier?: string | null;
  /** Its tags. */
  tag_ids?: TagId[];
  /** Whether the record is live. */
  status?: PartnerStatus;
  /** Where the relationship stands. */
  stage?: PartnerStage;
  /** Whether it appears in insights and strategy outputs. */
  in_intelligence?: boolean;
  /** The member who looks after it. */
  partner_manager_id?: MemberId | null;
  /** People at the partner who matter. */
  key_stakeholders?: KeyStakeholder[];
  /** Why customers buy from both together. */
  joint_value_proposition?: string | null;
  /** The relationship in a few sentences. */
  executive_summary?: string | null;
  /** Sum of its approved deals, in minor units. */
  pipeline?: number;
  /** Sum of its won deals, in minor units. */
  revenue?: number;
  /** Sum of its won deals for products, in minor units. */
  product_revenue?: number;
  /** Deals that are submitted, under review or approved. */
  active_deals?: number;
  /** Deals that were won. */
  closed_deals?: number;
  /** Distinct accounts of its won deals. */
  customers?: number;
  /** The target for a year, in minor units. */
  annual_revenue_target?: number | null;
  /** How the target spreads over the quarters. */
  quarterly_weights?: QuarterlyWeights;
  /** The integrator's own id; unique within the organization. */
  external_id?: string | null;
  primary_contact?: PrimaryContact;
}

/** How the partner came to be. */
export type PartnerCreatedVia = "manual" | "import" | "application" | "api";

/** One field of partners: what it is, who writes it, what can be done with it. */
export interface PartnerField {
  /** The property name; members of objects have a dot. */
  name: string;
  /** The name that people know. */
  label: string;
  /** What kind of values it holds. */
  type: Open<FieldType>;
  /** What a number counts. */
  unit: string | null;
  /** What an id or key refers to. */
  reference: Open<FieldReference> | null;
  /** Who may write it. */
  class: Open<FieldClass>;
  /** Whether it can be null. */
  nullable: boolean;
  /** Whether a new partner needs it. */
  required_on_create: boolean;
  /** The value of a new partner. */
  default: AnyValue;
  /** The limits of its values. */
  limits: FieldLimits;
  /** The values of an enum, in their sort order; null for other types. */
  values: string[] | null;
  /** The operators that filters know for it. */
  operators: Open<FilterOperator>[];
  /** The query parameters of `GET /partners` that filter by it. */
  parameters: string[];
  /** Whether lists can be sorted by it. */
  sortable: boolean;
  /** Whether aggregates can group by it. */
  groupable: boolean;
  /** Whether `PartnerSummary` has it. */
  in_summary: boolean;
  /** Whether a column of an import can feed it. */
  importable: boolean;
  /** Whether a question of the application form can feed it. */
  mappable: boolean;
  /** Whether an edit by hand protects it from automation. */
  overridable: boolean;
}

/** One page of PartnerField rows. */
export interface PartnerFieldPage {
  /** The rows of this page. */
  data: PartnerField[];
  /** Send it as `cursor` for the next page; null on the last one. */
  next_cursor: string | null;
  /** Exact count of all rows; only with `include=total_count`, else null. */
  total_count: number | null;
}

/** An id: `ptn_` and 26 base32 characters of a UUIDv7. */
export type PartnerId = string;

/** The body of a query. GET parameters are read into it too, but for their conditions. */
export interface PartnerQuery {
  /** Which rows; null for all. */
  filter?: FilterNode | null;
  /** Search in name, domain and description: prefixes, parts of words, with typing errors. */
  q?: string | null;
  /**
   * A saved view whose filter and search are ANDed with the others; its sort holds unless `sort` is
   * given.
   */
  view_id?: ViewId | null;
  /** Fields to sort by, `-` in front for descending; nulls last. */
  sort?: string[];
  /** Rows of a page; 50 unless given. */
  limit?: number | null;
  /** `next_cursor` of the page before. */
  cursor?: string | null;
  /** What to add. */
  include?: ListInclude[];
  /**
   * Only rows whose last change has a higher event `sequence` than this, in the order of their
   * changes: send the `last_sequence` of an earlier walk. Cannot be combined with `sort` and `q`.
   */
  changed_after?: number | null;
}

/** Where the relationship stands. */
export type PartnerStage = "prospect" | "onboarding" | "active" | "scaling" | "qualified" | "legal_negotiation" | "signed" | "enabled" | "activated" | "rejected";

/** Whether the record is live. */
export type PartnerStatus = "active" | "inactive" | "pending";

/** A partner as lists show it: every property but the long ones. */
export interface PartnerSummary {
  /** The id. */
  id: PartnerId;
  /** Rises with every change; also the ETag. */
  version: number;
  /** When it was created. */
  created_at: Timestamp;
  /** When it last changed. */
  updated_at: Timestamp;
  /** When it was deleted; it can be restored for 30 days. */
  deleted_at: Timestamp | null;
  /** How it came to be. */
  created_via: Open<PartnerCreatedVia>;
  /** The currency of every amount: the organization's. */
  currency: string;
  /** The integrator's own id; unique within the organization. */
  external_id: string | null;
  /** The company's name. */
  name: string;
  /** The company's domain, normalised; unique within the organization among live partners. */
  domain: string | null;
  /** Where this API serves the logo; a new logo has a new address. */
  logo_url: string | null;
  /** Where the logo came from. */
  logo_source: Open<LogoSource> | null;
  /** The industry, free text. */
  industry: string | null;
  /** Head count. */
  employees: number | null;
  /** The company's revenue a year, in minor units. */
  company_revenue: number | null;
  /** Where the company works. */
  regions: string[];
  /** The services it offers. */
  services: string[];
  /** The products it offers. */
  products: string[];
  /** The languages it works in, BCP 47. */
  languages: string[];
  /** What kind of partner it is. */
  type: Open<PartnerType>;
  /** A finer kind, free text. */
  subtype: string | null;
  /** What the partnership is about. */
  category: Open<PartnerCategory> | null;
  /** The key of its tier. */
  tier: string | null;
  /** Who decided on the tier. */
  tier_source: Open<TierSource>;
  /** When the tier last changed. */
  tier_changed_at: Timestamp | null;
  /** Since when the rules give a lower tier than the one held. */
  tier_at_risk_since: Timestamp | null;
  /** Its tags. */
  tag_ids: TagId[];
  /** Whether the record is live. */
  status: Open<PartnerStatus>;
  /** Where the relationship stands. */
  stage: Open<PartnerStage>;
  /** When the stage last changed. */
  stage_changed_at: Timestamp;
  /** Whether it appears in insights and strategy outputs. */
  in_intelligence: boolean;
  /** The member who looks after it. */
  partner_manager_id: MemberId | null;
  /** The contact to turn to; a contact of this partner. */
  primary_contact_id: ContactId | null;
  /** Sum of its approved deals, in minor units. */
  pipeline: number;
  /** Sum of its won deals, in minor units. */
  revenue: number;
  /** Sum of its won deals for products, in minor units. */
  product_revenue: number;
  /** Deals that are submitted, under review or approved. */
  active_deals: number;
  /** Deals that were won. */
  closed_deals: number;
  /** Distinct accounts of its won deals. */
  customers: number;
  /** The target for a year, in minor units. */
  annual_revenue_target: number | null;
  /** How the target spreads over the quarters. */
  quarterly_weights: QuarterlyWeights;
  /** How well it fits the ideal partner profile, 0 to 100; null until scored. */
  fit_score: number | null;
  /** How well the relationship does, 0 to 100; null until scored. */
  health_score: number | null;
  /** The four dimensions of the fit score. */
  four_c_breakdown: FourCBreakdown | null;
  /** Its key strengths, strongest first. */
  key_strengths: string[];
  /** When it was last scored. */
  scored_at: Timestamp | null;
  /**
   * Whether something the scores rest on has changed since: the partner, its deals and contacts, or
   * the ideal partner profile. It may change without a new version.
   */
  scores_stale: boolean;
  /** Fields that people decided; automation leaves them alone. */
  overridden_fields: string[];
  /** What this very write left alone because people had decided on it; empty on reads. */
  skipped_fields: string[];
}

/** One page of PartnerSummary rows. */
export interface PartnerSummaryPage {
  /** The rows of this page. */
  data: PartnerSummary[];
  /** Send it as `cursor` for the next page; null on the last one. */
  next_cursor: string | null;
  /** Exact count of all rows; only with `include=total_count`, else null. */
  total_count: number | null;
  /**
   * The highest event `sequence` below which nothing can still appear: after the last page, send it
   * as `changed_after` to go on. Only with `changed_after`, else null.
   */
  last_sequence: number | null;
  /**
   * The ids of rows that are gone for good, in the order of their changes among the rows of this
   * page. Only with `changed_after` and `include=deleted`, else empty.
   */
  erased_ids: string[];
}

/** What kind of partner it is. */
export type PartnerType = "technology" | "consulting" | "services" | "channel" | "strategic" | "reseller" | "referral";

/** An edit of a partner: absent keeps, null clears, objects are merged, arrays replace whole. */
export interface PartnerUpdate {
  /** The company's name. */
  name?: string;
  /** The company's domain, normalised; unique within the organization among live partners. */
  domain?: string | null;
  /** The industry, free text. */
  industry?: string | null;
  /** What the company does. */
  description?: string | null;
  /** Head count. */
  employees?: number | null;
  /** The company's revenue a year, in minor units. */
  company_revenue?: number | null;
  /** Where the company works. */
  regions?: string[];
  /** The languages it works in, BCP 47. */
  languages?: string[];
  /** The services it offers. */
  services?: string[];
  /** The products it offers. */
  products?: string[];
  /** What kind of partner it is. */
  type?: PartnerType;
  /** A finer kind, free text. */
  subtype?: string | null;
  /** What the partnership is about. */
  category?: PartnerCategory | null;
  /** The key of its tier. */
  tier?: string | null;
  /** Its tags. */
  tag_ids?: TagId[];
  /** Whether the record is live. */
  status?: PartnerStatus;
  /** Where the relationship stands. */
  stage?: PartnerStage;
  /** Whether it appears in insights and strategy outputs. */
  in_intelligence?: boolean;
  /** The member who looks after it. */
  partner_manager_id?: MemberId | null;
  /** The contact to turn to; a contact of this partner. */
  primary_contact_id?: ContactId | null;
  /** People at the partner who matter. */
  key_stakeholders?: KeyStakeholder[];
  /** Why customers buy from both together. */
  joint_value_proposition?: string | null;
  /** The relationship in a few sentences. */
  executive_summary?: string | null;
  /** Sum of its approved deals, in minor units. */
  pipeline?: number;
  /** Sum of its won deals, in minor units. */
  revenue?: number;
  /** Sum of its won deals for products, in minor units. */
  product_revenue?: number;
  /** Deals that are submitted, under review or approved. */
  active_deals?: number;
  /** Deals that were won. */
  closed_deals?: number;
  /** Distinct accounts of its won deals. */
  customers?: number;
  /** The target for a year, in minor units. */
  annual_revenue_target?: number | null;
  /** How the target spreads over the quarters. */
  quarterly_weights?: QuarterlyWeightsUpdate;
  /** The integrator's own id; unique within the organization. */
  external_id?: string | null;
}

/**
 * A new password, by the token of a reset link or, signed in, by the current password: one of the
 * two.
 */
export interface PasswordChange {
  /** The token of a reset link. */
  token?: string | null;
  /** The password that holds until now. */
  current_password?: string | null;
  /** The password that holds from now on; not one of those that are guessed first. */
  new_password: string;
}

/** Whose password was forgotten. */
export interface PasswordResetRequest {
  /** The e-mail address of the person. */
  email: string;
}

/** One thing that a partner and the organization do together. */
export interface PlanItem {
  /** The id. */
  id: PlanItemId;
  /** Rises with every change; also the ETag. */
  version: number;
  /** When it was created. */
  created_at: Timestamp;
  /** When it last changed. */
  updated_at: Timestamp;
  /** The partner. */
  partner_id: PartnerId;
  /** What kind of collaboration it is. */
  kind: Open<PlanItemKind>;
  /** What it is called. */
  title: string;
  /** What it is about. */
  description: string | null;
  /** How far it has come. */
  status: Open<PlanItemStatus>;
  /** The quarter of the fiscal year in which it is planned. */
  quarter: Open<PlanQuarter> | null;
  /** The member who looks after it. */
  owner_id: MemberId | null;
  /** Where more is to be read; https. */
  url: string | null;
  /** The day on which it is due. */
  due_on: string | null;
  /** Its place in the plan: items are listed by it. */
  position: number;
}

/** How many items a plan has, by kind. */
export interface PlanItemCounts {
  /** Affiliates. */
  affiliate: number;
  /** Integrations. */
  integration: number;
  /** Workflows. */
  workflow: number;
}

/** A new plan item; it comes last. */
export interface PlanItemCreate {
  /** What kind of collaboration it is. */
  kind: PlanItemKind;
  /** What it is called. */
  title: string;
  /** What it is about. */
  description?: string | null;
  /** How far it has come. */
  status?: PlanItemStatus;
  /** The quarter of the fiscal year in which it is planned. */
  quarter?: PlanQuarter | null;
  /** The member who looks after it. */
  owner_id?: MemberId | null;
  /** Where more is to be read; https. */
  url?: string | null;
  /** The day on which it is due. */
  due_on?: string | null;
}

/** An id: `plan_` and 26 base32 characters of a UUIDv7. */
export type PlanItemId = string;

/** What kind of collaboration it is. */
export type PlanItemKind = "affiliate" | "integration" | "workflow";

/** One page of PlanItem rows. */
export interface PlanItemPage {
  /** The rows of this page. */
  data: PlanItem[];
  /** Send it as `cursor` for the next page; null on the last one. */
  next_cursor: string | null;
  /** Exact count of all rows; only with `include=total_count`, else null. */
  total_count: number | null;
}

/** How far it has come. */
export type PlanItemStatus = "proposed" | "in_progress" | "live" | "paused" | "dropped";

/** An edit of a plan item: absent keeps, null clears. */
export interface PlanItemUpdate {
  /** What kind of collaboration it is. */
  kind?: PlanItemKind;
  /** What it is called. */
  title?: string;
  /** What it is about. */
  description?: string | null;
  /** How far it has come. */
  status?: PlanItemStatus;
  /** The quarter of the fiscal year in which it is planned. */
  quarter?: PlanQuarter | null;
  /** The member who looks after it. */
  owner_id?: MemberId | null;
  /** Where more is to be read; https. */
  url?: string | null;
  /** The day on which it is due. */
  due_on?: string | null;
  /** Moves it in front of this item of the same plan; null moves it to the end. */
  before_id?: PlanItemId | null;
}

/** A quarter of the fiscal year. */
export type PlanQuarter = "q1" | "q2" | "q3" | "q4";

/** Means over the partners that have a score, with one decimal. */
export interface PortfolioAverages {
  /** Of the fit scores. */
  fit_score: number | null;
  /** Of the health scores. */
  health_score: number | null;
  /** Partners with a fit score. */
  scored_count: number;
}

/** What the partners are, and what they come to. */
export interface PortfolioInsight {
  /** The currency of every amount. */
  currency: string;
  /** Partners that are counted. */
  partner_count: number;
  /** Partners by type. */
  by_type: InsightCount[];
  /** By category. */
  by_category: InsightCount[];
  /** By tier, lowest rank first. */
  by_tier: InsightCount[];
  /** By stage. */
  by_stage: InsightCount[];
  /** By status. */
  by_status: InsightCount[];
  /**
   * By region of the profile, most partners first; a partner counts once in each of its regions.
   */
  by_region: InsightCount[];
  /** Sums. */
  totals: PortfolioTotals;
  /** Means. */
  averages: PortfolioAverages;
}

/** Sums over partners, amounts in minor units. */
export interface PortfolioTotals {
  /** Approved deals. */
  pipeline: number;
  /** Won deals. */
  revenue: number;
  /** Won deals for products. */
  product_revenue: number;
  /** Targets for a year. */
  annual_revenue_target: number;
  /** Open deal registrations. */
  active_deals: number;
  /** Won deals. */
  closed_deals: number;
  /** Customers, each counted once per partner. */
  customers: number;
}

/** The contact that a new partner starts with. */
export interface PrimaryContact {
  /** The name. */
  name: string;
  /** The e-mail address. */
  email?: string | null;
  /** The phone number, E.164. */
  phone?: string | null;
  /** The job title. */
  title?: string | null;
}

/** What went wrong (RFC 9457). */
export interface Problem {
  /** The address that explains the code. */
  type: string;
  /** What the code means. */
  title: string;
  /** The HTTP status. */
  status: number;
  /** A sentence about this occurrence. */
  detail: string;
  /** The path of the request. */
  instance: string;
  /** The stable word for programs; new ones may come. */
  code: string;
  /** The id of the request; mention it when you report a problem. */
  request_id: string;
  /** Facts for programs, by code. */
  meta: Record<string, unknown>;
  /** Every fault of the request. */
  errors: Fault[];
}

/** An answer as it is sent. */
export interface PublicAnswer {
  /** The question. */
  question_id: QuestionId;
  /**
   * A text, a number, a date as text, a boolean, the value of an option, or a list of such values,
   * as the question asks. Null and the empty text are no answer.
   */
  value: AnyValue;
}

/** The form as applicants see it: what a front end needs to render it, and nothing else. */
export interface PublicForm {
  /** The title. */
  title: string;
  /** What stands above the questions. */
  intro: string | null;
  /** Whose form it is. */
  organization_name: string;
  /** Where the organization's logo is. */
  logo_url: string | null;
  /** The version that a submission names. */
  form_version: number;
  /** The questions, in the order in which they are shown. */
  questions: PublicQuestion[];
  /** What is to be agreed to, in the order in which it is shown. */
  agreements: Agreement[];
}

/** A question as applicants see it. */
export interface PublicQuestion {
  /** The id, for the answer. */
  id: QuestionId;
  /** What kind of answer it takes. */
  type: Open<QuestionType>;
  /** The question. */
  label: string;
  /** Words of help beside it. */
  help: string | null;
  /** Whether it must be answered. */
  required: boolean;
  /** The answers to choose among, of selects; empty for all others. */
  options: QuestionOption[];
  /** The lowest number, the earliest date, or the least number of chosen options. */
  min: QuestionBound;
  /** The highest number, the latest date, or the largest number of chosen options. */
  max: QuestionBound;
  /** The longest answer in characters, of texts. */
  max_length: number | null;
}

/** An application of a prospective partner. */
export interface PublicSubmission {
  /** The `form_version` of the form that was filled in. */
  form_version: number;
  /** The answers, in any order. */
  answers: PublicAnswer[];
  /** What was agreed to. */
  accepted_agreement_ids?: AgreementId[];
  /** Must stay empty. Front ends hide it, so that only programs fill it in. */
  website_confirm?: string | null;
}

/** An amount for each quarter of the fiscal year, in minor units. */
export interface QuarterlyAmounts {
  /** Quarter 1. */
  q1: number;
  /** Quarter 2. */
  q2: number;
  /** Quarter 3. */
  q3: number;
  /** Quarter 4. */
  q4: number;
}

/** How the annual target spreads over the quarters, in basis points; together 10000. */
export interface QuarterlyWeights {
  /** Share of quarter 1 in basis points. */
  q1: number;
  /** Share of quarter 2 in basis points. */
  q2: number;
  /** Share of quarter 3 in basis points. */
  q3: number;
  /** Share of quarter 4 in basis points. */
  q4: number;
}

/**
 * A change of the quarterly weights: quarters that are absent keep their share. All four must add
 * up to 10000 afterwards.
 */
export interface QuarterlyWeightsUpdate {
  /** Share of quarter 1 in basis points. */
  q1?: number;
  /** Share of quarter 2 in basis points. */
  q2?: number;
  /** Share of quarter 3 in basis points. */
  q3?: number;
  /** Share of quarter 4 in basis points. */
  q4?: number;
}

/** One question of the form. */
export interface Question {
  /** The id; given by the server, kept when the question is edited or moved. */
  id: QuestionId;
  /** What kind of answer it takes. */
  type: Open<QuestionType>;
  /** The question. */
  label: string;
  /** Words of help beside it. */
  help: string | null;
  /** Whether it must be answered. */
  required: boolean;
  /** The answers to choose among, of selects; empty for all others. */
  options: QuestionOption[];
  /** The lowest number, the earliest date, or the least number of chosen options. */
  min: QuestionBound;
  /** The highest number, the latest date, or the largest number of chosen options. */
  max: QuestionBound;
  /**
   * The longest answer in characters, of texts: up to 500 for short ones (200 unless given), 10,000
   * for long ones (5,000 unless given). A field that the answer feeds may allow less.
   */
  max_length: number | null;
  /** What its answer becomes when a submission is accepted. */
  maps_to: Open<FormMapping> | null;
}

/**
 * A bound: a number for `number` and for how many options of a `multi_select` may be chosen, a date
 * for `date`.
 */
export type QuestionBound = unknown;

/** An id: `qst_` and 26 base32 characters of a UUIDv7. */
export type QuestionId = string;

/** One answer to choose. */
export interface QuestionOption {
  /** What stands in answers; unique within the question. */
  value: string;
  /** What people read. */
  label: string;
}

/** What kind of answer a question takes. */
export type QuestionType = "short_text" | "long_text" | "email" | "url" | "phone" | "number" | "date" | "country" | "boolean" | "single_select" | "multi_select";

/** A question as it is saved: with the id of one that is there, or without for a new one. */
export interface QuestionUpdate {
  /** The id; given by the server, kept when the question is edited or moved. */
  id?: QuestionId;
  /** What kind of answer it takes. */
  type: QuestionType;
  /** The question. */
  label: string;
  /** Words of help beside it. */
  help?: string | null;
  /** Whether it must be answered. */
  required?: boolean;
  /** The answers to choose among, of selects; empty for all others. */
  options?: QuestionOption[];
  /** The lowest number, the earliest date, or the least number of chosen options. */
  min?: QuestionBound;
  /** The highest number, the latest date, or the largest number of chosen options. */
  max?: QuestionBound;
  /**
   * The longest answer in characters, of texts: up to 500 for short ones (200 unless given), 10,000
   * for long ones (5,000 unless given). A field that the answer feeds may allow less.
   */
  max_length?: number | null;
  /** What its answer becomes when a submission is accepted. */
  maps_to?: FormMapping | null;
}

/** Whether requests can be answered. */
export interface Readiness {
  /** `ok` or `unavailable` */
  status: string;
  /** What was looked at. */
  checks: ReadinessCheck[];
}

/** One thing that requests need. */
export interface ReadinessCheck {
  /** `database`, `migrations`, `queue`, `revocations` or `storage` */
  name: string;
  /** `ok` or `unavailable` */
  status: string;
  /** How long the look took, in milliseconds. */
  duration_ms: number;
}

/** A new organization and its first owner. */
export interface Registration {
  /** The name of the organization. */
  organization_name: string;
  /** The one currency of all amounts, as an ISO 4217 code. */
  currency: string;
  /** The owner's name. */
  name: string;
  /** The owner's e-mail address. */
  email: string;
  /** The owner's password; not one of those that are guessed first. */
  password: string;
}

/** The confirmation of a registration. */
export interface RegistrationConfirmation {
  /** The token: the last part of the link in the mail. */
  token: string;
  /**
   * The password from now on, whatever was typed at the registration. Pages should ask for it: only
   * then it is certain that who confirms and who registered are one person. Without it the password
   * of the registration stays when the confirmation comes from the network of the registration;
   * from elsewhere it does not, and a link to choose a password is mailed.
   */
  password?: string | null;
}

/** What a member may do; each role includes the ones before it. */
export type Role = "viewer" | "member" | "admin" | "owner";

/** A saved view, as the caller sees it. */
export interface SavedView {
  /** The id. */
  id: ViewId;
  /** Rises with every change; also the ETag. */
  version: number;
  /** When it was saved. */
  created_at: Timestamp;
  /** When it last changed. */
  updated_at: Timestamp;
  /** The name; unique among the views of its owner. */
  name: string;
  /** What it lists. */
  object: Open<ViewObject>;
  /** Which rows; null for all. */
  filter: FilterNode | null;
  /** What to search for. */
  q: string | null;
  /** Fields to sort by, `-` in front for descending; empty for the order of the list. */
  sort: string[];
  /** Fields to show, in this order; empty for the client's own choice. */
  columns: string[];
  /** Who sees it. */
  visibility: Open<ViewVisibility>;
  /** The member or API key that saved it. */
  owner_id: string;
  /** Whether it is the caller's default for its object. */
  is_default: boolean;
  /**
   * What the filter names and no longer exists. It equals nothing: `in` finds by the others, `ne`
   * and `not_in` hold.
   */
  warnings: ViewWarning[];
}

/** A new view. */
export interface SavedViewCreate {
  /** The name; unique among the views of its owner. */
  name: string;
  /** What it lists. */
  object: ViewObject;
  /** Which rows; null for all. */
  filter?: FilterNode | null;
  /** What to search for. */
  q?: string | null;
  /** Fields to sort by, `-` in front for descending; empty for the order of the list. */
  sort?: string[];
  /** Fields to show, in this order; empty for the client's own choice. */
  columns?: string[];
  /** Who sees it. */
  visibility?: ViewVisibility;
}

/** One page of SavedView rows. */
export interface SavedViewPage {
  /** The rows of this page. */
  data: SavedView[];
  /** Send it as `cursor` for the next page; null on the last one. */
  next_cursor: string | null;
  /** Exact count of all rows; only with `include=total_count`, else null. */
  total_count: number | null;
}

/** An edit of a view: absent keeps, null clears, arrays replace whole. */
export interface SavedViewUpdate {
  /** The name; unique among the views of its owner. */
  name?: string;
  /** What it lists. */
  object?: ViewObject;
  /** Which rows; null for all. */
  filter?: FilterNode | null;
  /** What to search for. */
  q?: string | null;
  /** Fields to sort by, `-` in front for descending; empty for the order of the list. */
  sort?: string[];
  /** Fields to show, in this order; empty for the client's own choice. */
  columns?: string[];
  /** Who sees it. */
  visibility?: ViewVisibility;
}

/** A judgement of a partner, with the evidence. Never changed. */
export interface Score {
  /** The id. */
  id: ScoreId;
  /** The partner. */
  partner_id: PartnerId;
  /** When it was made. */
  created_at: Timestamp;
  /** How well the partner fits the ideal partner profile. */
  fit_score: number;
  /** How well the relationship does. */
  health_score: number;
  /** The four dimensions of the fit score. */
  four_c_breakdown: FourCBreakdown;
  /** What speaks for the partner, strongest first. */
  key_strengths: string[];
  /** The judgement in a few sentences. */
  ai_summary: string | null;
  /** Why: 50 and the effects of a dimension are together its score. */
  evidence: ScoreEvidence[];
  /** Who judged: `rules/1` or `model/NAME`. */
  engine: string;
  /** Why the rules had to step in for the language model. */
  fallback_reason: string | null;
  /** SHA-256 of everything that decided: the same hash is the same judgement. */
  input_hash: string;
}

/** What a piece of evidence moved: one of the four C's, or the health of the relationship. */
export type ScoreDimension = "capacity" | "capability" | "commitment" | "customer_alignment" | "health";

/** Who judges: the rules alone, or a language model that starts from what the rules found. */
export type ScoreEngine = "rules" | "model";

/** One reason for a score: 50 and the effects of a dimension are together its score. */
export interface ScoreEvidence {
  /** What it moved. */
  dimension: Open<ScoreDimension>;
  /** By how many points. 0: it was looked at and is not known. */
  effect: number;
  /** Why, in words. */
  reason: string;
  /** The field of the partner that it is about, when it is about one. */
  field: string | null;
  /** The criterion of the ideal partner profile, when it is one. */
  criterion_key: string | null;
}

/** An id: `scr_` and 26 base32 characters of a UUIDv7. */
export type ScoreId = string;

/** One page of Score rows. */
export interface ScorePage {
  /** The rows of this page. */
  data: Score[];
  /** Send it as `cursor` for the next page; null on the last one. */
  next_cursor: string | null;
  /** Exact count of all rows; only with `include=total_count`, else null. */
  total_count: number | null;
}

/** Which partners to judge anew, and how. Exactly one of `partner_ids`, `filter` and `view_id`. */
export interface ScoreRefreshRequest {
  /** These partners. */
  partner_ids?: PartnerId[] | null;
  /** The partners that it finds. */
  filter?: FilterNode | null;
  /** The partners that a saved view finds. */
  view_id?: ViewId | null;
  /** Who judges; absent: the language model where there is one, else the rules. */
  engine?: ScoreEngine | null;
  /**
   * Also partners of whom nothing has changed since they were judged. Absent: true for
   * `partner_ids`, else false.
   */
  force?: boolean | null;
  /** Only tell what the rules would say. */
  dry_run?: boolean;
}

/** What this server is. */
export interface ServerVersion {
  /** The version of the server. */
  version: string;
  /** The commit that it was built from. */
  commit: string;
  /** When it was built. */
  built_at: string;
  /** The version of the API, which its paths begin with. */
  contract: string;
}

/** One sign-in on one device. */
export interface Session {
  /** The id. */
  id: SessionId;
  /** The program that signed in, as it named itself. */
  user_agent: string;
  /** The address that signed in. */
  ip: string;
  /** When it signed in. */
  created_at: Timestamp;
  /** When it last renewed its access token. */
  last_seen_at: Timestamp;
  /** When it ends unless it is used before. */
  expires_at: Timestamp;
  /** Whether this very request belongs to it. */
  current: boolean;
}

/** An id: `ses_` and 26 base32 characters of a UUIDv7. */
export type SessionId = string;

/** One page of Session rows. */
export interface SessionPage {
  /** The rows of this page. */
  data: Session[];
  /** Send it as `cursor` for the next page; null on the last one. */
  next_cursor: string | null;
  /** Exact count of all rows; only with `include=total_count`, else null. */
  total_count: number | null;
}

/** A domain that tells no company from another. */
export type SharedDomain = string;

/** An e-mail address and its password. */
export interface SignIn {
  /** The e-mail address. */
  email: string;
  /** The password. */
  password: string;
}

/** How to connect. */
export interface SlackConnection {
  /**
   * The token of a bot of the workspace, with the scopes `chat:write`, `channels:read`,
   * `groups:read` and `users:read`. It is tried out, kept encrypted, and never shown again.
   */
  bot_token: string;
}

/** The id of a channel or user in Slack. */
export type SlackId = string;

/** Whether the organization is connected to a workspace of Slack. The token is never shown. */
export interface SlackIntegration {
  /** Whether there is a connection. */
  connected: boolean;
  /** The name of the workspace. */
  workspace: string | null;
  /** Since when. */
  connected_at: Timestamp | null;
}

/** A channel or a person that messages can be sent to. */
export interface SlackTarget {
  /** The id in Slack. */
  id: string;
  /** What it is. */
  kind: Open<SlackTargetKind>;
  /** What it is called. */
  name: string;
}

/** What messages can be sent to. */
export type SlackTargetKind = "channel" | "user";

/** One page of SlackTarget rows. */
export interface SlackTargetPage {
  /** The rows of this page. */
  data: SlackTarget[];
  /** Send it as `cursor` for the next page; null on the last one. */
  next_cursor: string | null;
  /** Exact count of all rows; only with `include=total_count`, else null. */
  total_count: number | null;
}

/** A strength and who has it. */
export interface StrengthRow {
  /** What it is called, in its most frequent spelling. */
  label: string;
  /** Partners that have it. */
  partner_count: number;
  /** The mean of their fit scores, with one decimal. */
  average_fit: number | null;
}

/** The strengths of the partners, those of most partners first; at most 100. */
export interface StrengthsInsight {
  /** The strengths. */
  data: StrengthRow[];
}

/** What an event is about. */
export interface Subject {
  /** The kind of resource, `partner`. */
  type: string;
  /** The id of the resource. */
  id: string;
  /** The version of the resource after the event; null for resources without one. */
  version: number | null;
}

/** An application in the inbox. */
export interface Submission {
  /** The id. */
  id: SubmissionId;
  /** Rises with every change; also the ETag. */
  version: number;
  /** When it was created. */
  created_at: Timestamp;
  /** When it last changed. */
  updated_at: Timestamp;
  /** The version of the form that was filled in. */
  form_version: number;
  /** Where its review stands. */
  status: Open<SubmissionStatus>;
  /** The answers, in the order of the questions; those not given are not listed. */
  answers: SubmissionAnswer[];
  /** What the applicant agreed to. */
  agreements: SubmissionAgreement[];
  /** Who applied, out of the answers. */
  applicant: Applicant;
  /** What colleagues should know. */
  notes: string | null;
  /** The member who reviews it. */
  reviewer_id: MemberId | null;
  /** When it was accepted, rejected or found to be spam. */
  reviewed_at: Timestamp | null;
  /** The partner that it became. */
  partner_id: PartnerId | null;
  /** Another partner with the same domain. */
  duplicate_partner_id: PartnerId | null;
  /** When it was sent. */
  submitted_at: Timestamp;
}

/** The reviewer's word on what becomes of a submission. */
export interface SubmissionAcceptance {
  /** Values that the reviewer decides on, in place of what was answered. */
  data?: PartnerUpdate | null;
  /** The partner that the answers fill in; absent for a new one. */
  partner_id?: PartnerId | null;
}

/** Something that the applicant agreed to. */
export interface SubmissionAgreement {
  /** The agreement. */
  id: AgreementId;
  /** SHA-256 of its text as it was shown, in hexadecimal; the text stands in the form's version. */
  text_sha256: string;
  /** When. */
  accepted_at: Timestamp;
}

/** An answer as it was given, with the question as it was asked. */
export interface SubmissionAnswer {
  /** The question. */
  question_id: QuestionId;
  /** What was asked. */
  label: string;
  /** What kind of answer was asked for. */
  type: Open<QuestionType>;
  /** The answer: of selects the value of an option, or a list of such values. */
  value: AnyValue;
  /** What it becomes when the submission is accepted. */
  maps_to: Open<FormMapping> | null;
}

/** An id: `sub_` and 26 base32 characters of a UUIDv7. */
export type SubmissionId = string;

/** One page of Submission rows. */
export interface SubmissionPage {
  /** The rows of this page. */
  data: Submission[];
  /** Send it as `cursor` for the next page; null on the last one. */
  next_cursor: string | null;
  /** Exact count of all rows; only with `include=total_count`, else null. */
  total_count: number | null;
}

/** What an applicant gets: the same for the same application within a day. */
export interface SubmissionReceipt {
  /** A word to refer to when asking about it. */
  receipt: string;
}

/** Where the review of a submission stands. */
export type SubmissionStatus = "new" | "in_review" | "accepted" | "rejected" | "spam";

/** A review of a submission: absent keeps, null clears. */
export interface SubmissionUpdate {
  /** Where its review stands. */
  status?: SubmissionStatus;
  /** What colleagues should know. */
  notes?: string | null;
  /** The member who reviews it. */
  reviewer_id?: MemberId | null;
}

/** A label for partners. */
export interface Tag {
  /** The id. */
  id: TagId;
  /** Rises with every change; also the ETag. */
  version: number;
  /** When it was created. */
  created_at: Timestamp;
  /** When it last changed. */
  updated_at: Timestamp;
  /** What it is about; fixed. */
  category: Open<TagCategory>;
  /** The label; unique per category ignoring case. */
  name: string;
  /** Its colour, `#rrggbb`. */
  color: string | null;
  /** How many partners have it. */
  partner_count: number;
}

/** What a tag is about. */
export type TagCategory = "services" | "products" | "regions";

/** A new tag. */
export interface TagCreate {
  /** What it is about; fixed. */
  category: TagCategory;
  /** The label; unique per category ignoring case. */
  name: string;
  /** Its colour, `#rrggbb`. */
  color?: string | null;
}

/** An id: `tag_` and 26 base32 characters of a UUIDv7. */
export type TagId = string;

/** One page of Tag rows. */
export interface TagPage {
  /** The rows of this page. */
  data: Tag[];
  /** Send it as `cursor` for the next page; null on the last one. */
  next_cursor: string | null;
  /** Exact count of all rows; only with `include=total_count`, else null. */
  total_count: number | null;
}

/** An edit of a tag: absent keeps, null clears. */
export interface TagUpdate {
  /** The label; unique per category ignoring case. */
  name?: string;
  /** Its colour, `#rrggbb`. */
  color?: string | null;
}

/** A rung of the program. */
export interface Tier {
  /** The id. */
  id: TierId;
  /** Rises with every change; also the ETag. */
  version: number;
  /** When it was created. */
  created_at: Timestamp;
  /** When it last changed. */
  updated_at: Timestamp;
  /** The word that partners carry as their `tier`; fixed. */
  key: string;
  /** The name for people. */
  name: string;
  /** Its place, unique; higher is better. */
  rank: number;
  /** What it means. */
  description: string | null;
  /** What a partner must fulfil; null: only by hand, or as the default. */
  requirement: FilterNode | null;
  /** Whether partners get it who fulfil no requirement; exactly one tier is the default. */
  is_default: boolean;
  /** Its colour, `#rrggbb`. */
  color: string | null;
  /** How many partners have it. */
  partner_count: number;
}

/** Where a partner stands among the tiers. */
export interface TierAssessment {
  /** The partner. */
  partner_id: PartnerId;
  /** The tier that it has. */
  tier: string | null;
  /** Who decided on it. */
  tier_source: Open<TierSource>;
  /** What the rules give now. */
  automatic_tier: string | null;
  /** Since when the rules give less than the tier held. */
  at_risk_since: Timestamp | null;
  /** The first day on which it falls, in the organization's time zone. */
  demotion_on: string | null;
  /** The tier that it has. */
  present: TierCheck | null;
  /** The next higher tier that has a requirement. */
  next: TierCheck | null;
}

/** A change of a partner's tier. Never changed, kept for ever. */
export interface TierChange {
  /** The id. */
  id: TierChangeId;
  /** The partner. */
  partner_id: PartnerId;
  /** The tier until then. */
  from: string | null;
  /** The tier from then on. */
  to: string | null;
  /** When. */
  at: Timestamp;
  /** Whether a person decided. */
  source: Open<TierSource>;
  /** SHA-256 over key, rank and requirement of all tiers: the rules that were in force. */
  rules_hash: string;
  /** Who caused it. */
  actor: Actor;
}

/** An id: `tch_` and 26 base32 characters of a UUIDv7. */
export type TierChangeId = string;

/** One page of TierChange rows. */
export interface TierChangePage {
  /** The rows of this page. */
  data: TierChange[];
  /** Send it as `cursor` for the next page; null on the last one. */
  next_cursor: string | null;
  /** Exact count of all rows; only with `include=total_count`, else null. */
  total_count: number | null;
}

/** The requirement of a tier, held against a partner. */
export interface TierCheck {
  /** The key of the tier. */
  tier: string;
  /** Whether the whole requirement holds; one that there is not holds. */
  met: boolean;
  /** Its conditions one by one. */
  leaves: TierLeaf[];
}

/** A new tier. */
export interface TierCreate {
  /** The word that partners carry as their `tier`; fixed. */
  key: string;
  /** The name for people. */
  name: string;
  /** Its place, unique; higher is better. */
  rank: number;
  /** What it means. */
  description?: string | null;
  /** What a partner must fulfil; null: only by hand, or as the default. */
  requirement?: FilterNode | null;
  /** Whether partners get it who fulfil no requirement; exactly one tier is the default. */
  is_default?: boolean;
  /** Its colour, `#rrggbb`. */
  color?: string | null;
}

/** Which partners to evaluate: those selected in one way, or all. */
export interface TierEvaluationRequest {
  /** These partners. */
  partner_ids?: PartnerId[] | null;
  /** The partners that it finds. */
  filter?: FilterNode | null;
  /** The partners that a saved view finds. */
  view_id?: ViewId | null;
  /** Only tell what would change. */
  dry_run?: boolean;
}

/** An id: `tier_` and 26 base32 characters of a UUIDv7. */
export type TierId = string;

/** One condition of a requirement, held against a partner. */
export interface TierLeaf {
  /** Where it stands in the requirement, a JSON Pointer fragment. */
  pointer: string;
  /** How it compares. */
  op: string;
  /** The field that it looks at. */
  field: string;
  /** The partner's value. */
  actual: AnyValue;
  /** What it is compared with. */
  needed: AnyValue;
  /** Whether this condition alone holds. */
  met: boolean;
  /**
   * How far the value is from the bound: 0 when the condition holds, null when the value is unknown
   * or no number.
   */
  gap: number | null;
}

/**
 * Who decides on tiers: `automatic` the rules whenever the policy says so, `manual` people and
 * integrations.
 */
export type TierMode = "automatic" | "manual";

/** One page of Tier rows. */
export interface TierPage {
  /** The rows of this page. */
  data: Tier[];
  /** Send it as `cursor` for the next page; null on the last one. */
  next_cursor: string | null;
  /** Exact count of all rows; only with `include=total_count`, else null. */
  total_count: number | null;
}

/** When and how tiers are evaluated. */
export interface TierPolicy {
  /** Rises with every change; also the ETag. */
  version: number;
  /** When it was created. */
  created_at: Timestamp;
  /** When it last changed. */
  updated_at: Timestamp;
  /** Who decides on tiers. */
  mode: Open<TierMode>;
  /** What makes a partner be evaluated. */
  evaluate_on: Open<TierTrigger>[];
  /** For so many days a partner keeps a tier that the rules would take away. */
  demotion_grace_days: number;
  /** When all partners were evaluated last. */
  evaluated_at: Timestamp | null;
}

/** The new policy: what is absent stays. */
export interface TierPolicyUpdate {
  /** Who decides on tiers. */
  mode?: TierMode;
  /** What makes a partner be evaluated. */
  evaluate_on?: TierTrigger[];
  /** For so many days a partner keeps a tier that the rules would take away. */
  demotion_grace_days?: number;
}

/** Who decided on the tier. */
export type TierSource = "automatic" | "manual";

/**
 * When tiers are evaluated: after a change of the partner (its creation too), of its deals, of its
 * scores, every day.
 */
export type TierTrigger = "partner_updated" | "deal_closed" | "scores_updated" | "daily";

/** An edit of a tier: absent keeps, null clears. */
export interface TierUpdate {
  /** The name for people. */
  name?: string;
  /** Its place, unique; higher is better. */
  rank?: number;
  /** What it means. */
  description?: string | null;
  /** What a partner must fulfil; null: only by hand, or as the default. */
  requirement?: FilterNode | null;
  /** Whether partners get it who fulfil no requirement; exactly one tier is the default. */
  is_default?: boolean;
  /** Its colour, `#rrggbb`. */
  color?: string | null;
}

/** An instant in UTC with six digits of a second. */
export type Timestamp = string;

/** What a sign-in answers; the refresh token is in the cookie `__Host-prm_refresh`. */
export interface TokenGrant {
  /** Send it as `Authorization: Bearer ...`. */
  access_token: string;
  /** Always `Bearer`. */
  token_type: string;
  /** For how many seconds the access token is good. */
  expires_in: number;
  /** The session that was opened or continued. */
  session_id: SessionId;
  /** Who signed in. */
  member: Member;
}

/** A person who can sign in. */
export interface User {
  /** The id. */
  id: UserId;
  /** The name. */
  name: string;
  /** The e-mail address. */
  email: string;
  /** The language of mails, as a BCP 47 tag. */
  locale: string;
  /** Whether notifications come by mail too. */
  email_notifications: boolean;
}

/** An id: `usr_` and 26 base32 characters of a UUIDv7. */
export type UserId = string;

/** An id: `view_` and 26 base32 characters of a UUIDv7. */
export type ViewId = string;

/** What a view lists. */
export type ViewObject = "partner" | "deal" | "contact";

/** Who sees a view. */
export type ViewVisibility = "private" | "organization";

/** Something that a view names and that is gone. */
export interface ViewWarning {
  /** Where it stands in the view. */
  pointer: string;
  /** `not_found_reference`. */
  code: string;
}

/** Whether a person decided on the values of a write. */
export type WriteMode = "manual" | "automated";

/** The codes of problems that the document lists. */
export type ProblemCode =
  | "address_not_allowed"
  | "agreement_required"
  | "ai_unavailable"
  | "already_member"
  | "batch_too_large"
  | "body_too_large"
  | "circular_requirement"
  | "closed_on_required"
  | "confirmation_invalid"
  | "contact_email_taken"
  | "csv_unreadable"
  | "currency_in_use"
  | "deal_conflict"
  | "default_tier"
  | "delivery_succeeded"
  | "domain_required"
  | "domain_taken"
  | "email_taken"
  | "events_expired"
  | "external_id_taken"
  | "form_changed"
  | "form_needs_name_question"
  | "idempotency_answer_lost"
  | "idempotency_in_progress"
  | "idempotency_key_invalid"
  | "idempotency_key_reused"
  | "if_match_required"
  | "image_unreadable"
  | "insufficient_role"
  | "insufficient_scope"
  | "internal_error"
  | "invalid_credentials"
  | "invalid_cursor"
  | "invalid_date_order"
  | "invalid_filter"
  | "invalid_header"
  | "invalid_parameter"
  | "invalid_selection"
  | "invalid_token"
  | "invalid_transition"
  | "invitation_invalid"
  | "job_expired"
  | "job_finished"
  | "job_not_finished"
  | "key_expired"
  | "key_revoked"
  | "key_taken"
  | "last_owner"
  | "malformed_json"
  | "mapping_type_mismatch"
  | "mapping_unknown_column"
  | "member_suspended"
  | "missing_credentials"
  | "not_acceptable"
  | "not_applicable"
  | "not_found"
  | "not_found_reference"
  | "not_overridable"
  | "not_overridden"
  | "not_view_owner"
  | "origin_not_allowed"
  | "partner_exists"
  | "query_too_expensive"
  | "query_too_long"
  | "quota_exceeded"
  | "rank_taken"
  | "refresh_token_invalid"
  | "refresh_token_reused"
  | "registration_closed"
  | "request_timeout"
  | "required"
  | "reset_token_invalid"
  | "slack_not_connected"
  | "slack_rejected"
  | "submission_already_accepted"
  | "tag_name_taken"
  | "tier_in_use"
  | "token_expired"
  | "too_many_tags"
  | "unavailable"
  | "unsupported_media_type"
  | "use_acceptance"
  | "validation_failed"
  | "version_mismatch"
  | "view_name_taken"
  | "weights_not_100_percent";

/** Conditions as parameters of a list; all of them must be met. */
export interface EventFilters {
  /** Sequence is one of these values. */
  sequence?: number[] | undefined;
  /** Sequence is more than this. */
  sequence_gt?: number | undefined;
  /** Sequence is at least this. */
  sequence_gte?: number | undefined;
  /** Sequence is less than this. */
  sequence_lt?: number | undefined;
  /** Sequence is at most this. */
  sequence_lte?: number | undefined;
  /** Type is one of these values. */
  type?: string[] | undefined;
  /** Type is none of these values, or is empty. */
  type_not?: string[] | undefined;
  /** Subject is one of these values. */
  subject_id?: string[] | undefined;
  /** Subject is none of these values, or is empty. */
  subject_id_not?: string[] | undefined;
  /** Actor is one of these values. */
  actor_id?: string[] | undefined;
  /** Actor is none of these values, or is empty. */
  actor_id_not?: string[] | undefined;
  /** Actor is empty (`true`) or is not empty (`false`). */
  actor_id_null?: boolean | undefined;
  /** Time is more than this. A time, a day, or a duration from now. */
  timestamp_gt?: string | undefined;
  /** Time is at least this. A time, a day, or a duration from now. */
  timestamp_gte?: string | undefined;
  /** Time is less than this. A time, a day, or a duration from now. */
  timestamp_lt?: string | undefined;
  /** Time is at most this. A time, a day, or a duration from now. */
  timestamp_lte?: string | undefined;
  /** Only events of these types. */
  types?: string[] | undefined;
}

/** Conditions as parameters of a list; all of them must be met. */
export interface PartnerFilters {
  /** ID is one of these values. */
  id?: PartnerId[] | undefined;
  /** Name is one of these values. */
  name?: string[] | undefined;
  /** Name is none of these values, or is empty. */
  name_not?: string[] | undefined;
  /** Name contains this text, ignoring case. */
  name_contains?: string | undefined;
  /** Name starts with this text, ignoring case. */
  name_starts_with?: string | undefined;
  /** Domain is one of these values. */
  domain?: string[] | undefined;
  /** Domain is none of these values, or is empty. */
  domain_not?: string[] | undefined;
  /** Domain contains this text, ignoring case. */
  domain_contains?: string | undefined;
  /** Domain starts with this text, ignoring case. */
  domain_starts_with?: string | undefined;
  /** Domain is empty (`true`) or is not empty (`false`). */
  domain_null?: boolean | undefined;
  /** Industry is one of these values. */
  industry?: string[] | undefined;
  /** Industry is none of these values, or is empty. */
  industry_not?: string[] | undefined;
  /** Industry contains this text, ignoring case. */
  industry_contains?: string | undefined;
  /** Industry starts with this text, ignoring case. */
  industry_starts_with?: string | undefined;
  /** Industry is empty (`true`) or is not empty (`false`). */
  industry_null?: boolean | undefined;
  /** Employees is one of these values. */
  employees?: number[] | undefined;
  /** Employees is more than this. */
  employees_gt?: number | undefined;
  /** Employees is at least this. */
  employees_gte?: number | undefined;
  /** Employees is less than this. */
  employees_lt?: number | undefined;
  /** Employees is at most this. */
  employees_lte?: number | undefined;
  /** Employees is empty (`true`) or is not empty (`false`). */
  employees_null?: boolean | undefined;
  /** Company revenue is one of these values. */
  company_revenue?: number[] | undefined;
  /** Company revenue is more than this. */
  company_revenue_gt?: number | undefined;
  /** Company revenue is at least this. */
  company_revenue_gte?: number | undefined;
  /** Company revenue is less than this. */
  company_revenue_lt?: number | undefined;
  /** Company revenue is at most this. */
  company_revenue_lte?: number | undefined;
  /** Company revenue is empty (`true`) or is not empty (`false`). */
  company_revenue_null?: boolean | undefined;
  /** Regions contains at least one of these values. */
  regions?: string[] | undefined;
  /** Regions contains all of these values. */
  regions_all?: string[] | undefined;
  /** Regions contains none of these values. */
  regions_none?: string[] | undefined;
  /** Languages contains at least one of these values. */
  languages?: string[] | undefined;
  /** Languages contains all of these values. */
  languages_all?: string[] | undefined;
  /** Languages contains none of these values. */
  languages_none?: string[] | undefined;
  /** Services contains at least one of these values. */
  services?: string[] | undefined;
  /** Services contains all of these values. */
  services_all?: string[] | undefined;
  /** Services contains none of these values. */
  services_none?: string[] | undefined;
  /** Products contains at least one of these values. */
  products?: string[] | undefined;
  /** Products contains all of these values. */
  products_all?: string[] | undefined;
  /** Products contains none of these values. */
  products_none?: string[] | undefined;
  /** Type is one of these values. */
  type?: PartnerType[] | undefined;
  /** Type is none of these values, or is empty. */
  type_not?: PartnerType[] | undefined;
  /** Subtype is one of these values. */
  subtype?: string[] | undefined;
  /** Subtype is none of these values, or is empty. */
  subtype_not?: string[] | undefined;
  /** Subtype contains this text, ignoring case. */
  subtype_contains?: string | undefined;
  /** Subtype starts with this text, ignoring case. */
  subtype_starts_with?: string | undefined;
  /** Subtype is empty (`true`) or is not empty (`false`). */
  subtype_null?: boolean | undefined;
  /** Category is one of these values. */
  category?: PartnerCategory[] | undefined;
  /** Category is none of these values, or is empty. */
  category_not?: PartnerCategory[] | undefined;
  /** Category is empty (`true`) or is not empty (`false`). */
  category_null?: boolean | undefined;
  /** Tier is one of these values. */
  tier?: string[] | undefined;
  /** Tier is none of these values, or is empty. */
  tier_not?: string[] | undefined;
  /** Tier is more than this. */
  tier_gt?: string | undefined;
  /** Tier is at least this. */
  tier_gte?: string | undefined;
  /** Tier is less than this. */
  tier_lt?: string | undefined;
  /** Tier is at most this. */
  tier_lte?: string | undefined;
  /** Tier is empty (`true`) or is not empty (`false`). */
  tier_null?: boolean | undefined;
  /** Tier source is one of these values. */
  tier_source?: TierSource[] | undefined;
  /** Tier source is none of these values, or is empty. */
  tier_source_not?: TierSource[] | undefined;
  /** Tier changed is more than this. A time, a day, or a duration from now. */
  tier_changed_at_gt?: string | undefined;
  /** Tier changed is at least this. A time, a day, or a duration from now. */
  tier_changed_at_gte?: string | undefined;
  /** Tier changed is less than this. A time, a day, or a duration from now. */
  tier_changed_at_lt?: string | undefined;
  /** Tier changed is at most this. A time, a day, or a duration from now. */
  tier_changed_at_lte?: string | undefined;
  /** Tier changed is empty (`true`) or is not empty (`false`). */
  tier_changed_at_null?: boolean | undefined;
  /** Tier at risk since is more than this. A time, a day, or a duration from now. */
  tier_at_risk_since_gt?: string | undefined;
  /** Tier at risk since is at least this. A time, a day, or a duration from now. */
  tier_at_risk_since_gte?: string | undefined;
  /** Tier at risk since is less than this. A time, a day, or a duration from now. */
  tier_at_risk_since_lt?: string | undefined;
  /** Tier at risk since is at most this. A time, a day, or a duration from now. */
  tier_at_risk_since_lte?: string | undefined;
  /** Tier at risk since is empty (`true`) or is not empty (`false`). */
  tier_at_risk_since_null?: boolean | undefined;
  /** Tags contains at least one of these values. */
  tag_ids?: TagId[] | undefined;
  /** Tags contains all of these values. */
  tag_ids_all?: TagId[] | undefined;
  /** Tags contains none of these values. */
  tag_ids_none?: TagId[] | undefined;
  /** Status is one of these values. */
  status?: PartnerStatus[] | undefined;
  /** Status is none of these values, or is empty. */
  status_not?: PartnerStatus[] | undefined;
  /** Stage is one of these values. */
  stage?: PartnerStage[] | undefined;
  /** Stage is none of these values, or is empty. */
  stage_not?: PartnerStage[] | undefined;
  /** Stage changed is more than this. A time, a day, or a duration from now. */
  stage_changed_at_gt?: string | undefined;
  /** Stage changed is at least this. A time, a day, or a duration from now. */
  stage_changed_at_gte?: string | undefined;
  /** Stage changed is less than this. A time, a day, or a duration from now. */
  stage_changed_at_lt?: string | undefined;
  /** Stage changed is at most this. A time, a day, or a duration from now. */
  stage_changed_at_lte?: string | undefined;
  /** Appears in intelligence: yes or no. */
  in_intelligence?: boolean | undefined;
  /** Partner manager is one of these values. */
  partner_manager_id?: MemberId[] | undefined;
  /** Partner manager is none of these values, or is empty. */
  partner_manager_id_not?: MemberId[] | undefined;
  /** Partner manager is empty (`true`) or is not empty (`false`). */
  partner_manager_id_null?: boolean | undefined;
  /** Primary contact is one of these values. */
  primary_contact_id?: ContactId[] | undefined;
  /** Primary contact is none of these values, or is empty. */
  primary_contact_id_not?: ContactId[] | undefined;
  /** Primary contact is empty (`true`) or is not empty (`false`). */
  primary_contact_id_null?: boolean | undefined;
  /** Pipeline is one of these values. */
  pipeline?: number[] | undefined;
  /** Pipeline is more than this. */
  pipeline_gt?: number | undefined;
  /** Pipeline is at least this. */
  pipeline_gte?: number | undefined;
  /** Pipeline is less than this. */
  pipeline_lt?: number | undefined;
  /** Pipeline is at most this. */
  pipeline_lte?: number | undefined;
  /** Revenue is one of these values. */
  revenue?: number[] | undefined;
  /** Revenue is more than this. */
  revenue_gt?: number | undefined;
  /** Revenue is at least this. */
  revenue_gte?: number | undefined;
  /** Revenue is less than this. */
  revenue_lt?: number | undefined;
  /** Revenue is at most this. */
  revenue_lte?: number | undefined;
  /** Product revenue is one of these values. */
  product_revenue?: number[] | undefined;
  /** Product revenue is more than this. */
  product_revenue_gt?: number | undefined;
  /** Product revenue is at least this. */
  product_revenue_gte?: number | undefined;
  /** Product revenue is less than this. */
  product_revenue_lt?: number | undefined;
  /** Product revenue is at most this. */
  product_revenue_lte?: number | undefined;
  /** Active deals is one of these values. */
  active_deals?: number[] | undefined;
  /** Active deals is more than this. */
  active_deals_gt?: number | undefined;
  /** Active deals is at least this. */
  active_deals_gte?: number | undefined;
  /** Active deals is less than this. */
  active_deals_lt?: number | undefined;
  /** Active deals is at most this. */
  active_deals_lte?: number | undefined;
  /** Closed deals is one of these values. */
  closed_deals?: number[] | undefined;
  /** Closed deals is more than this. */
  closed_deals_gt?: number | undefined;
  /** Closed deals is at least this. */
  closed_deals_gte?: number | undefined;
  /** Closed deals is less than this. */
  closed_deals_lt?: number | undefined;
  /** Closed deals is at most this. */
  closed_deals_lte?: number | undefined;
  /** Customers is one of these values. */
  customers?: number[] | undefined;
  /** Customers is more than this. */
  customers_gt?: number | undefined;
  /** Customers is at least this. */
  customers_gte?: number | undefined;
  /** Customers is less than this. */
  customers_lt?: number | undefined;
  /** Customers is at most this. */
  customers_lte?: number | undefined;
  /** Annual revenue target is one of these values. */
  annual_revenue_target?: number[] | undefined;
  /** Annual revenue target is more than this. */
  annual_revenue_target_gt?: number | undefined;
  /** Annual revenue target is at least this. */
  annual_revenue_target_gte?: number | undefined;
  /** Annual revenue target is less than this. */
  annual_revenue_target_lt?: number | undefined;
  /** Annual revenue target is at most this. */
  annual_revenue_target_lte?: number | undefined;
  /** Annual revenue target is empty (`true`) or is not empty (`false`). */
  annual_revenue_target_null?: boolean | undefined;
  /** Fit score is empty (`true`) or is not empty (`false`). */
  fit_score_null?: boolean | undefined;
  /** Health score is empty (`true`) or is not empty (`false`). */
  health_score_null?: boolean | undefined;
  /** 4C breakdown is empty (`true`) or is not empty (`false`). */
  four_c_breakdown_null?: boolean | undefined;
  /** Key strengths contains at least one of these values. */
  key_strengths?: string[] | undefined;
  /** Key strengths contains all of these values. */
  key_strengths_all?: string[] | undefined;
  /** Key strengths contains none of these values. */
  key_strengths_none?: string[] | undefined;
  /** Scored is more than this. A time, a day, or a duration from now. */
  scored_at_gt?: string | undefined;
  /** Scored is at least this. A time, a day, or a duration from now. */
  scored_at_gte?: string | undefined;
  /** Scored is less than this. A time, a day, or a duration from now. */
  scored_at_lt?: string | undefined;
  /** Scored is at most this. A time, a day, or a duration from now. */
  scored_at_lte?: string | undefined;
  /** Scored is empty (`true`) or is not empty (`false`). */
  scored_at_null?: boolean | undefined;
  /** Scores stale: yes or no. */
  scores_stale?: boolean | undefined;
  /** External ID is one of these values. */
  external_id?: string[] | undefined;
  /** External ID is none of these values, or is empty. */
  external_id_not?: string[] | undefined;
  /** External ID contains this text, ignoring case. */
  external_id_contains?: string | undefined;
  /** External ID starts with this text, ignoring case. */
  external_id_starts_with?: string | undefined;
  /** Created via is one of these values. */
  created_via?: PartnerCreatedVia[] | undefined;
  /** Created via is none of these values, or is empty. */
  created_via_not?: PartnerCreatedVia[] | undefined;
  /** Overridden fields contains at least one of these values. */
  overridden_fields?: string[] | undefined;
  /** Overridden fields contains all of these values. */
  overridden_fields_all?: string[] | undefined;
  /** Overridden fields contains none of these values. */
  overridden_fields_none?: string[] | undefined;
}

/** The parameters of `listApiKeys`. */
export interface ListApiKeysQuery {
  /**
   * Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
   * answered with those that are.
   */
  sort?: string[] | undefined;
  /** Rows of a page; 50 unless given. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  /** `total_count` counts all rows exactly. */
  include?: PageInclude[] | undefined;
  /** ID is one of these values. */
  id?: ApiKeyId[] | undefined;
  /** Name is one of these values. */
  name?: string[] | undefined;
  /** Name is none of these values, or is empty. */
  name_not?: string[] | undefined;
  /** Name contains this text, ignoring case. */
  name_contains?: string | undefined;
  /** Name starts with this text, ignoring case. */
  name_starts_with?: string | undefined;
  /** Write mode is one of these values. */
  default_write_mode?: WriteMode[] | undefined;
  /** Write mode is none of these values, or is empty. */
  default_write_mode_not?: WriteMode[] | undefined;
  /** Created is more than this. A time, a day, or a duration from now. */
  created_at_gt?: string | undefined;
  /** Created is at least this. A time, a day, or a duration from now. */
  created_at_gte?: string | undefined;
  /** Created is less than this. A time, a day, or a duration from now. */
  created_at_lt?: string | undefined;
  /** Created is at most this. A time, a day, or a duration from now. */
  created_at_lte?: string | undefined;
  /** Expires is more than this. A time, a day, or a duration from now. */
  expires_at_gt?: string | undefined;
  /** Expires is at least this. A time, a day, or a duration from now. */
  expires_at_gte?: string | undefined;
  /** Expires is less than this. A time, a day, or a duration from now. */
  expires_at_lt?: string | undefined;
  /** Expires is at most this. A time, a day, or a duration from now. */
  expires_at_lte?: string | undefined;
  /** Expires is empty (`true`) or is not empty (`false`). */
  expires_at_null?: boolean | undefined;
  /** Last used is more than this. A time, a day, or a duration from now. */
  last_used_at_gt?: string | undefined;
  /** Last used is at least this. A time, a day, or a duration from now. */
  last_used_at_gte?: string | undefined;
  /** Last used is less than this. A time, a day, or a duration from now. */
  last_used_at_lt?: string | undefined;
  /** Last used is at most this. A time, a day, or a duration from now. */
  last_used_at_lte?: string | undefined;
  /** Last used is empty (`true`) or is not empty (`false`). */
  last_used_at_null?: boolean | undefined;
  /** Revoked is more than this. A time, a day, or a duration from now. */
  revoked_at_gt?: string | undefined;
  /** Revoked is at least this. A time, a day, or a duration from now. */
  revoked_at_gte?: string | undefined;
  /** Revoked is less than this. A time, a day, or a duration from now. */
  revoked_at_lt?: string | undefined;
  /** Revoked is at most this. A time, a day, or a duration from now. */
  revoked_at_lte?: string | undefined;
  /** Revoked is empty (`true`) or is not empty (`false`). */
  revoked_at_null?: boolean | undefined;
}

/** The parameters of `listSubmissions`. */
export interface ListSubmissionsQuery {
  /** What to search for: prefixes, parts of words, with typing errors. */
  q?: string | undefined;
  /**
   * Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
   * answered with those that are.
   */
  sort?: string[] | undefined;
  /** Rows of a page; 50 unless given. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  /** `total_count` counts all rows; `deleted` adds deleted ones (a search finds live ones only). */
  include?: ListInclude[] | undefined;
  /** Status is one of these values. */
  status?: SubmissionStatus[] | undefined;
  /** Status is none of these values, or is empty. */
  status_not?: SubmissionStatus[] | undefined;
  /** Reviewer is one of these values. */
  reviewer_id?: MemberId[] | undefined;
  /** Reviewer is none of these values, or is empty. */
  reviewer_id_not?: MemberId[] | undefined;
  /** Reviewer is empty (`true`) or is not empty (`false`). */
  reviewer_id_null?: boolean | undefined;
  /** Form version is one of these values. */
  form_version?: number[] | undefined;
  /** Form version is more than this. */
  form_version_gt?: number | undefined;
  /** Form version is at least this. */
  form_version_gte?: number | undefined;
  /** Form version is less than this. */
  form_version_lt?: number | undefined;
  /** Form version is at most this. */
  form_version_lte?: number | undefined;
  /** Partner is one of these values. */
  partner_id?: PartnerId[] | undefined;
  /** Partner is none of these values, or is empty. */
  partner_id_not?: PartnerId[] | undefined;
  /** Partner is empty (`true`) or is not empty (`false`). */
  partner_id_null?: boolean | undefined;
  /** Submitted is more than this. A time, a day, or a duration from now. */
  submitted_at_gt?: string | undefined;
  /** Submitted is at least this. A time, a day, or a duration from now. */
  submitted_at_gte?: string | undefined;
  /** Submitted is less than this. A time, a day, or a duration from now. */
  submitted_at_lt?: string | undefined;
  /** Submitted is at most this. A time, a day, or a duration from now. */
  submitted_at_lte?: string | undefined;
  /** Reviewed is more than this. A time, a day, or a duration from now. */
  reviewed_at_gt?: string | undefined;
  /** Reviewed is at least this. A time, a day, or a duration from now. */
  reviewed_at_gte?: string | undefined;
  /** Reviewed is less than this. A time, a day, or a duration from now. */
  reviewed_at_lt?: string | undefined;
  /** Reviewed is at most this. A time, a day, or a duration from now. */
  reviewed_at_lte?: string | undefined;
  /** Reviewed is empty (`true`) or is not empty (`false`). */
  reviewed_at_null?: boolean | undefined;
  /** Created is more than this. A time, a day, or a duration from now. */
  created_at_gt?: string | undefined;
  /** Created is at least this. A time, a day, or a duration from now. */
  created_at_gte?: string | undefined;
  /** Created is less than this. A time, a day, or a duration from now. */
  created_at_lt?: string | undefined;
  /** Created is at most this. A time, a day, or a duration from now. */
  created_at_lte?: string | undefined;
  /** Updated is more than this. A time, a day, or a duration from now. */
  updated_at_gt?: string | undefined;
  /** Updated is at least this. A time, a day, or a duration from now. */
  updated_at_gte?: string | undefined;
  /** Updated is less than this. A time, a day, or a duration from now. */
  updated_at_lt?: string | undefined;
  /** Updated is at most this. A time, a day, or a duration from now. */
  updated_at_lte?: string | undefined;
}

/** The parameters of `listSessions`. */
export interface ListSessionsQuery {
  /**
   * Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
   * answered with those that are.
   */
  sort?: string[] | undefined;
  /** Rows of a page; 50 unless given. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  /** `total_count` counts all rows exactly. */
  include?: PageInclude[] | undefined;
  /** ID is one of these values. */
  id?: SessionId[] | undefined;
  /** Program is one of these values. */
  user_agent?: string[] | undefined;
  /** Program is none of these values, or is empty. */
  user_agent_not?: string[] | undefined;
  /** Program contains this text, ignoring case. */
  user_agent_contains?: string | undefined;
  /** Program starts with this text, ignoring case. */
  user_agent_starts_with?: string | undefined;
  /** Address is one of these values. */
  ip?: string[] | undefined;
  /** Address is none of these values, or is empty. */
  ip_not?: string[] | undefined;
  /** Address contains this text, ignoring case. */
  ip_contains?: string | undefined;
  /** Address starts with this text, ignoring case. */
  ip_starts_with?: string | undefined;
  /** Created is more than this. A time, a day, or a duration from now. */
  created_at_gt?: string | undefined;
  /** Created is at least this. A time, a day, or a duration from now. */
  created_at_gte?: string | undefined;
  /** Created is less than this. A time, a day, or a duration from now. */
  created_at_lt?: string | undefined;
  /** Created is at most this. A time, a day, or a duration from now. */
  created_at_lte?: string | undefined;
  /** Last seen is more than this. A time, a day, or a duration from now. */
  last_seen_at_gt?: string | undefined;
  /** Last seen is at least this. A time, a day, or a duration from now. */
  last_seen_at_gte?: string | undefined;
  /** Last seen is less than this. A time, a day, or a duration from now. */
  last_seen_at_lt?: string | undefined;
  /** Last seen is at most this. A time, a day, or a duration from now. */
  last_seen_at_lte?: string | undefined;
  /** Expires is more than this. A time, a day, or a duration from now. */
  expires_at_gt?: string | undefined;
  /** Expires is at least this. A time, a day, or a duration from now. */
  expires_at_gte?: string | undefined;
  /** Expires is less than this. A time, a day, or a duration from now. */
  expires_at_lt?: string | undefined;
  /** Expires is at most this. A time, a day, or a duration from now. */
  expires_at_lte?: string | undefined;
}

/** The parameters of `listContacts`. */
export interface ListContactsQuery {
  /** What to search for: prefixes, parts of words, with typing errors. */
  q?: string | undefined;
  /**
   * Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
   * answered with those that are.
   */
  sort?: string[] | undefined;
  /** Rows of a page; 50 unless given. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  /** `total_count` counts all rows; `deleted` adds deleted ones (a search finds live ones only). */
  include?: ListInclude[] | undefined;
  /**
   * A saved view whose filter and search are ANDed with the others; its sort holds unless `sort` is
   * given.
   */
  view_id?: ViewId | undefined;
  /**
   * Only rows whose last change has a higher event `sequence` than this, in the order of their
   * changes: send the `last_sequence` of an earlier walk, or 0 for all. Conditions apply; `sort`
   * and `q` cannot be combined with it. With `include=deleted` rows that were deleted come as well,
   * and `erased_ids` names those that are gone for good.
   */
  changed_after?: number | undefined;
  /** ID is one of these values. */
  id?: ContactId[] | undefined;
  /** Partner is one of these values. */
  partner_id?: PartnerId[] | undefined;
  /** Partner is none of these values, or is empty. */
  partner_id_not?: PartnerId[] | undefined;
  /** Name is one of these values. */
  name?: string[] | undefined;
  /** Name is none of these values, or is empty. */
  name_not?: string[] | undefined;
  /** Name contains this text, ignoring case. */
  name_contains?: string | undefined;
  /** Name starts with this text, ignoring case. */
  name_starts_with?: string | undefined;
  /** E-mail is one of these values. */
  email?: string[] | undefined;
  /** E-mail is none of these values, or is empty. */
  email_not?: string[] | undefined;
  /** E-mail contains this text, ignoring case. */
  email_contains?: string | undefined;
  /** E-mail starts with this text, ignoring case. */
  email_starts_with?: string | undefined;
  /** E-mail is empty (`true`) or is not empty (`false`). */
  email_null?: boolean | undefined;
  /** Phone is one of these values. */
  phone?: string[] | undefined;
  /** Phone is none of these values, or is empty. */
  phone_not?: string[] | undefined;
  /** Phone contains this text, ignoring case. */
  phone_contains?: string | undefined;
  /** Phone starts with this text, ignoring case. */
  phone_starts_with?: string | undefined;
  /** Phone is empty (`true`) or is not empty (`false`). */
  phone_null?: boolean | undefined;
  /** Title is one of these values. */
  title?: string[] | undefined;
  /** Title is none of these values, or is empty. */
  title_not?: string[] | undefined;
  /** Title contains this text, ignoring case. */
  title_contains?: string | undefined;
  /** Title starts with this text, ignoring case. */
  title_starts_with?: string | undefined;
  /** Title is empty (`true`) or is not empty (`false`). */
  title_null?: boolean | undefined;
  /** Primary contact: yes or no. */
  is_primary?: boolean | undefined;
  /** Created is more than this. A time, a day, or a duration from now. */
  created_at_gt?: string | undefined;
  /** Created is at least this. A time, a day, or a duration from now. */
  created_at_gte?: string | undefined;
  /** Created is less than this. A time, a day, or a duration from now. */
  created_at_lt?: string | undefined;
  /** Created is at most this. A time, a day, or a duration from now. */
  created_at_lte?: string | undefined;
  /** Updated is more than this. A time, a day, or a duration from now. */
  updated_at_gt?: string | undefined;
  /** Updated is at least this. A time, a day, or a duration from now. */
  updated_at_gte?: string | undefined;
  /** Updated is less than this. A time, a day, or a duration from now. */
  updated_at_lt?: string | undefined;
  /** Updated is at most this. A time, a day, or a duration from now. */
  updated_at_lte?: string | undefined;
}

/** The parameters of `listDeals`. */
export interface ListDealsQuery {
  /** What to search for: prefixes, parts of words, with typing errors. */
  q?: string | undefined;
  /**
   * Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
   * answered with those that are.
   */
  sort?: string[] | undefined;
  /** Rows of a page; 50 unless given. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  /** `total_count` counts all rows; `deleted` adds deleted ones (a search finds live ones only). */
  include?: ListInclude[] | undefined;
  /**
   * A saved view whose filter and search are ANDed with the others; its sort holds unless `sort` is
   * given.
   */
  view_id?: ViewId | undefined;
  /**
   * Only rows whose last change has a higher event `sequence` than this, in the order of their
   * changes: send the `last_sequence` of an earlier walk, or 0 for all. Conditions apply; `sort`
   * and `q` cannot be combined with it. With `include=deleted` rows that were deleted come as well,
   * and `erased_ids` names those that are gone for good.
   */
  changed_after?: number | undefined;
  /** ID is one of these values. */
  id?: DealId[] | undefined;
  /** Name is one of these values. */
  name?: string[] | undefined;
  /** Name is none of these values, or is empty. */
  name_not?: string[] | undefined;
  /** Name contains this text, ignoring case. */
  name_contains?: string | undefined;
  /** Name starts with this text, ignoring case. */
  name_starts_with?: string | undefined;
  /** Partner is one of these values. */
  partner_id?: PartnerId[] | undefined;
  /** Partner is none of these values, or is empty. */
  partner_id_not?: PartnerId[] | undefined;
  /** Account is one of these values. */
  account_name?: string[] | undefined;
  /** Account is none of these values, or is empty. */
  account_name_not?: string[] | undefined;
  /** Account contains this text, ignoring case. */
  account_name_contains?: string | undefined;
  /** Account starts with this text, ignoring case. */
  account_name_starts_with?: string | undefined;
  /** Account domain is one of these values. */
  account_domain?: string[] | undefined;
  /** Account domain is none of these values, or is empty. */
  account_domain_not?: string[] | undefined;
  /** Account domain contains this text, ignoring case. */
  account_domain_contains?: string | undefined;
  /** Account domain starts with this text, ignoring case. */
  account_domain_starts_with?: string | undefined;
  /** Account domain is empty (`true`) or is not empty (`false`). */
  account_domain_null?: boolean | undefined;
  /** Status is one of these values. */
  status?: DealStatus[] | undefined;
  /** Status is none of these values, or is empty. */
  status_not?: DealStatus[] | undefined;
  /** Stage is one of these values. */
  stage?: string[] | undefined;
  /** Stage is none of these values, or is empty. */
  stage_not?: string[] | undefined;
  /** Stage contains this text, ignoring case. */
  stage_contains?: string | undefined;
  /** Stage starts with this text, ignoring case. */
  stage_starts_with?: string | undefined;
  /** Stage is empty (`true`) or is not empty (`false`). */
  stage_null?: boolean | undefined;
  /** Motion is one of these values. */
  motion?: DealMotion[] | undefined;
  /** Motion is none of these values, or is empty. */
  motion_not?: DealMotion[] | undefined;
  /** Value is one of these values. */
  value?: number[] | undefined;
  /** Value is more than this. */
  value_gt?: number | undefined;
  /** Value is at least this. */
  value_gte?: number | undefined;
  /** Value is less than this. */
  value_lt?: number | undefined;
  /** Value is at most this. */
  value_lte?: number | undefined;
  /** Registered is more than this. A day, or a duration from now. */
  registered_on_gt?: string | undefined;
  /** Registered is at least this. A day, or a duration from now. */
  registered_on_gte?: string | undefined;
  /** Registered is less than this. A day, or a duration from now. */
  registered_on_lt?: string | undefined;
  /** Registered is at most this. A day, or a duration from now. */
  registered_on_lte?: string | undefined;
  /** Expected close is more than this. A day, or a duration from now. */
  expected_close_on_gt?: string | undefined;
  /** Expected close is at least this. A day, or a duration from now. */
  expected_close_on_gte?: string | undefined;
  /** Expected close is less than this. A day, or a duration from now. */
  expected_close_on_lt?: string | undefined;
  /** Expected close is at most this. A day, or a duration from now. */
  expected_close_on_lte?: string | undefined;
  /** Expected close is empty (`true`) or is not empty (`false`). */
  expected_close_on_null?: boolean | undefined;
  /** Expires is more than this. A day, or a duration from now. */
  expires_on_gt?: string | undefined;
  /** Expires is at least this. A day, or a duration from now. */
  expires_on_gte?: string | undefined;
  /** Expires is less than this. A day, or a duration from now. */
  expires_on_lt?: string | undefined;
  /** Expires is at most this. A day, or a duration from now. */
  expires_on_lte?: string | undefined;
  /** Expires is empty (`true`) or is not empty (`false`). */
  expires_on_null?: boolean | undefined;
  /** Closed is more than this. A day, or a duration from now. */
  closed_on_gt?: string | undefined;
  /** Closed is at least this. A day, or a duration from now. */
  closed_on_gte?: string | undefined;
  /** Closed is less than this. A day, or a duration from now. */
  closed_on_lt?: string | undefined;
  /** Closed is at most this. A day, or a duration from now. */
  closed_on_lte?: string | undefined;
  /** Closed is empty (`true`) or is not empty (`false`). */
  closed_on_null?: boolean | undefined;
  /** Decided by is empty (`true`) or is not empty (`false`). */
  decided_by_null?: boolean | undefined;
  /** Decided is more than this. A time, a day, or a duration from now. */
  decided_at_gt?: string | undefined;
  /** Decided is at least this. A time, a day, or a duration from now. */
  decided_at_gte?: string | undefined;
  /** Decided is less than this. A time, a day, or a duration from now. */
  decided_at_lt?: string | undefined;
  /** Decided is at most this. A time, a day, or a duration from now. */
  decided_at_lte?: string | undefined;
  /** Decided is empty (`true`) or is not empty (`false`). */
  decided_at_null?: boolean | undefined;
  /** Owner is one of these values. */
  owner_id?: MemberId[] | undefined;
  /** Owner is none of these values, or is empty. */
  owner_id_not?: MemberId[] | undefined;
  /** Owner is empty (`true`) or is not empty (`false`). */
  owner_id_null?: boolean | undefined;
  /** External ID is one of these values. */
  external_id?: string[] | undefined;
  /** External ID is none of these values, or is empty. */
  external_id_not?: string[] | undefined;
  /** External ID contains this text, ignoring case. */
  external_id_contains?: string | undefined;
  /** External ID starts with this text, ignoring case. */
  external_id_starts_with?: string | undefined;
  /** External ID is empty (`true`) or is not empty (`false`). */
  external_id_null?: boolean | undefined;
  /** Created is more than this. A time, a day, or a duration from now. */
  created_at_gt?: string | undefined;
  /** Created is at least this. A time, a day, or a duration from now. */
  created_at_gte?: string | undefined;
  /** Created is less than this. A time, a day, or a duration from now. */
  created_at_lt?: string | undefined;
  /** Created is at most this. A time, a day, or a duration from now. */
  created_at_lte?: string | undefined;
  /** Updated is more than this. A time, a day, or a duration from now. */
  updated_at_gt?: string | undefined;
  /** Updated is at least this. A time, a day, or a duration from now. */
  updated_at_gte?: string | undefined;
  /** Updated is less than this. A time, a day, or a duration from now. */
  updated_at_lt?: string | undefined;
  /** Updated is at most this. A time, a day, or a duration from now. */
  updated_at_lte?: string | undefined;
}

/** The parameters of `listDealConflicts`. */
export interface ListDealConflictsQuery {
  /**
   * Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
   * answered with those that are.
   */
  sort?: string[] | undefined;
  /** Rows of a page; all unless given. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  /** `total_count` counts all rows exactly. */
  include?: PageInclude[] | undefined;
  /** Match is one of these values. */
  match?: DealConflictMatch[] | undefined;
  /** Match is none of these values, or is empty. */
  match_not?: DealConflictMatch[] | undefined;
}

/** The parameters of `listEventTypes`. */
export interface ListEventTypesQuery {
  /**
   * Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
   * answered with those that are.
   */
  sort?: string[] | undefined;
  /** Rows of a page; all unless given. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  /** `total_count` counts all rows exactly. */
  include?: PageInclude[] | undefined;
  /** Type is one of these values. */
  type?: string[] | undefined;
  /** Type is none of these values, or is empty. */
  type_not?: string[] | undefined;
  /** Group is one of these values. */
  group?: string[] | undefined;
  /** Group is none of these values, or is empty. */
  group_not?: string[] | undefined;
}

/** The parameters of `listEvents`. */
export interface ListEventsQuery extends EventFilters {
  /** `desc` for the newest first; ascending unless given. The same as `sort=-sequence`. */
  order?: EventOrder | undefined;
  /**
   * Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
   * answered with those that are.
   */
  sort?: string[] | undefined;
  /** Rows of a page; 50 unless given. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  /** `total_count` counts all rows exactly. */
  include?: PageInclude[] | undefined;
}

/** The parameters of `getAttainmentInsight`. */
export interface GetAttainmentInsightQuery extends PartnerFilters {
  /** The fiscal year, by the calendar year in which it ends; the present one unless given. */
  fiscal_year?: number | undefined;
  /** What to search for: prefixes, parts of words, with typing errors. */
  q?: string | undefined;
  /**
   * Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
   * answered with those that are.
   */
  sort?: string[] | undefined;
  /** Rows of a page; 50 unless given. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  /** `total_count` counts all rows exactly. */
  include?: PageInclude[] | undefined;
  /**
   * A saved view whose filter and search are ANDed with the others; its sort holds unless `sort` is
   * given.
   */
  view_id?: ViewId | undefined;
  /** Fit score is one of these values. */
  fit_score?: number[] | undefined;
  /** Fit score is more than this. */
  fit_score_gt?: number | undefined;
  /** Fit score is at least this. */
  fit_score_gte?: number | undefined;
  /** Fit score is less than this. */
  fit_score_lt?: number | undefined;
  /** Fit score is at most this. */
  fit_score_lte?: number | undefined;
  /** Health score is one of these values. */
  health_score?: number[] | undefined;
  /** Health score is more than this. */
  health_score_gt?: number | undefined;
  /** Health score is at least this. */
  health_score_gte?: number | undefined;
  /** Health score is less than this. */
  health_score_lt?: number | undefined;
  /** Health score is at most this. */
  health_score_lte?: number | undefined;
  /** External ID is empty (`true`) or is not empty (`false`). */
  external_id_null?: boolean | undefined;
  /** Created is more than this. A time, a day, or a duration from now. */
  created_at_gt?: string | undefined;
  /** Created is at least this. A time, a day, or a duration from now. */
  created_at_gte?: string | undefined;
  /** Created is less than this. A time, a day, or a duration from now. */
  created_at_lt?: string | undefined;
  /** Created is at most this. A time, a day, or a duration from now. */
  created_at_lte?: string | undefined;
  /** Updated is more than this. A time, a day, or a duration from now. */
  updated_at_gt?: string | undefined;
  /** Updated is at least this. A time, a day, or a duration from now. */
  updated_at_gte?: string | undefined;
  /** Updated is less than this. A time, a day, or a duration from now. */
  updated_at_lt?: string | undefined;
  /** Updated is at most this. A time, a day, or a duration from now. */
  updated_at_lte?: string | undefined;
}

/** The parameters of `getLifecycleInsight`. */
export interface GetLifecycleInsightQuery extends PartnerFilters {
  /** The first day; 365 days before the last one unless given. */
  since?: string | undefined;
  /** The last day; today unless given. */
  until?: string | undefined;
  /** What to search for: prefixes, parts of words, with typing errors. */
  q?: string | undefined;
  /**
   * A saved view whose filter and search are ANDed with the others; its sort holds unless `sort` is
   * given.
   */
  view_id?: ViewId | undefined;
  /** Fit score is one of these values. */
  fit_score?: number[] | undefined;
  /** Fit score is more than this. */
  fit_score_gt?: number | undefined;
  /** Fit score is at least this. */
  fit_score_gte?: number | undefined;
  /** Fit score is less than this. */
  fit_score_lt?: number | undefined;
  /** Fit score is at most this. */
  fit_score_lte?: number | undefined;
  /** Health score is one of these values. */
  health_score?: number[] | undefined;
  /** Health score is more than this. */
  health_score_gt?: number | undefined;
  /** Health score is at least this. */
  health_score_gte?: number | undefined;
  /** Health score is less than this. */
  health_score_lt?: number | undefined;
  /** Health score is at most this. */
  health_score_lte?: number | undefined;
  /** External ID is empty (`true`) or is not empty (`false`). */
  external_id_null?: boolean | undefined;
  /** Created is more than this. A time, a day, or a duration from now. */
  created_at_gt?: string | undefined;
  /** Created is at least this. A time, a day, or a duration from now. */
  created_at_gte?: string | undefined;
  /** Created is less than this. A time, a day, or a duration from now. */
  created_at_lt?: string | undefined;
  /** Created is at most this. A time, a day, or a duration from now. */
  created_at_lte?: string | undefined;
  /** Updated is more than this. A time, a day, or a duration from now. */
  updated_at_gt?: string | undefined;
  /** Updated is at least this. A time, a day, or a duration from now. */
  updated_at_gte?: string | undefined;
  /** Updated is less than this. A time, a day, or a duration from now. */
  updated_at_lt?: string | undefined;
  /** Updated is at most this. A time, a day, or a duration from now. */
  updated_at_lte?: string | undefined;
}

/** The parameters of `getPortfolioInsight`. */
export interface GetPortfolioInsightQuery extends PartnerFilters {
  /** What to search for: prefixes, parts of words, with typing errors. */
  q?: string | undefined;
  /**
   * A saved view whose filter and search are ANDed with the others; its sort holds unless `sort` is
   * given.
   */
  view_id?: ViewId | undefined;
  /** Fit score is one of these values. */
  fit_score?: number[] | undefined;
  /** Fit score is more than this. */
  fit_score_gt?: number | undefined;
  /** Fit score is at least this. */
  fit_score_gte?: number | undefined;
  /** Fit score is less than this. */
  fit_score_lt?: number | undefined;
  /** Fit score is at most this. */
  fit_score_lte?: number | undefined;
  /** Health score is one of these values. */
  health_score?: number[] | undefined;
  /** Health score is more than this. */
  health_score_gt?: number | undefined;
  /** Health score is at least this. */
  health_score_gte?: number | undefined;
  /** Health score is less than this. */
  health_score_lt?: number | undefined;
  /** Health score is at most this. */
  health_score_lte?: number | undefined;
  /** External ID is empty (`true`) or is not empty (`false`). */
  external_id_null?: boolean | undefined;
  /** Created is more than this. A time, a day, or a duration from now. */
  created_at_gt?: string | undefined;
  /** Created is at least this. A time, a day, or a duration from now. */
  created_at_gte?: string | undefined;
  /** Created is less than this. A time, a day, or a duration from now. */
  created_at_lt?: string | undefined;
  /** Created is at most this. A time, a day, or a duration from now. */
  created_at_lte?: string | undefined;
  /** Updated is more than this. A time, a day, or a duration from now. */
  updated_at_gt?: string | undefined;
  /** Updated is at least this. A time, a day, or a duration from now. */
  updated_at_gte?: string | undefined;
  /** Updated is less than this. A time, a day, or a duration from now. */
  updated_at_lt?: string | undefined;
  /** Updated is at most this. A time, a day, or a duration from now. */
  updated_at_lte?: string | undefined;
}

/** The parameters of `getStrengthsInsight`. */
export interface GetStrengthsInsightQuery extends PartnerFilters {
  /** What to search for: prefixes, parts of words, with typing errors. */
  q?: string | undefined;
  /**
   * A saved view whose filter and search are ANDed with the others; its sort holds unless `sort` is
   * given.
   */
  view_id?: ViewId | undefined;
  /** Fit score is one of these values. */
  fit_score?: number[] | undefined;
  /** Fit score is more than this. */
  fit_score_gt?: number | undefined;
  /** Fit score is at least this. */
  fit_score_gte?: number | undefined;
  /** Fit score is less than this. */
  fit_score_lt?: number | undefined;
  /** Fit score is at most this. */
  fit_score_lte?: number | undefined;
  /** Health score is one of these values. */
  health_score?: number[] | undefined;
  /** Health score is more than this. */
  health_score_gt?: number | undefined;
  /** Health score is at least this. */
  health_score_gte?: number | undefined;
  /** Health score is less than this. */
  health_score_lt?: number | undefined;
  /** Health score is at most this. */
  health_score_lte?: number | undefined;
  /** External ID is empty (`true`) or is not empty (`false`). */
  external_id_null?: boolean | undefined;
  /** Created is more than this. A time, a day, or a duration from now. */
  created_at_gt?: string | undefined;
  /** Created is at least this. A time, a day, or a duration from now. */
  created_at_gte?: string | undefined;
  /** Created is less than this. A time, a day, or a duration from now. */
  created_at_lt?: string | undefined;
  /** Created is at most this. A time, a day, or a duration from now. */
  created_at_lte?: string | undefined;
  /** Updated is more than this. A time, a day, or a duration from now. */
  updated_at_gt?: string | undefined;
  /** Updated is at least this. A time, a day, or a duration from now. */
  updated_at_gte?: string | undefined;
  /** Updated is less than this. A time, a day, or a duration from now. */
  updated_at_lt?: string | undefined;
  /** Updated is at most this. A time, a day, or a duration from now. */
  updated_at_lte?: string | undefined;
}

/** The parameters of `listSlackTargets`. */
export interface ListSlackTargetsQuery {
  /** Only channels or only users. */
  kind?: SlackTargetKind | undefined;
  /** What to search for: prefixes, parts of words, with typing errors. */
  q?: string | undefined;
  /** Rows of a page; 50 unless given. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  /** `total_count` counts all rows exactly. */
  include?: PageInclude[] | undefined;
}

/** The parameters of `listJobs`. */
export interface ListJobsQuery {
  /**
   * Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
   * answered with those that are.
   */
  sort?: string[] | undefined;
  /** Rows of a page; 50 unless given. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  /** `total_count` counts all rows exactly. */
  include?: PageInclude[] | undefined;
  /** ID is one of these values. */
  id?: JobId[] | undefined;
  /** Type is one of these values. */
  type?: JobType[] | undefined;
  /** Type is none of these values, or is empty. */
  type_not?: JobType[] | undefined;
  /** Status is one of these values. */
  status?: JobStatus[] | undefined;
  /** Status is none of these values, or is empty. */
  status_not?: JobStatus[] | undefined;
  /** Dry run: yes or no. */
  dry_run?: boolean | undefined;
  /** Created is more than this. A time, a day, or a duration from now. */
  created_at_gt?: string | undefined;
  /** Created is at least this. A time, a day, or a duration from now. */
  created_at_gte?: string | undefined;
  /** Created is less than this. A time, a day, or a duration from now. */
  created_at_lt?: string | undefined;
  /** Created is at most this. A time, a day, or a duration from now. */
  created_at_lte?: string | undefined;
  /** Started is more than this. A time, a day, or a duration from now. */
  started_at_gt?: string | undefined;
  /** Started is at least this. A time, a day, or a duration from now. */
  started_at_gte?: string | undefined;
  /** Started is less than this. A time, a day, or a duration from now. */
  started_at_lt?: string | undefined;
  /** Started is at most this. A time, a day, or a duration from now. */
  started_at_lte?: string | undefined;
  /** Started is empty (`true`) or is not empty (`false`). */
  started_at_null?: boolean | undefined;
  /** Finished is more than this. A time, a day, or a duration from now. */
  finished_at_gt?: string | undefined;
  /** Finished is at least this. A time, a day, or a duration from now. */
  finished_at_gte?: string | undefined;
  /** Finished is less than this. A time, a day, or a duration from now. */
  finished_at_lt?: string | undefined;
  /** Finished is at most this. A time, a day, or a duration from now. */
  finished_at_lte?: string | undefined;
  /** Finished is empty (`true`) or is not empty (`false`). */
  finished_at_null?: boolean | undefined;
}

/** The parameters of `listJobItems`. */
export interface ListJobItemsQuery {
  /**
   * Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
   * answered with those that are.
   */
  sort?: string[] | undefined;
  /** Rows of a page; 50 unless given. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  /** `total_count` counts all rows exactly. */
  include?: PageInclude[] | undefined;
  /** Index is one of these values. */
  index?: number[] | undefined;
  /** Index is more than this. */
  index_gt?: number | undefined;
  /** Index is at least this. */
  index_gte?: number | undefined;
  /** Index is less than this. */
  index_lt?: number | undefined;
  /** Index is at most this. */
  index_lte?: number | undefined;
  /** Reference is one of these values. */
  ref?: string[] | undefined;
  /** Reference is none of these values, or is empty. */
  ref_not?: string[] | undefined;
  /** Reference contains this text, ignoring case. */
  ref_contains?: string | undefined;
  /** Reference starts with this text, ignoring case. */
  ref_starts_with?: string | undefined;
  /** Reference is empty (`true`) or is not empty (`false`). */
  ref_null?: boolean | undefined;
  /** Status is one of these values. */
  status?: JobItemStatus[] | undefined;
  /** Status is none of these values, or is empty. */
  status_not?: JobItemStatus[] | undefined;
  /** Action is one of these values. */
  action?: JobItemAction[] | undefined;
  /** Action is none of these values, or is empty. */
  action_not?: JobItemAction[] | undefined;
  /** Action is empty (`true`) or is not empty (`false`). */
  action_null?: boolean | undefined;
  /** Resource is one of these values. */
  resource_id?: string[] | undefined;
  /** Resource is none of these values, or is empty. */
  resource_id_not?: string[] | undefined;
  /** Resource is empty (`true`) or is not empty (`false`). */
  resource_id_null?: boolean | undefined;
}

/** The parameters of `listMembers`. */
export interface ListMembersQuery {
  /**
   * Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
   * answered with those that are.
   */
  sort?: string[] | undefined;
  /** Rows of a page; 50 unless given. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  /** `total_count` counts all rows exactly. */
  include?: PageInclude[] | undefined;
  /** ID is one of these values. */
  id?: MemberId[] | undefined;
  /** Name is one of these values. */
  name?: string[] | undefined;
  /** Name is none of these values, or is empty. */
  name_not?: string[] | undefined;
  /** Name contains this text, ignoring case. */
  name_contains?: string | undefined;
  /** Name starts with this text, ignoring case. */
  name_starts_with?: string | undefined;
  /** E-mail is one of these values. */
  email?: string[] | undefined;
  /** E-mail is none of these values, or is empty. */
  email_not?: string[] | undefined;
  /** E-mail contains this text, ignoring case. */
  email_contains?: string | undefined;
  /** E-mail starts with this text, ignoring case. */
  email_starts_with?: string | undefined;
  /** Role is one of these values. */
  role?: Role[] | undefined;
  /** Role is none of these values, or is empty. */
  role_not?: Role[] | undefined;
  /** Status is one of these values. */
  status?: MemberStatus[] | undefined;
  /** Status is none of these values, or is empty. */
  status_not?: MemberStatus[] | undefined;
  /** Created is more than this. A time, a day, or a duration from now. */
  created_at_gt?: string | undefined;
  /** Created is at least this. A time, a day, or a duration from now. */
  created_at_gte?: string | undefined;
  /** Created is less than this. A time, a day, or a duration from now. */
  created_at_lt?: string | undefined;
  /** Created is at most this. A time, a day, or a duration from now. */
  created_at_lte?: string | undefined;
  /** Updated is more than this. A time, a day, or a duration from now. */
  updated_at_gt?: string | undefined;
  /** Updated is at least this. A time, a day, or a duration from now. */
  updated_at_gte?: string | undefined;
  /** Updated is less than this. A time, a day, or a duration from now. */
  updated_at_lt?: string | undefined;
  /** Updated is at most this. A time, a day, or a duration from now. */
  updated_at_lte?: string | undefined;
}

/** The parameters of `listNotificationDeliveries`. */
export interface ListNotificationDeliveriesQuery {
  /**
   * Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
   * answered with those that are.
   */
  sort?: string[] | undefined;
  /** Rows of a page; 50 unless given. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  /** `total_count` counts all rows exactly. */
  include?: PageInclude[] | undefined;
  /** ID is one of these values. */
  id?: NotificationDeliveryId[] | undefined;
  /** Channel is one of these values. */
  channel?: NotificationChannel[] | undefined;
  /** Channel is none of these values, or is empty. */
  channel_not?: NotificationChannel[] | undefined;
  /** Status is one of these values. */
  status?: NotificationDeliveryStatus[] | undefined;
  /** Status is none of these values, or is empty. */
  status_not?: NotificationDeliveryStatus[] | undefined;
  /** Target is one of these values. */
  target?: string[] | undefined;
  /** Target is none of these values, or is empty. */
  target_not?: string[] | undefined;
  /** Target contains this text, ignoring case. */
  target_contains?: string | undefined;
  /** Target starts with this text, ignoring case. */
  target_starts_with?: string | undefined;
  /** Attempts is one of these values. */
  attempts?: number[] | undefined;
  /** Attempts is more than this. */
  attempts_gt?: number | undefined;
  /** Attempts is at least this. */
  attempts_gte?: number | undefined;
  /** Attempts is less than this. */
  attempts_lt?: number | undefined;
  /** Attempts is at most this. */
  attempts_lte?: number | undefined;
  /** Next attempt is more than this. A time, a day, or a duration from now. */
  next_attempt_at_gt?: string | undefined;
  /** Next attempt is at least this. A time, a day, or a duration from now. */
  next_attempt_at_gte?: string | undefined;
  /** Next attempt is less than this. A time, a day, or a duration from now. */
  next_attempt_at_lt?: string | undefined;
  /** Next attempt is at most this. A time, a day, or a duration from now. */
  next_attempt_at_lte?: string | undefined;
  /** Next attempt is empty (`true`) or is not empty (`false`). */
  next_attempt_at_null?: boolean | undefined;
  /** Created is more than this. A time, a day, or a duration from now. */
  created_at_gt?: string | undefined;
  /** Created is at least this. A time, a day, or a duration from now. */
  created_at_gte?: string | undefined;
  /** Created is less than this. A time, a day, or a duration from now. */
  created_at_lt?: string | undefined;
  /** Created is at most this. A time, a day, or a duration from now. */
  created_at_lte?: string | undefined;
}

/** The parameters of `listNotifications`. */
export interface ListNotificationsQuery {
  /**
   * Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
   * answered with those that are.
   */
  sort?: string[] | undefined;
  /** Rows of a page; 50 unless given. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  /** `total_count` counts all rows exactly. */
  include?: PageInclude[] | undefined;
  /** ID is one of these values. */
  id?: NotificationId[] | undefined;
  /** Type is one of these values. */
  type?: NotificationType[] | undefined;
  /** Type is none of these values, or is empty. */
  type_not?: NotificationType[] | undefined;
  /** Read is more than this. A time, a day, or a duration from now. */
  read_at_gt?: string | undefined;
  /** Read is at least this. A time, a day, or a duration from now. */
  read_at_gte?: string | undefined;
  /** Read is less than this. A time, a day, or a duration from now. */
  read_at_lt?: string | undefined;
  /** Read is at most this. A time, a day, or a duration from now. */
  read_at_lte?: string | undefined;
  /** Read is empty (`true`) or is not empty (`false`). */
  read_at_null?: boolean | undefined;
  /** Created is more than this. A time, a day, or a duration from now. */
  created_at_gt?: string | undefined;
  /** Created is at least this. A time, a day, or a duration from now. */
  created_at_gte?: string | undefined;
  /** Created is less than this. A time, a day, or a duration from now. */
  created_at_lt?: string | undefined;
  /** Created is at most this. A time, a day, or a duration from now. */
  created_at_lte?: string | undefined;
  /** `true`: only those that were not read yet; `false`: only those that were. */
  unread?: boolean | undefined;
}

/** The parameters of `listPartnerFields`. */
export interface ListPartnerFieldsQuery {
  /**
   * Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
   * answered with those that are.
   */
  sort?: string[] | undefined;
  /** Rows of a page; all unless given. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  /** `total_count` counts all rows exactly. */
  include?: PageInclude[] | undefined;
  /** Name is one of these values. */
  name?: string[] | undefined;
  /** Name is none of these values, or is empty. */
  name_not?: string[] | undefined;
  /** Type is one of these values. */
  type?: FieldType[] | undefined;
  /** Type is none of these values, or is empty. */
  type_not?: FieldType[] | undefined;
  /** Class is one of these values. */
  class?: FieldClass[] | undefined;
  /** Class is none of these values, or is empty. */
  class_not?: FieldClass[] | undefined;
}

/** The parameters of `listPartners`. */
export interface ListPartnersQuery extends PartnerFilters {
  /** What to search for: prefixes, parts of words, with typing errors. */
  q?: string | undefined;
  /**
   * Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
   * answered with those that are.
   */
  sort?: string[] | undefined;
  /** Rows of a page; 50 unless given. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  /** `total_count` counts all rows; `deleted` adds deleted ones (a search finds live ones only). */
  include?: ListInclude[] | undefined;
  /**
   * A saved view whose filter and search are ANDed with the others; its sort holds unless `sort` is
   * given.
   */
  view_id?: ViewId | undefined;
  /**
   * Only rows whose last change has a higher event `sequence` than this, in the order of their
   * changes: send the `last_sequence` of an earlier walk, or 0 for all. Conditions apply; `sort`
   * and `q` cannot be combined with it. With `include=deleted` rows that were deleted come as well,
   * and `erased_ids` names those that are gone for good.
   */
  changed_after?: number | undefined;
  /** Fit score is one of these values. */
  fit_score?: number[] | undefined;
  /** Fit score is more than this. */
  fit_score_gt?: number | undefined;
  /** Fit score is at least this. */
  fit_score_gte?: number | undefined;
  /** Fit score is less than this. */
  fit_score_lt?: number | undefined;
  /** Fit score is at most this. */
  fit_score_lte?: number | undefined;
  /** Health score is one of these values. */
  health_score?: number[] | undefined;
  /** Health score is more than this. */
  health_score_gt?: number | undefined;
  /** Health score is at least this. */
  health_score_gte?: number | undefined;
  /** Health score is less than this. */
  health_score_lt?: number | undefined;
  /** Health score is at most this. */
  health_score_lte?: number | undefined;
  /** External ID is empty (`true`) or is not empty (`false`). */
  external_id_null?: boolean | undefined;
  /** Created is more than this. A time, a day, or a duration from now. */
  created_at_gt?: string | undefined;
  /** Created is at least this. A time, a day, or a duration from now. */
  created_at_gte?: string | undefined;
  /** Created is less than this. A time, a day, or a duration from now. */
  created_at_lt?: string | undefined;
  /** Created is at most this. A time, a day, or a duration from now. */
  created_at_lte?: string | undefined;
  /** Updated is more than this. A time, a day, or a duration from now. */
  updated_at_gt?: string | undefined;
  /** Updated is at least this. A time, a day, or a duration from now. */
  updated_at_gte?: string | undefined;
  /** Updated is less than this. A time, a day, or a duration from now. */
  updated_at_lt?: string | undefined;
  /** Updated is at most this. A time, a day, or a duration from now. */
  updated_at_lte?: string | undefined;
}

/** The parameters of `createPartner`. */
export interface CreatePartnerQuery {
  /**
   * Whether a person decided on the values; keys need the scope `partners:override` for `manual`.
   */
  write_mode?: WriteMode | undefined;
}

/** The parameters of `batchPartners`. */
export interface BatchPartnersQuery {
  /**
   * Whether a person decided on the values; keys need the scope `partners:override` for `manual`.
   */
  write_mode?: WriteMode | undefined;
}

/** The parameters of `updatePartner`. */
export interface UpdatePartnerQuery {
  /**
   * Whether a person decided on the values; keys need the scope `partners:override` for `manual`.
   */
  write_mode?: WriteMode | undefined;
}

/** The parameters of `listPartnerEvents`. */
export interface ListPartnerEventsQuery extends EventFilters {
  /** `desc` for the newest first; ascending unless given. The same as `sort=-sequence`. */
  order?: EventOrder | undefined;
  /**
   * Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
   * answered with those that are.
   */
  sort?: string[] | undefined;
  /** Rows of a page; 50 unless given. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  /** `total_count` counts all rows exactly. */
  include?: PageInclude[] | undefined;
}

/** The parameters of `getJointPlan`. */
export interface GetJointPlanQuery {
  /** The fiscal year, by the calendar year in which it ends; the present one unless given. */
  fiscal_year?: number | undefined;
}

/** The parameters of `updateJointPlan`. */
export interface UpdateJointPlanQuery {
  /**
   * Whether a person decided on the values; keys need the scope `partners:override` for `manual`.
   */
  write_mode?: WriteMode | undefined;
}

/** The parameters of `getPartnerLogo`. */
export interface GetPartnerLogoQuery {
  /**
   * Names the very bytes, as `logo_url` does: with it the answer can be kept for ever; without it,
   * it is the logo of now.
   */
  v?: string | undefined;
}

/** The parameters of `listPartnerOverrides`. */
export interface ListPartnerOverridesQuery {
  /**
   * Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
   * answered with those that are.
   */
  sort?: string[] | undefined;
  /** Rows of a page; all unless given. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  /** `total_count` counts all rows exactly. */
  include?: PageInclude[] | undefined;
  /** Field is one of these values. */
  field?: string[] | undefined;
  /** Field is none of these values, or is empty. */
  field_not?: string[] | undefined;
  /** Pending: yes or no. */
  has_pending_value?: boolean | undefined;
  /** Overridden is more than this. A time, a day, or a duration from now. */
  overridden_at_gt?: string | undefined;
  /** Overridden is at least this. A time, a day, or a duration from now. */
  overridden_at_gte?: string | undefined;
  /** Overridden is less than this. A time, a day, or a duration from now. */
  overridden_at_lt?: string | undefined;
  /** Overridden is at most this. A time, a day, or a duration from now. */
  overridden_at_lte?: string | undefined;
}

/** The parameters of `listPlanItems`. */
export interface ListPlanItemsQuery {
  /**
   * Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
   * answered with those that are.
   */
  sort?: string[] | undefined;
  /** Rows of a page; 50 unless given. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  /** `total_count` counts all rows; `deleted` adds deleted ones (a search finds live ones only). */
  include?: ListInclude[] | undefined;
  /** Kind is one of these values. */
  kind?: PlanItemKind[] | undefined;
  /** Kind is none of these values, or is empty. */
  kind_not?: PlanItemKind[] | undefined;
  /** Title is one of these values. */
  title?: string[] | undefined;
  /** Title is none of these values, or is empty. */
  title_not?: string[] | undefined;
  /** Title contains this text, ignoring case. */
  title_contains?: string | undefined;
  /** Title starts with this text, ignoring case. */
  title_starts_with?: string | undefined;
  /** Status is one of these values. */
  status?: PlanItemStatus[] | undefined;
  /** Status is none of these values, or is empty. */
  status_not?: PlanItemStatus[] | undefined;
  /** Quarter is one of these values. */
  quarter?: PlanQuarter[] | undefined;
  /** Quarter is none of these values, or is empty. */
  quarter_not?: PlanQuarter[] | undefined;
  /** Quarter is empty (`true`) or is not empty (`false`). */
  quarter_null?: boolean | undefined;
  /** Owner is one of these values. */
  owner_id?: MemberId[] | undefined;
  /** Owner is none of these values, or is empty. */
  owner_id_not?: MemberId[] | undefined;
  /** Owner is empty (`true`) or is not empty (`false`). */
  owner_id_null?: boolean | undefined;
  /** Position is one of these values. */
  position?: number[] | undefined;
  /** Position is more than this. */
  position_gt?: number | undefined;
  /** Position is at least this. */
  position_gte?: number | undefined;
  /** Position is less than this. */
  position_lt?: number | undefined;
  /** Position is at most this. */
  position_lte?: number | undefined;
  /** Created is more than this. A time, a day, or a duration from now. */
  created_at_gt?: string | undefined;
  /** Created is at least this. A time, a day, or a duration from now. */
  created_at_gte?: string | undefined;
  /** Created is less than this. A time, a day, or a duration from now. */
  created_at_lt?: string | undefined;
  /** Created is at most this. A time, a day, or a duration from now. */
  created_at_lte?: string | undefined;
  /** Updated is more than this. A time, a day, or a duration from now. */
  updated_at_gt?: string | undefined;
  /** Updated is at least this. A time, a day, or a duration from now. */
  updated_at_gte?: string | undefined;
  /** Updated is less than this. A time, a day, or a duration from now. */
  updated_at_lt?: string | undefined;
  /** Updated is at most this. A time, a day, or a duration from now. */
  updated_at_lte?: string | undefined;
}

/** The parameters of `listPartnerScores`. */
export interface ListPartnerScoresQuery {
  /**
   * Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
   * answered with those that are.
   */
  sort?: string[] | undefined;
  /** Rows of a page; 50 unless given. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  /** `total_count` counts all rows exactly. */
  include?: PageInclude[] | undefined;
  /** Fit score is one of these values. */
  fit_score?: number[] | undefined;
  /** Fit score is more than this. */
  fit_score_gt?: number | undefined;
  /** Fit score is at least this. */
  fit_score_gte?: number | undefined;
  /** Fit score is less than this. */
  fit_score_lt?: number | undefined;
  /** Fit score is at most this. */
  fit_score_lte?: number | undefined;
  /** Health score is one of these values. */
  health_score?: number[] | undefined;
  /** Health score is more than this. */
  health_score_gt?: number | undefined;
  /** Health score is at least this. */
  health_score_gte?: number | undefined;
  /** Health score is less than this. */
  health_score_lt?: number | undefined;
  /** Health score is at most this. */
  health_score_lte?: number | undefined;
  /** Engine is one of these values. */
  engine?: string[] | undefined;
  /** Engine is none of these values, or is empty. */
  engine_not?: string[] | undefined;
  /** Engine contains this text, ignoring case. */
  engine_contains?: string | undefined;
  /** Engine starts with this text, ignoring case. */
  engine_starts_with?: string | undefined;
  /** Fallback reason is one of these values. */
  fallback_reason?: string[] | undefined;
  /** Fallback reason is none of these values, or is empty. */
  fallback_reason_not?: string[] | undefined;
  /** Fallback reason contains this text, ignoring case. */
  fallback_reason_contains?: string | undefined;
  /** Fallback reason starts with this text, ignoring case. */
  fallback_reason_starts_with?: string | undefined;
  /** Fallback reason is empty (`true`) or is not empty (`false`). */
  fallback_reason_null?: boolean | undefined;
  /** Created is more than this. A time, a day, or a duration from now. */
  created_at_gt?: string | undefined;
  /** Created is at least this. A time, a day, or a duration from now. */
  created_at_gte?: string | undefined;
  /** Created is less than this. A time, a day, or a duration from now. */
  created_at_lt?: string | undefined;
  /** Created is at most this. A time, a day, or a duration from now. */
  created_at_lte?: string | undefined;
}

/** The parameters of `addPartnerTag`. */
export interface AddPartnerTagQuery {
  /**
   * Whether a person decided on the values; keys need the scope `partners:override` for `manual`.
   */
  write_mode?: WriteMode | undefined;
}

/** The parameters of `removePartnerTag`. */
export interface RemovePartnerTagQuery {
  /**
   * Whether a person decided on the values; keys need the scope `partners:override` for `manual`.
   */
  write_mode?: WriteMode | undefined;
}

/** The parameters of `listPartnerTierHistory`. */
export interface ListPartnerTierHistoryQuery {
  /**
   * Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
   * answered with those that are.
   */
  sort?: string[] | undefined;
  /** Rows of a page; 50 unless given. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  /** `total_count` counts all rows exactly. */
  include?: PageInclude[] | undefined;
  /** From is one of these values. */
  from?: string[] | undefined;
  /** From is none of these values, or is empty. */
  from_not?: string[] | undefined;
  /** From is empty (`true`) or is not empty (`false`). */
  from_null?: boolean | undefined;
  /** To is one of these values. */
  to?: string[] | undefined;
  /** To is none of these values, or is empty. */
  to_not?: string[] | undefined;
  /** To is empty (`true`) or is not empty (`false`). */
  to_null?: boolean | undefined;
  /** At is more than this. A time, a day, or a duration from now. */
  at_gt?: string | undefined;
  /** At is at least this. A time, a day, or a duration from now. */
  at_gte?: string | undefined;
  /** At is less than this. A time, a day, or a duration from now. */
  at_lt?: string | undefined;
  /** At is at most this. A time, a day, or a duration from now. */
  at_lte?: string | undefined;
  /** Source is one of these values. */
  source?: TierSource[] | undefined;
  /** Source is none of these values, or is empty. */
  source_not?: TierSource[] | undefined;
}

/** The parameters of `listTags`. */
export interface ListTagsQuery {
  /** What to search for: prefixes, parts of words, with typing errors. */
  q?: string | undefined;
  /**
   * Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
   * answered with those that are.
   */
  sort?: string[] | undefined;
  /** Rows of a page; 50 unless given. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  /** `total_count` counts all rows; `deleted` adds deleted ones (a search finds live ones only). */
  include?: ListInclude[] | undefined;
  /** ID is one of these values. */
  id?: TagId[] | undefined;
  /** Category is one of these values. */
  category?: TagCategory[] | undefined;
  /** Category is none of these values, or is empty. */
  category_not?: TagCategory[] | undefined;
  /** Name is one of these values. */
  name?: string[] | undefined;
  /** Name is none of these values, or is empty. */
  name_not?: string[] | undefined;
  /** Name contains this text, ignoring case. */
  name_contains?: string | undefined;
  /** Name starts with this text, ignoring case. */
  name_starts_with?: string | undefined;
  /** Partners is one of these values. */
  partner_count?: number[] | undefined;
  /** Partners is more than this. */
  partner_count_gt?: number | undefined;
  /** Partners is at least this. */
  partner_count_gte?: number | undefined;
  /** Partners is less than this. */
  partner_count_lt?: number | undefined;
  /** Partners is at most this. */
  partner_count_lte?: number | undefined;
  /** Created is more than this. A time, a day, or a duration from now. */
  created_at_gt?: string | undefined;
  /** Created is at least this. A time, a day, or a duration from now. */
  created_at_gte?: string | undefined;
  /** Created is less than this. A time, a day, or a duration from now. */
  created_at_lt?: string | undefined;
  /** Created is at most this. A time, a day, or a duration from now. */
  created_at_lte?: string | undefined;
  /** Updated is more than this. A time, a day, or a duration from now. */
  updated_at_gt?: string | undefined;
  /** Updated is at least this. A time, a day, or a duration from now. */
  updated_at_gte?: string | undefined;
  /** Updated is less than this. A time, a day, or a duration from now. */
  updated_at_lt?: string | undefined;
  /** Updated is at most this. A time, a day, or a duration from now. */
  updated_at_lte?: string | undefined;
}

/** The parameters of `listTiers`. */
export interface ListTiersQuery {
  /**
   * Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
   * answered with those that are.
   */
  sort?: string[] | undefined;
  /** Rows of a page; 50 unless given. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  /** `total_count` counts all rows exactly. */
  include?: PageInclude[] | undefined;
  /** ID is one of these values. */
  id?: TierId[] | undefined;
  /** Key is one of these values. */
  key?: string[] | undefined;
  /** Key is none of these values, or is empty. */
  key_not?: string[] | undefined;
  /** Name is one of these values. */
  name?: string[] | undefined;
  /** Name is none of these values, or is empty. */
  name_not?: string[] | undefined;
  /** Name contains this text, ignoring case. */
  name_contains?: string | undefined;
  /** Name starts with this text, ignoring case. */
  name_starts_with?: string | undefined;
  /** Rank is one of these values. */
  rank?: number[] | undefined;
  /** Rank is more than this. */
  rank_gt?: number | undefined;
  /** Rank is at least this. */
  rank_gte?: number | undefined;
  /** Rank is less than this. */
  rank_lt?: number | undefined;
  /** Rank is at most this. */
  rank_lte?: number | undefined;
  /** Default: yes or no. */
  is_default?: boolean | undefined;
  /** Created is more than this. A time, a day, or a duration from now. */
  created_at_gt?: string | undefined;
  /** Created is at least this. A time, a day, or a duration from now. */
  created_at_gte?: string | undefined;
  /** Created is less than this. A time, a day, or a duration from now. */
  created_at_lt?: string | undefined;
  /** Created is at most this. A time, a day, or a duration from now. */
  created_at_lte?: string | undefined;
  /** Updated is more than this. A time, a day, or a duration from now. */
  updated_at_gt?: string | undefined;
  /** Updated is at least this. A time, a day, or a duration from now. */
  updated_at_gte?: string | undefined;
  /** Updated is less than this. A time, a day, or a duration from now. */
  updated_at_lt?: string | undefined;
  /** Updated is at most this. A time, a day, or a duration from now. */
  updated_at_lte?: string | undefined;
}

/** The parameters of `deleteTier`. */
export interface DeleteTierQuery {
  /** The key of the tier that they get instead. */
  replace_with?: string | undefined;
}

/** The parameters of `listViews`. */
export interface ListViewsQuery {
  /**
   * Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
   * answered with those that are.
   */
  sort?: string[] | undefined;
  /** Rows of a page; 50 unless given. */
  limit?: number | undefined;
  /** `next_cursor` of the page before. */
  cursor?: string | undefined;
  /** `total_count` counts all rows exactly. */
  include?: PageInclude[] | undefined;
  /** ID is one of these values. */
  id?: ViewId[] | undefined;
  /** Name is one of these values. */
  name?: string[] | undefined;
  /** Name is none of these values, or is empty. */
  name_not?: string[] | undefined;
  /** Name contains this text, ignoring case. */
  name_contains?: string | undefined;
  /** Name starts with this text, ignoring case. */
  name_starts_with?: string | undefined;
  /** Object is one of these values. */
  object?: ViewObject[] | undefined;
  /** Object is none of these values, or is empty. */
  object_not?: ViewObject[] | undefined;
  /** Visibility is one of these values. */
  visibility?: ViewVisibility[] | undefined;
  /** Visibility is none of these values, or is empty. */
  visibility_not?: ViewVisibility[] | undefined;
  /** Created is more than this. A time, a day, or a duration from now. */
  created_at_gt?: string | undefined;
  /** Created is at least this. A time, a day, or a duration from now. */
  created_at_gte?: string | undefined;
  /** Created is less than this. A time, a day, or a duration from now. */
  created_at_lt?: string | undefined;
  /** Created is at most this. A time, a day, or a duration from now. */
  created_at_lte?: string | undefined;
  /** Updated is more than this. A time, a day, or a duration from now. */
  updated_at_gt?: string | undefined;
  /** Updated is at least this. A time, a day, or a duration from now. */
  updated_at_gte?: string | undefined;
  /** Updated is less than this. A time, a day, or a duration from now. */
  updated_at_lt?: string | undefined;
  /** Updated is at most this. A time, a day, or a duration from now. */
  updated_at_lte?: string | undefined;
}
