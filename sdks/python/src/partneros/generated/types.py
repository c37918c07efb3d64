# Generated from openapi/openapi.json by sdks/generate.py. Do not edit.
"""The schemas of the API. In answers enums are open, so that new values are no error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

from ..values import FileContent

AccessScope: TypeAlias = Literal[
    "partners:read",
    "partners:write",
    "partners:override",
    "contacts:read",
    "contacts:write",
    "deals:read",
    "deals:write",
    "tags:read",
    "tags:write",
    "tiers:read",
    "tiers:write",
    "plans:read",
    "plans:write",
    "scores:read",
    "scores:write",
    "views:read",
    "views:write",
    "insights:read",
    "applications:read",
    "applications:write",
    "imports:write",
    "exports:write",
    "jobs:read",
    "jobs:write",
    "events:read",
    "members:read",
    "organization:read",
]
"""What an API key may do. `x:write` includes `x:read`; `partners:write` does not include
`partners:override`.
"""

ActorType: TypeAlias = Literal["user", "api_key", "system"]
"""The kind of an actor."""

ActorVia: TypeAlias = Literal["job"]
"""The way in which an actor acts."""

AggregateOperator: TypeAlias = Literal["count", "sum", "avg", "min", "max"]
"""The operator of a metric."""

AgreementId: TypeAlias = str
"""An id: `agr_` and 26 base32 characters of a UUIDv7."""

AnyValue: TypeAlias = Any
"""Any JSON value."""

ApiKeyId: TypeAlias = str
"""An id: `key_` and 26 base32 characters of a UUIDv7."""

ContactId: TypeAlias = str
"""An id: `ctc_` and 26 base32 characters of a UUIDv7."""

CredentialKind: TypeAlias = Literal["user", "api_key"]
"""The kind of a credential."""

CurrencyExponent: TypeAlias = int
"""The number of decimal digits of the minor unit of a currency."""

DealBatchAction: TypeAlias = Literal["create", "update", "upsert", "delete"]
"""The action of an operation."""

DealBatchMatch: TypeAlias = Literal["id", "external_id"]
"""How an operation finds its deal."""

DealConflictMatch: TypeAlias = Literal["same", "similar"]
"""How closely the accounts of two deals match."""

DealId: TypeAlias = str
"""An id: `deal_` and 26 base32 characters of a UUIDv7."""

DealMotion: TypeAlias = Literal["service", "product", "other"]
"""What is sold."""

DealRejectionReason: TypeAlias = str | None
"""The reason why a deal is rejected. Null if no reason is given."""

DealStatus: TypeAlias = Literal[
    "submitted",
    "under_review",
    "approved",
    "rejected",
    "expired",
    "won",
    "lost",
]
"""The status of a deal."""

EventData: TypeAlias = dict[str, Any]
"""What changed: `changes` by field with `from` and `to`, and further members by type of event."""

EventId: TypeAlias = str
"""An id: `evt_` and 26 base32 characters of a UUIDv7."""

EventOrder: TypeAlias = Literal["asc", "desc"]
"""The order of a list of events."""

EventSchema: TypeAlias = dict[str, Any]
"""A JSON Schema (2020-12)."""

ExportFormat: TypeAlias = Literal["csv", "jsonl"]
"""The format of the file."""

ExportObject: TypeAlias = Literal["partner", "contact", "deal"]
"""The kind of records."""

FieldClass: TypeAlias = Literal["profile", "computed", "ai", "system", "relation", "user_only"]
"""Who may write a field. `profile` and `relation`: people and automation. `computed`: calculated
from deals; people may override it. `ai`: scoring. `system`: the system. `user_only`: people,
never automation.
"""

FieldReference: TypeAlias = Literal["tag", "tier", "member", "contact", "deal"]
"""The resource to which a field refers."""

FieldType: TypeAlias = Literal[
    "text",
    "integer",
    "money",
    "score",
    "boolean",
    "enum",
    "date",
    "timestamp",
    "domain",
    "id",
    "text_array",
    "enum_array",
    "id_array",
    "object",
]
"""The type of the values of a field."""

FilterOperator: TypeAlias = Literal[
    "eq",
    "ne",
    "in",
    "not_in",
    "is_null",
    "gt",
    "gte",
    "lt",
    "lte",
    "between",
    "contains",
    "starts_with",
    "any",
    "all",
    "none",
]
"""How a filter leaf compares."""

FitDimension: TypeAlias = Literal["capacity", "capability", "commitment", "customer_alignment"]
"""One of the four C's."""

FormMapping: TypeAlias = Literal[
    "partner.name",
    "partner.domain",
    "partner.industry",
    "partner.description",
    "partner.employees",
    "partner.company_revenue",
    "partner.regions",
    "partner.languages",
    "partner.services",
    "partner.products",
    "partner.type",
    "partner.subtype",
    "partner.category",
    "contact.name",
    "contact.email",
    "contact.phone",
    "contact.title",
]
"""The field of the partner or of its contact that an answer fills in."""

ImportDateFormat: TypeAlias = Literal["ymd", "dmy", "mdy"]
"""The order of day, month and year."""

ImportDecimal: TypeAlias = Literal["point", "comma"]
"""The decimal separator."""

ImportDefaults: TypeAlias = dict[str, Any]
"""Values of fields for rows without a value."""

ImportEncoding: TypeAlias = str
"""The encoding of the file: an encoding of the WHATWG Encoding Standard, by its name in lower
case.
"""

ImportMapping: TypeAlias = dict[str, str]
"""The fields to which columns map. In addition to the fields of the record, a column may map to
`id`, for `match: id`. The row of a partner may also contain a contact (`contact_name`, or
`contact_first_name` and `contact_last_name`; `contact_email`, `contact_phone`,
`contact_title`), which is created or updated, and the e-mail address of a member as its partner
manager (`partner_manager_email`). The name of a contact may also be split into `first_name` and
`last_name`.
"""

ImportMatch: TypeAlias = Literal["domain", "external_id", "id", "none"]
"""How a row finds its partner."""

ImportMoneyUnit: TypeAlias = Literal["minor", "major"]
"""The unit of amounts of money."""

ImportObject: TypeAlias = Literal["partner", "contact", "deal"]
"""The kind of records in the file."""

ImportOnDuplicateRow: TypeAlias = Literal["skip", "update"]
"""What is done with a row whose key occurs in an earlier row of the file."""

ImportOnMatch: TypeAlias = Literal["update", "skip"]
"""What is done with a row that matches."""

ImportOnNameDiffers: TypeAlias = Literal["skip", "update"]
"""What is done with a row that matches a partner by domain and has another name."""

JobId: TypeAlias = str
"""An id: `job_` and 26 base32 characters of a UUIDv7."""

JobInput: TypeAlias = dict[str, Any]
"""The options of a job, without the file."""

JobItemAction: TypeAlias = Literal["created", "updated", "unchanged"]
"""What an import did with the record of a row."""

JobItemStatus: TypeAlias = Literal["succeeded", "failed", "skipped"]
"""The result of one item of a job."""

JobStatus: TypeAlias = Literal["queued", "running", "succeeded", "failed", "canceled"]
"""The status of a job."""

JobType: TypeAlias = Literal[
    "import",
    "export",
    "bulk_update",
    "bulk_delete",
    "score_refresh",
    "tier_evaluation",
    "enrichment",
    "logo_fetch",
    "webhook_replay",
]
"""The type of a job."""

ListInclude: TypeAlias = Literal["total_count", "deleted"]
"""What can be added to a list."""

LogoSource: TypeAlias = Literal["uploaded", "fetched"]
"""The source of the logo."""

MemberId: TypeAlias = str
"""An id: `mem_` and 26 base32 characters of a UUIDv7."""

MemberStatus: TypeAlias = Literal["invited", "active", "suspended"]
"""Whether a member can sign in."""

NotificationChannel: TypeAlias = Literal["email", "slack"]
"""The channel by which it is delivered outside of the application."""

NotificationDeliveryId: TypeAlias = str
"""An id: `ntd_` and 26 base32 characters of a UUIDv7."""

NotificationDeliveryStatus: TypeAlias = Literal["pending", "succeeded", "failed"]
"""The status of a delivery."""

NotificationId: TypeAlias = str
"""An id: `ntf_` and 26 base32 characters of a UUIDv7."""

NotificationType: TypeAlias = Literal[
    "application.submitted",
    "deal.approved",
    "deal.rejected",
    "deal.expired",
    "job.succeeded",
    "job.failed",
]
"""The type of a notification: that of the event that caused it."""

OpenApiDocument: TypeAlias = dict[str, Any]
"""An OpenAPI 3.1 document."""

OrganizationId: TypeAlias = str
"""An id: `org_` and 26 base32 characters of a UUIDv7."""

PageInclude: TypeAlias = Literal["total_count"]
"""What can be added to a list."""

PartnerBatchAction: TypeAlias = Literal["create", "update", "upsert", "delete"]
"""The action of an operation."""

PartnerBatchMatch: TypeAlias = Literal["id", "external_id", "domain"]
"""How an operation finds its partner."""

PartnerCategory: TypeAlias = Literal["solution", "technology", "sales"]
"""The category of a partner."""

PartnerCreatedVia: TypeAlias = Literal["manual", "import", "application", "api"]
"""How the partner was created."""

PartnerId: TypeAlias = str
"""An id: `ptn_` and 26 base32 characters of a UUIDv7."""

PartnerStage: TypeAlias = Literal[
    "prospect",
    "onboarding",
    "active",
    "scaling",
    "qualified",
    "legal_negotiation",
    "signed",
    "enabled",
    "activated",
    "rejected",
]
"""The stage of the relationship."""

PartnerStatus: TypeAlias = Literal["active", "inactive", "pending"]
"""Whether the record is live."""

PartnerType: TypeAlias = Literal[
    "technology",
    "consulting",
    "services",
    "channel",
    "strategic",
    "reseller",
    "referral",
]
"""The type of a partner."""

PlanItemId: TypeAlias = str
"""An id: `plan_` and 26 base32 characters of a UUIDv7."""

PlanItemKind: TypeAlias = Literal["affiliate", "integration", "workflow"]
"""The kind of collaboration."""

PlanItemStatus: TypeAlias = Literal["proposed", "in_progress", "live", "paused", "dropped"]
"""The status of a plan item."""

PlanQuarter: TypeAlias = Literal["q1", "q2", "q3", "q4"]
"""A quarter of the fiscal year."""

QuestionBound: TypeAlias = Any
"""A bound: a number for `number` and for the number of chosen options of a `multi_select`, a date
for `date`.
"""

QuestionId: TypeAlias = str
"""An id: `qst_` and 26 base32 characters of a UUIDv7."""

QuestionType: TypeAlias = Literal[
    "short_text",
    "long_text",
    "email",
    "url",
    "phone",
    "number",
    "date",
    "country",
    "boolean",
    "single_select",
    "multi_select",
]
"""The type of the answer to a question."""

Role: TypeAlias = Literal["viewer", "member", "admin", "owner"]
"""What a member may do; each role includes the ones before it."""

ScoreDimension: TypeAlias = Literal[
    "capacity",
    "capability",
    "commitment",
    "customer_alignment",
    "health",
]
"""What a piece of evidence affects: one of the four C's, or the health of the relationship."""

ScoreEngine: TypeAlias = Literal["rules", "model"]
"""Who computes scores: the rules alone, or a language model that starts from the result of the
rules.
"""

ScoreId: TypeAlias = str
"""An id: `scr_` and 26 base32 characters of a UUIDv7."""

SessionId: TypeAlias = str
"""An id: `ses_` and 26 base32 characters of a UUIDv7."""

SharedDomain: TypeAlias = str
"""A domain that does not identify a company."""

SlackId: TypeAlias = str
"""The id of a channel or user in Slack."""

SlackTargetKind: TypeAlias = Literal["channel", "user"]
"""What kind of recipient it is."""

SubmissionId: TypeAlias = str
"""An id: `sub_` and 26 base32 characters of a UUIDv7."""

SubmissionStatus: TypeAlias = Literal["new", "in_review", "accepted", "rejected", "spam"]
"""The status of the review."""

TagCategory: TypeAlias = Literal["services", "products", "regions"]
"""The category of a tag."""

TagId: TypeAlias = str
"""An id: `tag_` and 26 base32 characters of a UUIDv7."""

TierChangeId: TypeAlias = str
"""An id: `tch_` and 26 base32 characters of a UUIDv7."""

TierId: TypeAlias = str
"""An id: `tier_` and 26 base32 characters of a UUIDv7."""

TierMode: TypeAlias = Literal["automatic", "manual"]
"""Who decides on tiers: with `automatic` the rules as the policy says, with `manual` people and
integrations.
"""

TierSource: TypeAlias = Literal["automatic", "manual"]
"""Who decides on the tier: the rules or a person."""

TierTrigger: TypeAlias = Literal["partner_updated", "deal_closed", "scores_updated", "daily"]
"""When tiers are evaluated: after a change of the partner (including its creation), of its deals
or of its scores, or every day.
"""

Timestamp: TypeAlias = str
"""An instant in UTC with six digits of a second."""

UserId: TypeAlias = str
"""An id: `usr_` and 26 base32 characters of a UUIDv7."""

ViewId: TypeAlias = str
"""An id: `view_` and 26 base32 characters of a UUIDv7."""

ViewObject: TypeAlias = Literal["partner", "deal", "contact"]
"""The kind of records in a view."""

ViewVisibility: TypeAlias = Literal["private", "organization"]
"""Who can see a view."""

WriteMode: TypeAlias = Literal["manual", "automated"]
"""Whether a person decided on the values of a write."""

ProblemCode: TypeAlias = Literal[
    "address_not_allowed",
    "agreement_required",
    "ai_unavailable",
    "already_member",
    "batch_too_large",
    "body_too_large",
    "circular_requirement",
    "closed_on_required",
    "confirmation_invalid",
    "contact_email_taken",
    "csv_unreadable",
    "currency_in_use",
    "deal_conflict",
    "default_tier",
    "delivery_succeeded",
    "domain_required",
    "domain_taken",
    "email_taken",
    "events_expired",
    "external_id_taken",
    "form_changed",
    "form_needs_name_question",
    "idempotency_answer_lost",
    "idempotency_in_progress",
    "idempotency_key_invalid",
    "idempotency_key_reused",
    "if_match_required",
    "image_unreadable",
    "insufficient_role",
    "insufficient_scope",
    "internal_error",
    "invalid_credentials",
    "invalid_cursor",
    "invalid_date_order",
    "invalid_filter",
    "invalid_header",
    "invalid_parameter",
    "invalid_selection",
    "invalid_token",
    "invalid_transition",
    "invitation_invalid",
    "job_expired",
    "job_finished",
    "job_not_finished",
    "key_expired",
    "key_revoked",
    "key_taken",
    "last_owner",
    "malformed_json",
    "mapping_type_mismatch",
    "mapping_unknown_column",
    "member_suspended",
    "missing_credentials",
    "not_acceptable",
    "not_applicable",
    "not_found",
    "not_found_reference",
    "not_overridable",
    "not_overridden",
    "not_view_owner",
    "origin_not_allowed",
    "partner_exists",
    "query_too_expensive",
    "query_too_long",
    "quota_exceeded",
    "rank_taken",
    "refresh_token_invalid",
    "refresh_token_reused",
    "registration_closed",
    "request_timeout",
    "required",
    "reset_token_invalid",
    "slack_not_connected",
    "slack_rejected",
    "submission_already_accepted",
    "tag_name_taken",
    "tier_in_use",
    "token_expired",
    "too_many_tags",
    "unavailable",
    "unsupported_media_type",
    "use_acceptance",
    "validation_failed",
    "version_mismatch",
    "view_name_taken",
    "weights_not_100_percent",
]
"""The codes of problems that the document lists."""


class AcceptanceResult(TypedDict):
    """The result of an acceptance."""

    partner: Partner
    """The partner."""

    submission: Submission
    """The submission."""


class Actor(TypedDict):
    """The user, API key or system that did something. Stored in every event and override, so that
    it is available after the user or key was deleted.
    """

    type: ActorType | str

    id: str | None
    """`usr_` or `key_` id; null for the system."""

    name: str
    """The name at that time."""

    via: ActorVia | str | None
    """The way in which the actor acted; null for a request."""


class AggregateGroup(TypedDict):
    """One group: its values and metrics."""

    keys: dict[str, Any]
    """The values by field of `group_by`; null for no value."""

    values: dict[str, Any]
    """The numbers by metric: `count`, `sum_revenue`."""


class AggregateMetric(TypedDict):
    """A number that is computed for each group."""

    op: AggregateOperator
    """The operator."""

    field: NotRequired[str | None]
    """The field; `count` needs none."""


class AggregateRequest(TypedDict):
    """The request for counts and sums over partners."""

    filter: NotRequired[FilterNode | None]
    """The condition for partners; null for all."""

    q: NotRequired[str | None]
    """Searches name, domain and description."""

    view_id: NotRequired[ViewId | None]
    """A saved view. Its filter and search are combined with the others by AND."""

    group_by: NotRequired[list[str]]
    """The fields whose values make the groups; empty for one group of all partners."""

    metrics: NotRequired[list[AggregateMetric]]
    """The metrics. The default is a count."""


class AggregateResult(TypedDict):
    """Counts and sums over partners."""

    currency: str
    """The currency of every amount."""

    groups: list[AggregateGroup]
    """The groups, largest first; at most 500."""

    truncated: bool
    """Whether there are more groups than these."""


class Agreement(TypedDict):
    """A statement to which the applicant agrees."""

    id: AgreementId
    """The id; generated by the server, and kept when the agreement is edited."""

    text: str
    """The text of the agreement. Submissions record its SHA-256."""

    url: str | None
    """A link to more information; https."""

    required: bool
    """Whether applicants must agree to it."""


class AgreementUpdate(TypedDict):
    """An agreement to save: with the id of an existing one, or without an id for a new one."""

    id: NotRequired[AgreementId]
    """The id; generated by the server, and kept when the agreement is edited."""

    text: str
    """The text of the agreement. Submissions record its SHA-256."""

    url: NotRequired[str | None]
    """A link to more information; https."""

    required: NotRequired[bool]
    """Whether applicants must agree to it."""


class ApiKey(TypedDict):
    """An API key, without its secret."""

    id: ApiKeyId
    """The id."""

    version: int
    """Increases with every change. Also the ETag."""

    created_at: Timestamp
    """When it was created."""

    updated_at: Timestamp
    """When it last changed."""

    name: str
    """The name, which is also the name of the actor in events."""

    prefix: str
    """The beginning of the secret, which distinguishes keys."""

    scopes: list[AccessScope | str]
    """The scopes."""

    default_write_mode: WriteMode | str
    """The default write mode of partner fields. `manual` requires the scope `partners:override`.
    """

    allowed_cidrs: list[str]
    """The networks from which it can be used; empty for all."""

    expires_at: Timestamp | None
    """When it expires; null for never."""

    last_used_at: Timestamp | None
    """When it was last used, to the minute."""

    created_by: Actor
    """Who created it."""

    revoked_at: Timestamp | None
    """When it was revoked."""


class ApiKeyCreate(TypedDict):
    """A new API key."""

    name: str
    """The name, which is also the name of the actor in events."""

    scopes: list[AccessScope]
    """The scopes."""

    default_write_mode: NotRequired[WriteMode]
    """The default write mode of partner fields. `manual` requires the scope `partners:override`.
    """

    allowed_cidrs: NotRequired[list[str]]
    """The networks from which it can be used; empty for all."""

    expires_at: NotRequired[Timestamp | None]
    """When it expires; null for never."""


class ApiKeyPage(TypedDict):
    """One page of ApiKey rows."""

    data: list[ApiKey]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""

    total_count: int | None
    """The exact number of all rows. Null unless requested with `include=total_count`."""


class ApiKeyRotation(TypedDict):
    """The rotation of an API key."""

    overlap_seconds: int
    """The number of seconds for which the old key still works."""


class ApiKeyUpdate(TypedDict):
    """A merge patch of an API key: absent properties keep their values."""

    name: NotRequired[str]
    """The name, which is also the name of the actor in events."""

    scopes: NotRequired[list[AccessScope]]
    """The scopes."""

    default_write_mode: NotRequired[WriteMode]
    """The default write mode of partner fields. `manual` requires the scope `partners:override`.
    """

    allowed_cidrs: NotRequired[list[str]]
    """The networks from which it can be used; empty for all."""

    expires_at: NotRequired[Timestamp | None]
    """When it expires; null for never."""


class ApiKeyWithSecret(TypedDict):
    """A new key with its secret, which is shown only once."""

    api_key: ApiKey
    """The key."""

    secret: str
    """The secret. Send it as `Authorization: Bearer ...`. It cannot be shown again."""


class Applicant(TypedDict):
    """The applicant, from the answers."""

    name: str | None
    """The person's name."""

    email: str | None
    """The person's e-mail address."""

    company: str | None
    """The company's name."""


class ApplicationForm(TypedDict):
    """One version of the organization's application form."""

    version: int
    """Increases with every change. Also the ETag, and the `form_version` of submissions."""

    created_at: Timestamp
    """When the form was created."""

    updated_at: Timestamp
    """When this version was created."""

    title: str
    """The title."""

    intro: str | None
    """The text above the questions."""

    is_open: bool
    """Whether the public link shows the form and accepts submissions. Changes are live at once."""

    public_token: str
    """The secret of the public link; replaced by `POST /application-form/public-token-rotations`.
    """

    questions: list[Question]
    """The questions, in the order in which they are shown."""

    agreements: list[Agreement]
    """The agreements, in the order in which they are shown."""

    submission_count: int
    """The number of submissions, including spam."""


class ApplicationFormUpdate(TypedDict):
    """A merge patch of the form: absent properties keep their values. Questions and agreements are
    replaced as whole lists, in the order in which they are shown.
    """

    title: NotRequired[str]
    """The title."""

    intro: NotRequired[str | None]
    """The text above the questions."""

    is_open: NotRequired[bool]
    """Whether the public link shows the form and accepts submissions. Changes are live at once."""

    questions: NotRequired[list[QuestionUpdate]]
    """The questions, in the order in which they are shown."""

    agreements: NotRequired[list[AgreementUpdate]]
    """The agreements, in the order in which they are shown."""


class AttainmentInsight(TypedDict):
    """Target attainment."""

    fiscal_year: int
    """The fiscal year, by the calendar year in which it ends."""

    currency: str
    """The currency of every amount."""

    total: AttainmentRow
    """The total of all partners."""

    top: list[AttainmentRow]
    """The five partners with the highest attainment, best first."""

    bottom: list[AttainmentRow]
    """The five partners with the lowest attainment, worst first."""

    data: list[AttainmentRow]
    """The partners of this page, by name."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""

    total_count: int | None
    """The exact number of partners. Null unless requested with `include=total_count`."""


class AttainmentRow(TypedDict):
    """Target and won revenue of a fiscal year: of one partner, or of all."""

    partner_id: PartnerId | None
    """The partner; null in the total."""

    name: str | None
    """Its name; null in the total."""

    target: int | None
    """The annual target in minor units; null if there is none."""

    quarterly_targets: QuarterlyAmounts | None
    """The target of each quarter."""

    won_revenue: int
    """The won revenue of the fiscal year in minor units."""

    quarterly_revenue: QuarterlyAmounts
    """The won revenue of each quarter."""

    attainment_bp: int | None
    """Won revenue in relation to the target, in basis points; null without a target."""


class Contact(TypedDict):
    """A person at a partner."""

    id: ContactId
    """The id."""

    version: int
    """Increases with every change. Also the ETag."""

    created_at: Timestamp
    """When it was created."""

    updated_at: Timestamp
    """When it last changed."""

    partner_id: PartnerId
    """The partner."""

    name: str
    """The name."""

    email: str | None
    """The e-mail address; unique within the partner."""

    phone: str | None
    """The phone number, E.164."""

    title: str | None
    """The job title."""

    is_primary: bool
    """Whether it is the partner's primary contact."""

    notes: str | None
    """Internal notes."""


class ContactCreate(TypedDict):
    """A new contact."""

    partner_id: PartnerId
    """The partner."""

    name: str
    """The name."""

    email: NotRequired[str | None]
    """The e-mail address; unique within the partner."""

    phone: NotRequired[str | None]
    """The phone number, E.164."""

    title: NotRequired[str | None]
    """The job title."""

    notes: NotRequired[str | None]
    """Internal notes."""

    make_primary: NotRequired[bool]
    """Whether it becomes the partner's primary contact."""


class ContactPage(TypedDict):
    """One page of Contact rows."""

    data: list[Contact]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""

    total_count: int | None
    """The exact number of all rows. Null unless requested with `include=total_count`."""

    last_sequence: int | None
    """The highest event `sequence` below which no event can appear later. After the last page,
    send it as `changed_after` to continue. Null without `changed_after`.
    """

    erased_ids: list[str]
    """The ids of permanently deleted rows, in the order of their changes among the rows of this
    page. Empty without `changed_after` and `include=deleted`.
    """


class ContactUpdate(TypedDict):
    """A merge patch of a contact: absent properties keep their values, null clears them. A new
    `partner_id` moves the contact, which is then no longer primary.
    """

    partner_id: NotRequired[PartnerId]
    """The partner."""

    name: NotRequired[str]
    """The name."""

    email: NotRequired[str | None]
    """The e-mail address; unique within the partner."""

    phone: NotRequired[str | None]
    """The phone number, E.164."""

    title: NotRequired[str | None]
    """The job title."""

    notes: NotRequired[str | None]
    """Internal notes."""


class Deal(TypedDict):
    """A deal registration."""

    partner_id: PartnerId
    """The partner that registered it."""

    external_id: str | None
    """The integrator's own id; unique within the organization."""

    name: str
    """The name of the opportunity."""

    account_name: str
    """The prospective customer."""

    account_domain: str | None
    """The domain of the prospective customer, normalised. Deals with the same domain or the same
    normalised name are for one account.
    """

    status: DealStatus | str
    """The status. Closing requires `closed_on`; only the daily job makes a deal `expired`."""

    stage: str | None
    """The stage of the sale, in the organization's own words."""

    motion: DealMotion | str
    """What is sold."""

    value: int
    """The value in minor units."""

    registered_on: str
    """The day of the registration; today by default."""

    expected_close_on: str | None
    """The day on which it is expected to close."""

    expires_on: str | None
    """The first day on which an approved deal is no longer protected."""

    closed_on: str | None
    """The day on which it was won or lost; not before `registered_on`."""

    lost_reason: str | None
    """The reason why it was lost."""

    rejection_reason: DealRejectionReason
    """The reason why it was rejected."""

    decided_by: Actor | None
    """Who last approved or rejected it."""

    decided_at: Timestamp | None
    """When it was last approved or rejected."""

    owner_id: MemberId | None
    """The member who is responsible for it."""

    notes: str | None
    """Internal notes."""

    id: DealId
    """The id."""

    version: int
    """Increases with every change. Also the ETag."""

    created_at: Timestamp
    """When it was created."""

    updated_at: Timestamp
    """When it last changed."""

    deleted_at: Timestamp | None
    """When it was deleted; it can be restored for 30 days."""

    currency: str
    """The currency of its value: the organization's."""


class DealApproval(TypedDict):
    """The approval of a deal."""

    expires_on: NotRequired[str | None]
    """The first day on which the deal is no longer protected; later than today. The default is the
    organization's `deal_protection_days` from today.
    """

    allow_conflict: NotRequired[bool]
    """Whether the deal may be approved even if another partner has an approved deal for the same
    account.
    """


class DealBatch(TypedDict):
    """A batch of operations."""

    operations: list[DealBatchOperation]
    """The operations, in this order."""

    atomic: NotRequired[bool]
    """Whether the failure of one operation undoes all of them."""


class DealBatchData(TypedDict):
    """The values of a deal in a batch. A new deal requires `partner_id`, `name` and
    `account_name`.
    """

    partner_id: NotRequired[PartnerId]
    """The partner that registered it."""

    external_id: NotRequired[str | None]
    """The integrator's own id; unique within the organization."""

    name: NotRequired[str]
    """The name of the opportunity."""

    account_name: NotRequired[str]
    """The prospective customer."""

    account_domain: NotRequired[str | None]
    """The domain of the prospective customer, normalised. Deals with the same domain or the same
    normalised name are for one account.
    """

    status: NotRequired[DealStatus]
    """The status. Closing requires `closed_on`; only the daily job makes a deal `expired`."""

    stage: NotRequired[str | None]
    """The stage of the sale, in the organization's own words."""

    motion: NotRequired[DealMotion]
    """What is sold."""

    value: NotRequired[int]
    """The value in minor units."""

    registered_on: NotRequired[str]
    """The day of the registration; today by default."""

    expected_close_on: NotRequired[str | None]
    """The day on which it is expected to close."""

    expires_on: NotRequired[str | None]
    """The first day on which an approved deal is no longer protected."""

    closed_on: NotRequired[str | None]
    """The day on which it was won or lost; not before `registered_on`."""

    lost_reason: NotRequired[str | None]
    """The reason why it was lost."""

    rejection_reason: NotRequired[DealRejectionReason]
    """The reason why it was rejected."""

    owner_id: NotRequired[MemberId | None]
    """The member who is responsible for it."""

    notes: NotRequired[str | None]
    """Internal notes."""

    allow_conflict: NotRequired[bool]
    """Whether it may be approved even if another partner has an approved deal for the same
    account.
    """

    currency: NotRequired[str]
    """The currency of its value: the organization's."""


class DealBatchItem(TypedDict):
    """The result of one operation."""

    index: int
    """The position of the operation in the request, from 0."""

    status: int
    """The status that the operation would have as a single request; 424 if it was undone because
    another one failed.
    """

    deal: Deal | None
    """The deal after the operation; null if it failed or deleted the deal."""

    skipped_fields: list[str]
    """Always empty: fields of deals are not overridden."""

    problem: Problem | None
    """The problem that the operation would have as a single request. Null if it succeeded."""


class DealBatchOperation(TypedDict):
    """One operation of a batch."""

    action: DealBatchAction
    """The action."""

    id: NotRequired[DealId | None]
    """The id of the deal, if it is matched by id."""

    match: NotRequired[DealBatchMatch | None]
    """How the deal is found. The default is by id."""

    version: NotRequired[int | None]
    """The version that the deal must have."""

    data: NotRequired[DealBatchData | None]
    """The values. Errors in them are reported for this operation only."""


class DealBatchResult(TypedDict):
    """The results of a batch."""

    results: list[DealBatchItem]
    """One result for every operation, in their order."""

    succeeded: int
    """The number of operations that succeeded."""

    failed: int
    """The number of operations that failed."""


class DealConflict(TypedDict):
    """Another partner's approved deal for the same account, or for one that may be the same."""

    match: DealConflictMatch | str
    """How closely the accounts match. A deal for the same account prevents an approval, one for a
    similar account does not.
    """

    reason: str
    """The reason, for people."""

    deal: Deal
    """The other deal."""


class DealConflictPage(TypedDict):
    """One page of DealConflict rows."""

    data: list[DealConflict]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""

    total_count: int | None
    """The exact number of all rows. Null unless requested with `include=total_count`."""


class DealCreate(TypedDict):
    """A new deal. If a person registers it, the default status is `approved`; if an API key does,
    it is `submitted`.
    """

    partner_id: PartnerId
    """The partner that registered it."""

    external_id: NotRequired[str | None]
    """The integrator's own id; unique within the organization."""

    name: str
    """The name of the opportunity."""

    account_name: str
    """The prospective customer."""

    account_domain: NotRequired[str | None]
    """The domain of the prospective customer, normalised. Deals with the same domain or the same
    normalised name are for one account.
    """

    status: NotRequired[DealStatus]
    """The status. Closing requires `closed_on`; only the daily job makes a deal `expired`."""

    stage: NotRequired[str | None]
    """The stage of the sale, in the organization's own words."""

    motion: NotRequired[DealMotion]
    """What is sold."""

    value: NotRequired[int]
    """The value in minor units."""

    registered_on: NotRequired[str]
    """The day of the registration; today by default."""

    expected_close_on: NotRequired[str | None]
    """The day on which it is expected to close."""

    expires_on: NotRequired[str | None]
    """The first day on which an approved deal is no longer protected."""

    closed_on: NotRequired[str | None]
    """The day on which it was won or lost; not before `registered_on`."""

    lost_reason: NotRequired[str | None]
    """The reason why it was lost."""

    rejection_reason: NotRequired[DealRejectionReason]
    """The reason why it was rejected."""

    owner_id: NotRequired[MemberId | None]
    """The member who is responsible for it."""

    notes: NotRequired[str | None]
    """Internal notes."""

    allow_conflict: NotRequired[bool]
    """Whether it may be approved even if another partner has an approved deal for the same
    account.
    """


class DealPage(TypedDict):
    """One page of Deal rows."""

    data: list[Deal]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""

    total_count: int | None
    """The exact number of all rows. Null unless requested with `include=total_count`."""

    last_sequence: int | None
    """The highest event `sequence` below which no event can appear later. After the last page,
    send it as `changed_after` to continue. Null without `changed_after`.
    """

    erased_ids: list[str]
    """The ids of permanently deleted rows, in the order of their changes among the rows of this
    page. Empty without `changed_after` and `include=deleted`.
    """


class DealQuery(TypedDict):
    """The condition and order of deals. Filters may refer to fields of the partner, such as
    `partner.tier`.
    """

    filter: NotRequired[FilterNode | None]
    """Which rows; null for all."""

    q: NotRequired[str | None]
    """Searches name, domain and description. Finds prefixes and parts of words, and tolerates
    typing errors.
    """

    view_id: NotRequired[ViewId | None]
    """A saved view. Its filter and search are combined with the others by AND; its sort applies
    unless `sort` is given.
    """

    sort: NotRequired[list[str]]
    """The fields to sort by, with `-` in front for descending order. Nulls come last."""

    limit: NotRequired[int | None]
    """The number of rows of a page. The default is 50."""

    cursor: NotRequired[str | None]
    """The `next_cursor` of the previous page."""

    include: NotRequired[list[ListInclude]]
    """What to add to the list."""

    changed_after: NotRequired[int | None]
    """Only rows whose last change has a higher event `sequence` than this, in the order of their
    changes: send the `last_sequence` of an earlier walk. Cannot be combined with `sort` or `q`.
    """


class DealRejection(TypedDict):
    """The rejection of a deal."""

    reason: NotRequired[DealRejectionReason]
    """The reason for the rejection."""


class DealUpdate(TypedDict):
    """A merge patch of a deal: absent properties keep their values, null clears them. A new
    `partner_id` moves it to that partner.
    """

    partner_id: NotRequired[PartnerId]
    """The partner that registered it."""

    external_id: NotRequired[str | None]
    """The integrator's own id; unique within the organization."""

    name: NotRequired[str]
    """The name of the opportunity."""

    account_name: NotRequired[str]
    """The prospective customer."""

    account_domain: NotRequired[str | None]
    """The domain of the prospective customer, normalised. Deals with the same domain or the same
    normalised name are for one account.
    """

    status: NotRequired[DealStatus]
    """The status. Closing requires `closed_on`; only the daily job makes a deal `expired`."""

    stage: NotRequired[str | None]
    """The stage of the sale, in the organization's own words."""

    motion: NotRequired[DealMotion]
    """What is sold."""

    value: NotRequired[int]
    """The value in minor units."""

    registered_on: NotRequired[str]
    """The day of the registration; today by default."""

    expected_close_on: NotRequired[str | None]
    """The day on which it is expected to close."""

    expires_on: NotRequired[str | None]
    """The first day on which an approved deal is no longer protected."""

    closed_on: NotRequired[str | None]
    """The day on which it was won or lost; not before `registered_on`."""

    lost_reason: NotRequired[str | None]
    """The reason why it was lost."""

    rejection_reason: NotRequired[DealRejectionReason]
    """The reason why it was rejected."""

    owner_id: NotRequired[MemberId | None]
    """The member who is responsible for it."""

    notes: NotRequired[str | None]
    """Internal notes."""

    allow_conflict: NotRequired[bool]
    """Whether it may be approved even if another partner has an approved deal for the same
    account.
    """


class EnrichmentRequest(TypedDict):
    """The partners to enrich, as a selection."""

    partner_ids: NotRequired[list[PartnerId] | None]
    """The partners by id."""

    filter: NotRequired[FilterNode | None]
    """A filter that finds the partners."""

    view_id: NotRequired[ViewId | None]
    """A saved view that finds the partners."""

    force: NotRequired[bool]
    """Whether the sources are requested again even if there are results of the last seven days."""


class Event(TypedDict):
    """One entry of the log."""

    id: EventId

    sequence: int
    """Increases per organization in the order of commits: a client that has read up to n has
    missed nothing before n.
    """

    type: str
    """The type of the event, see `GET /event-types`."""

    timestamp: Timestamp
    """The time of the write."""

    actor: Actor
    """The user, API key or system that caused it."""

    subject: Subject
    """The record that it is about."""

    data: EventData
    """What changed, by type of event."""

    request_id: str
    """The request that caused it."""


class EventPage(TypedDict):
    """One page of Event rows."""

    data: list[Event]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""

    total_count: int | None
    """The exact number of all rows. Null unless requested with `include=total_count`."""

    last_sequence: int
    """The highest `sequence` below which no event can appear later, whatever the conditions of
    this list. After the last page of an ascending list, continue with it as `sequence_gt`.
    """


class EventType(TypedDict):
    """One row of `GET /event-types`."""

    type: str
    """The type, as in `type` of an event."""

    group: str
    """The group it belongs to."""

    description: str
    """When it is sent."""

    schema: EventSchema
    """A JSON Schema of the event's `data`."""


class EventTypePage(TypedDict):
    """One page of EventType rows."""

    data: list[EventType]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""

    total_count: int | None
    """The exact number of all rows. Null unless requested with `include=total_count`."""


class ExportRequest(TypedDict):
    """The request for an export."""

    object: ExportObject
    """The kind of records."""

    filter: NotRequired[FilterNode | None]
    """The condition for records; null for all."""

    view_id: NotRequired[ViewId | None]
    """A saved view. Its filter and search are combined with `filter` by AND, and its columns apply
    unless `columns` is sent.
    """

    columns: NotRequired[list[str] | None]
    """The fields to export, in this order. The default is the columns of the view, or all fields
    in display order.
    """

    format: ExportFormat
    """The format of the file."""


class Fault(TypedDict):
    """An error and its place. Exactly one of `pointer`, `parameter` and `header` is not null."""

    code: str
    """A stable code for programs. New codes may be added."""

    detail: str
    """An explanation for people."""

    pointer: str | None
    """A JSON Pointer fragment into the body."""

    parameter: str | None
    """The query or path parameter."""

    header: str | None
    """The request header."""

    meta: dict[str, Any]
    """Details for programs. The members depend on the code."""


class FieldLimits(TypedDict):
    """The limits of a field; null means no limit."""

    min: int | None
    """Lowest number."""

    max: int | None
    """Highest number."""

    max_length: int | None
    """Longest text in characters; of each item of an array."""

    max_items: int | None
    """Most items of an array."""


class FieldOverride(TypedDict):
    """An overridden field, with the pending value of automation."""

    field: str
    """The field."""

    value: AnyValue
    """Its value."""

    pending_value: AnyValue
    """The newest value that automation tried to write; null also if that value was null."""

    has_pending_value: bool
    """Whether there is a pending value."""

    actor: Actor
    """Who set the override."""

    overridden_at: Timestamp
    """When the override was first set."""


class FieldOverridePage(TypedDict):
    """One page of FieldOverride rows."""

    data: list[FieldOverride]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""

    total_count: int | None
    """The exact number of all rows. Null unless requested with `include=total_count`."""


class FilterNode(TypedDict):
    """A condition. A group (`and`, `or`, `not`, `at_least`) has `filters` (and `at_least` a
    `count`); a leaf has `field` and `value`. At most 5 levels, 100 nodes, and 1,000 nodes and
    values together. Properties that `op` does not use may be null.
    """

    op: str
    """One of eq, ne, in, not_in, is_null, gt, gte, lt, lte, between, contains, starts_with, any,
    all, none, and, or, not, at_least.
    """

    field: NotRequired[str | None]
    """The field of a leaf. Members of objects are written with a dot."""

    value: NotRequired[Any]
    """The value that a leaf compares with: one value; a list for `in`, `not_in`, `any`, `all`,
    `none`; two values for `between`; a boolean for `is_null`. Times may be durations before
    now, such as `-P30D`.
    """

    count: NotRequired[int | None]
    """The number of members of `at_least` that must match."""

    filters: NotRequired[list[FilterNode] | None]
    """The members of a group."""


class FourCBreakdown(TypedDict):
    """The four dimensions of fit, each 0 to 100."""

    capacity: int
    """Capacity: can they deliver at scale?"""

    capability: int
    """Capability: do they have what is needed?"""

    commitment: int
    """Commitment: are they active in the partnership?"""

    customer_alignment: int
    """Customer alignment: do they reach the organization's customers?"""


class FourCWeights(TypedDict):
    """The weights of the four C's in basis points; together 10000."""

    capacity: int
    """Capacity: can they deliver at scale?"""

    capability: int
    """Capability: do they have what is needed?"""

    commitment: int
    """Commitment: are they active in the partnership?"""

    customer_alignment: int
    """Customer alignment: do they reach the organization's customers?"""


class FourCWeightsUpdate(TypedDict):
    """A change of the weights: absent dimensions keep theirs. All four must add up to 10000
    afterwards.
    """

    capacity: NotRequired[int]
    """Capacity: can they deliver at scale?"""

    capability: NotRequired[int]
    """Capability: do they have what is needed?"""

    commitment: NotRequired[int]
    """Commitment: are they active in the partnership?"""

    customer_alignment: NotRequired[int]
    """Customer alignment: do they reach the organization's customers?"""


class IdealPartnerCriterion(TypedDict):
    """A condition of the fit score."""

    key: str
    """The key, unique within the profile; evidence refers to it."""

    label: str
    """A sentence about a partner that meets it."""

    dimension: FitDimension | str
    """The one of the four C's to which it belongs."""

    weight: int
    """The weight among the criteria of its dimension."""

    filter: FilterNode
    """The condition that a partner must meet. It may refer to every field except the scores."""


class IdealPartnerProfile(TypedDict):
    """The criteria of the fit score and their weights."""

    version: int
    """Increases with every change. Also the ETag."""

    created_at: Timestamp
    """When it was created."""

    updated_at: Timestamp
    """When it last changed."""

    weights: FourCWeights
    """The weights of the four C's."""

    criteria: list[IdealPartnerCriterion]
    """The criteria of the fit score, in the order of the evidence."""

    narrative: str | None
    """A description of the ideal partner for the language model."""


class IdealPartnerProfileUpdate(TypedDict):
    """A merge patch of the profile: absent properties keep their values."""

    weights: NotRequired[FourCWeightsUpdate]
    """The weights of the four C's."""

    criteria: NotRequired[list[IdealPartnerCriterion]]
    """The criteria of the fit score, in the order of the evidence."""

    narrative: NotRequired[str | None]
    """A description of the ideal partner for the language model."""


class ImportForm(TypedDict):
    """The form of an import, for the document."""

    file: FileContent
    """The file: CSV, a JSON array, or JSON lines; at most 25 MiB."""

    options: ImportOptions
    """The options of the import, as JSON."""


class ImportGuess(TypedDict):
    """An option that was not sent, and its guessed value."""

    option: str
    """The option."""

    value: AnyValue
    """The value that is used; null if nothing decides."""

    reason: str
    """The reason, for people."""


class ImportOptions(TypedDict):
    """The options of an import."""

    object: ImportObject
    """The kind of records in the file."""

    mapping: NotRequired[ImportMapping | None]
    """The fields to which columns map; guessed from the headers if absent."""

    match: NotRequired[ImportMatch]
    """How a row finds its record. The default is `domain`. Except with `id`, contacts are found by
    e-mail address or name, deals by external id, or by partner, account and name if the row has
    none.
    """

    on_match: NotRequired[ImportOnMatch]
    """What is done with a row that matches. The default is `update`."""

    on_name_differs: NotRequired[ImportOnNameDiffers]
    """What is done with a row that matches a partner by domain and has another name. The default
    is `skip`.
    """

    on_duplicate_row: NotRequired[ImportOnDuplicateRow]
    """What is done with a second row for the same partner, contact or deal. The default is `skip`.
    """

    money_unit: NotRequired[ImportMoneyUnit | None]
    """The unit of amounts. The default is `major` for CSV and `minor` for JSON. A header such as
    `company_revenue (minor)`, as in our own exports, has priority for its column.
    """

    header_row: NotRequired[int | None]
    """The line of a CSV file with the header, counted from 1; 0 if there is none, in which case
    columns are called `Column 1`, `Column 2` and so on. Guessed if absent.
    """

    encoding: NotRequired[str | None]
    """The encoding of the file: a label of the WHATWG Encoding Standard, such as `utf-8`,
    `windows-1252`, `windows-1251`, `shift_jis` or `gbk`. Guessed if absent; a byte order mark
    has priority.
    """

    date_format: NotRequired[ImportDateFormat | None]
    """The order of day, month and year in dates that do not begin with the year. Guessed from the
    file if absent; ambiguous dates are not imported.
    """

    decimal: NotRequired[ImportDecimal | None]
    """The decimal separator. Guessed from the file if absent; ambiguous numbers are not imported.
    """

    allow_conflict: NotRequired[bool | None]
    """Deals only: whether rows may be approved in spite of a channel conflict."""

    dry_run: NotRequired[bool]
    """Whether it is a dry run, which only reports what would be done."""

    defaults: NotRequired[ImportDefaults | None]
    """Values of new records for rows without a value."""


class ImportPreview(TypedDict):
    """The preview of an import."""

    object: ImportObject | str
    """The kind of records."""

    columns: list[ImportPreviewColumn]
    """The columns in their order."""

    rows: list[ImportPreviewRow]
    """The first rows, at most 20."""

    row_count: int
    """The number of rows; empty rows are not counted."""

    encoding: ImportEncoding
    """The encoding of the file."""

    separator: str | None
    """The separator of cells; null for JSON."""

    guesses: list[ImportGuess]
    """The options that were not sent, each with the value that is used, and the reason."""


class ImportPreviewColumn(TypedDict):
    """A column of the file."""

    name: str
    """Its header."""

    suggested_field: str | None
    """The field to which it maps: from the mapping, or guessed."""

    samples: list[str]
    """Some of its values."""


class ImportPreviewForm(TypedDict):
    """The form of a preview, for the document."""

    file: FileContent
    """The file: CSV, a JSON array, or JSON lines; at most 25 MiB."""

    options: NotRequired[ImportPreviewOptions]
    """The options of the import, as JSON; absent options are guessed."""


class ImportPreviewOptions(TypedDict):
    """The options of an import, all of them optional. Absent options are guessed."""

    object: NotRequired[ImportObject]
    """The kind of records in the file."""

    mapping: NotRequired[ImportMapping | None]
    """The fields to which columns map; guessed from the headers if absent."""

    match: NotRequired[ImportMatch]
    """How a row finds its record. The default is `domain`. Except with `id`, contacts are found by
    e-mail address or name, deals by external id, or by partner, account and name if the row has
    none.
    """

    on_match: NotRequired[ImportOnMatch]
    """What is done with a row that matches. The default is `update`."""

    on_name_differs: NotRequired[ImportOnNameDiffers]
    """What is done with a row that matches a partner by domain and has another name. The default
    is `skip`.
    """

    on_duplicate_row: NotRequired[ImportOnDuplicateRow]
    """What is done with a second row for the same partner, contact or deal. The default is `skip`.
    """

    money_unit: NotRequired[ImportMoneyUnit | None]
    """The unit of amounts. The default is `major` for CSV and `minor` for JSON. A header such as
    `company_revenue (minor)`, as in our own exports, has priority for its column.
    """

    header_row: NotRequired[int | None]
    """The line of a CSV file with the header, counted from 1; 0 if there is none, in which case
    columns are called `Column 1`, `Column 2` and so on. Guessed if absent.
    """

    encoding: NotRequired[str | None]
    """The encoding of the file: a label of the WHATWG Encoding Standard, such as `utf-8`,
    `windows-1252`, `windows-1251`, `shift_jis` or `gbk`. Guessed if absent; a byte order mark
    has priority.
    """

    date_format: NotRequired[ImportDateFormat | None]
    """The order of day, month and year in dates that do not begin with the year. Guessed from the
    file if absent; ambiguous dates are not imported.
    """

    decimal: NotRequired[ImportDecimal | None]
    """The decimal separator. Guessed from the file if absent; ambiguous numbers are not imported.
    """

    allow_conflict: NotRequired[bool | None]
    """Deals only: whether rows may be approved in spite of a channel conflict."""

    dry_run: NotRequired[bool]
    """Whether it is a dry run, which only reports what would be done."""

    defaults: NotRequired[ImportDefaults | None]
    """Values of new records for rows without a value."""


class ImportPreviewRow(TypedDict):
    """One of the first rows, as the import would read it."""

    row: int
    """The number in the file; the first record after the header is 1."""

    data: AnyValue
    """Values by field."""

    warnings: list[JobItemWarning]
    """Remarks about values that were changed or left out."""


class InsightCount(TypedDict):
    """The number of partners with a value."""

    key: str | None
    """The value; null for partners without one."""

    count: int
    """The number of partners."""


class InvitationAcceptance(TypedDict):
    """The acceptance of an invitation."""

    token: str
    """The token: the last part of the invitation's link."""

    name: str
    """The person's name."""

    password: str
    """The person's password. Passwords that are easy to guess are refused."""


class InvitedMember(TypedDict):
    """A new invitation. The link is shown only once."""

    member: Member
    """The member, with status `invited`."""

    invitation_url: str
    """The page on which the person joins. Anyone with this link can join."""

    expires_at: Timestamp
    """When the link stops working."""


class Job(TypedDict):
    """Long-running work: its state, progress and result. Kept for 7 days."""

    id: JobId
    """The id."""

    version: int
    """Increases with every change. Also the ETag."""

    created_at: Timestamp
    """When it was accepted."""

    updated_at: Timestamp
    """When it last changed."""

    type: JobType | str
    """The type."""

    status: JobStatus | str
    """The status."""

    progress: JobProgress
    """The progress."""

    dry_run: bool
    """Whether it is a dry run, which only reports what would be done."""

    actor: Actor
    """Who started it."""

    input: JobInput
    """The options of the job."""

    result: JobResult | None
    """The result."""

    problem: Problem | None
    """The reason for the failure."""

    started_at: Timestamp | None
    """When it was started."""

    finished_at: Timestamp | None
    """When it ended."""

    expires_at: Timestamp
    """When the job and its items are deleted."""


class JobItem(TypedDict):
    """The result of one row or one partner."""

    index: int
    """The position among the items, from 0."""

    ref: str | None
    """The id, or the number of the row in the file (the first record after the header is 1)."""

    status: JobItemStatus | str
    """The status."""

    action: JobItemAction | str | None
    """Rows of imports that succeeded: what was done with the record. Null for other items."""

    resource_id: str | None
    """The id of the record that was written."""

    skipped_fields: list[str]
    """Fields that were skipped because they are overridden."""

    before: AnyValue
    """The previous values of the changed fields."""

    after: AnyValue
    """The new values of the changed fields; of an enrichment also the `title` of the website."""

    warnings: list[JobItemWarning]
    """Remarks that did not prevent the processing."""

    problem: Problem | None
    """The reason why it failed or was skipped."""


class JobItemPage(TypedDict):
    """One page of JobItem rows."""

    data: list[JobItem]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""

    total_count: int | None
    """The exact number of all rows. Null unless requested with `include=total_count`."""


class JobItemWarning(TypedDict):
    """A remark about an item that did not prevent its processing."""

    code: str
    """A stable code for programs."""

    detail: str
    """An explanation for people."""

    field: str | None
    """The field to which it applies."""

    meta: dict[str, Any]
    """Details for programs, such as `existing_id`."""


class JobPage(TypedDict):
    """One page of Job rows."""

    data: list[Job]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""

    total_count: int | None
    """The exact number of all rows. Null unless requested with `include=total_count`."""


class JobProgress(TypedDict):
    """The progress of a job."""

    total: int | None
    """The number of items; null until it is known."""

    done: int
    """Items that were processed."""

    succeeded: int
    """Items that succeeded."""

    failed: int
    """Items that failed."""

    skipped: int
    """Items that were skipped."""


class JobResult(TypedDict):
    """The result of a job."""

    download_url: str | None
    """The URL of the file, for the same credential."""

    expires_at: Timestamp | None
    """When the file is deleted."""

    created: int | None
    """Imports only: the number of records that it created, or would create in a dry run."""

    updated: int | None
    """Imports only: the number of records that it changed."""

    unchanged: int | None
    """Imports only: the number of records that already had the values of their row."""


class JointPlan(TypedDict):
    """The plan of a partner for a fiscal year. Target and weights are the same for every year."""

    partner_id: PartnerId
    """The partner."""

    version: int
    """The partner's version; also the ETag."""

    fiscal_year: int
    """The fiscal year, by the calendar year in which it ends."""

    currency: str
    """The currency of every amount."""

    annual_revenue_target: int | None
    """The annual target in minor units."""

    quarterly_weights: QuarterlyWeights
    """The distribution of the target over the quarters."""

    quarterly_targets: QuarterlyAmounts | None
    """The target of each quarter; together exactly the annual one."""

    quarterly_revenue: QuarterlyAmounts
    """The value of deals won in each quarter of the fiscal year, by closing day."""

    attainment_bp: int | None
    """Won revenue in the fiscal year in relation to the target, in basis points; null without a
    target.
    """

    item_counts: PlanItemCounts
    """The number of plan items."""

    skipped_fields: list[str]
    """Fields that this write has skipped because they are overridden; empty on reads."""


class JointPlanUpdate(TypedDict):
    """A merge patch of target and weights, which are fields of the partner with its rules of
    overrides.
    """

    annual_revenue_target: NotRequired[int | None]
    """The annual target in minor units."""

    quarterly_weights: NotRequired[QuarterlyWeightsUpdate]
    """The distribution of the target over the quarters."""


class KeyStakeholder(TypedDict):
    """A person who matters for the partnership."""

    name: str
    """The name."""

    role: NotRequired[str | None]
    """The role of the person at the partner."""

    contact_id: NotRequired[ContactId | None]
    """The contact of this person, if there is one."""


LifecycleConversion = TypedDict(
    "LifecycleConversion",
    {
        "from": "PartnerStage | str",
        "to": "PartnerStage | str",
        "count": "int",
        "share_bp": "int",
    },
)
"""The changes from one stage to another."""


class LifecycleInsight(TypedDict):
    """The movement of partners through the stages, from the stage history."""

    since: str
    """The first day of the window."""

    until: str
    """The last day of the window."""

    stages: list[LifecycleStage]
    """All stages, in their order."""

    conversions: list[LifecycleConversion]
    """All changes that happened."""


class LifecycleStage(TypedDict):
    """The movements at one stage."""

    stage: PartnerStage | str
    """The stage."""

    count: int
    """The number of partners in this stage now."""

    entered: int
    """How often it was entered in the window, including by new partners."""

    left: int
    """How often it was left in the window."""

    median_days: float | None
    """The median duration of stays that ended in the window, in days with two decimals."""


class Liveness(TypedDict):
    """The liveness of the process."""

    status: str
    """`ok`"""


class Me(TypedDict):
    """The credential of this request: a user with its member and role, or an API key."""

    kind: CredentialKind | str
    """The kind of the credential."""

    user: User | None
    """The user; null for an API key."""

    member: Member | None
    """The member; null for an API key."""

    api_key: ApiKey | None
    """The API key; null for a user."""

    organization: Organization
    """The organization."""

    role: Role | str | None
    """The role; null for an API key."""

    scopes: list[AccessScope | str]
    """The scopes of the API key, or all that the role allows."""


class MeUpdate(TypedDict):
    """A merge patch of the user: absent properties keep their values."""

    name: NotRequired[str]
    """The name."""

    locale: NotRequired[str]
    """The language of mails, as a BCP 47 tag."""

    email_notifications: NotRequired[bool]
    """Whether notifications are also sent by mail."""


class Member(TypedDict):
    """A person in an organization."""

    id: MemberId
    """The id."""

    version: int
    """Increases with every change. Also the ETag."""

    created_at: Timestamp
    """When the person was invited or registered."""

    updated_at: Timestamp
    """When it last changed."""

    user_id: UserId | None
    """The user that signs in; null until the invitation is accepted."""

    name: str
    """The name."""

    email: str
    """The e-mail address, with which the person signs in."""

    role: Role | str
    """The role."""

    status: MemberStatus | str
    """Whether the member can sign in."""

    last_seen_at: Timestamp | None
    """When the member last signed in or renewed an access token."""


class MemberInvite(TypedDict):
    """An invitation."""

    email: str
    """The e-mail address, with which the person signs in."""

    name: NotRequired[str]
    """The name."""

    role: Role
    """The role."""


class MemberPage(TypedDict):
    """One page of Member rows."""

    data: list[Member]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""

    total_count: int | None
    """The exact number of all rows. Null unless requested with `include=total_count`."""


class MemberUpdate(TypedDict):
    """A merge patch of a member: absent properties keep their values."""

    role: NotRequired[Role]
    """The role."""

    status: NotRequired[MemberStatus]
    """Whether the member can sign in."""


class Notification(TypedDict):
    """A notification of a member."""

    id: NotificationId
    """The id."""

    type: NotificationType | str
    """The type."""

    title: str
    """The title, in one line."""

    body: str
    """The text below the title; may be empty."""

    subject: NotificationSubject
    """The record that it is about."""

    event_id: EventId
    """The event that caused it."""

    read_at: Timestamp | None
    """When it was read."""

    created_at: Timestamp
    """When it was made."""


class NotificationDelivery(TypedDict):
    """A mail or a Slack message, and its status. Kept for 30 days."""

    id: NotificationDeliveryId
    """The id; also in the Message-ID of a mail, so that repetitions can be recognized."""

    notification_id: NotificationId | None
    """The notification that it delivers; null for invitations and for Slack."""

    event_id: EventId | None
    """The event that caused it."""

    channel: NotificationChannel | str
    """The channel."""

    target: str
    """The recipient: an e-mail address, or the id of a channel or user of Slack."""

    status: NotificationDeliveryStatus | str
    """The status."""

    attempts: int
    """The number of attempts."""

    last_error: str | None
    """The reason why the last attempt failed."""

    next_attempt_at: Timestamp | None
    """When it is tried next; null if it is not tried again."""

    created_at: Timestamp
    """When it was made."""


class NotificationDeliveryPage(TypedDict):
    """One page of NotificationDelivery rows."""

    data: list[NotificationDelivery]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""

    total_count: int | None
    """The exact number of all rows. Null unless requested with `include=total_count`."""


class NotificationPage(TypedDict):
    """One page of Notification rows."""

    data: list[Notification]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""

    total_count: int | None
    """The exact number of all rows. Null unless requested with `include=total_count`."""


class NotificationSettings(TypedDict):
    """The recipients of notifications about new submissions of the application form. Each member
    is notified once, even if several settings apply.
    """

    version: int
    """Increases with every change. Also the ETag."""

    created_at: Timestamp
    """When it was created."""

    updated_at: Timestamp
    """When it last changed."""

    member_ids: list[MemberId]
    """Members who are notified."""

    roles: list[Role | str]
    """Roles whose members are notified."""

    slack_channel_ids: list[SlackId]
    """Slack channels that are notified."""

    slack_user_ids: list[SlackId]
    """Slack users who are notified."""

    email: bool
    """Whether the members also get a mail, unless they have turned mails off."""


class NotificationSettingsUpdate(TypedDict):
    """A merge patch of the settings: absent properties keep their values."""

    member_ids: NotRequired[list[MemberId]]
    """Members who are notified."""

    roles: NotRequired[list[Role]]
    """Roles whose members are notified."""

    slack_channel_ids: NotRequired[list[SlackId]]
    """Slack channels that are notified."""

    slack_user_ids: NotRequired[list[SlackId]]
    """Slack users who are notified."""

    email: NotRequired[bool]
    """Whether the members also get a mail, unless they have turned mails off."""


class NotificationSubject(TypedDict):
    """The record that a notification is about."""

    type: str
    """The kind of resource, `deal`."""

    id: str
    """The id of the resource."""


class Organization(TypedDict):
    """The organization of the credential."""

    id: OrganizationId
    """The id."""

    version: int
    """Increases with every change. Also the ETag."""

    created_at: Timestamp
    """When it registered."""

    updated_at: Timestamp
    """When it last changed."""

    name: str
    """Its name."""

    currency: str
    """The currency of all amounts, as an ISO 4217 code. It cannot be changed once an amount
    exists.
    """

    currency_exponent: CurrencyExponent
    """The number of decimal digits of the currency's minor unit: with exponent 2, an amount of
    12345 is 123.45.
    """

    fiscal_year_start_month: int
    """The month in which the fiscal year starts."""

    timezone: str
    """The time zone in which days begin, by its IANA name."""

    deal_protection_days: int
    """The number of days for which an approved deal is protected by default."""

    auto_score: bool
    """Whether scores are computed automatically."""

    logo_url: str | None
    """The URL of the logo; https."""

    shared_domains: list[SharedDomain]
    """Domains that many of its partners share, such as those of a market place. In imports and
    applications these and their subdomains are ignored, like those of social networks and mail
    providers.
    """


class OrganizationUpdate(TypedDict):
    """A merge patch of the organization: absent properties keep their values."""

    name: NotRequired[str]
    """Its name."""

    currency: NotRequired[str]
    """The currency of all amounts, as an ISO 4217 code. It cannot be changed once an amount
    exists.
    """

    fiscal_year_start_month: NotRequired[int]
    """The month in which the fiscal year starts."""

    timezone: NotRequired[str]
    """The time zone in which days begin, by its IANA name."""

    deal_protection_days: NotRequired[int]
    """The number of days for which an approved deal is protected by default."""

    auto_score: NotRequired[bool]
    """Whether scores are computed automatically."""

    logo_url: NotRequired[str | None]
    """The URL of the logo; https."""

    shared_domains: NotRequired[list[SharedDomain]]
    """Domains that many of its partners share, such as those of a market place. In imports and
    applications these and their subdomains are ignored, like those of social networks and mail
    providers.
    """


class Partner(TypedDict):
    """A partner: one profile per company."""

    id: PartnerId
    """The id."""

    version: int
    """Increases with every change. Also the ETag."""

    created_at: Timestamp
    """When it was created."""

    updated_at: Timestamp
    """When it last changed."""

    deleted_at: Timestamp | None
    """When it was deleted; it can be restored for 30 days."""

    created_via: PartnerCreatedVia | str
    """How it was created."""

    currency: str
    """The currency of every amount, which is the organization's."""

    external_id: str | None
    """The integrator's own id; unique within the organization."""

    name: str
    """The company's name."""

    domain: str | None
    """The company's domain, normalised; unique within the organization among live partners."""

    logo_url: str | None
    """The URL of the logo; a new logo has a new URL."""

    logo_source: LogoSource | str | None
    """The source of the logo."""

    industry: str | None
    """The industry, free text."""

    employees: int | None
    """The number of employees."""

    company_revenue: int | None
    """The company's annual revenue in minor units."""

    regions: list[str]
    """The regions in which the company works."""

    services: list[str]
    """The services it offers."""

    products: list[str]
    """The products it offers."""

    languages: list[str]
    """The languages in which it works, BCP 47."""

    type: PartnerType | str
    """The type."""

    subtype: str | None
    """A more specific type, free text."""

    category: PartnerCategory | str | None
    """The category."""

    tier: str | None
    """The key of its tier."""

    tier_source: TierSource | str
    """Who decides on the tier: the rules or a person."""

    tier_changed_at: Timestamp | None
    """When the tier last changed."""

    tier_at_risk_since: Timestamp | None
    """Since when the rules give a lower tier than the current one."""

    tag_ids: list[TagId]
    """Its tags."""

    status: PartnerStatus | str
    """Whether the record is live."""

    stage: PartnerStage | str
    """The stage of the relationship."""

    stage_changed_at: Timestamp
    """When the stage last changed."""

    in_intelligence: bool
    """Whether it is included in insights."""

    partner_manager_id: MemberId | None
    """The member who is responsible for the partner."""

    primary_contact_id: ContactId | None
    """The primary contact; a contact of this partner."""

    pipeline: int
    """The sum of its approved deals, in minor units."""

    revenue: int
    """The sum of its won deals, in minor units."""

    product_revenue: int
    """The sum of its won product deals, in minor units."""

    active_deals: int
    """The number of deals that are submitted, under review or approved."""

    closed_deals: int
    """The number of won deals."""

    customers: int
    """The number of distinct accounts of its won deals."""

    annual_revenue_target: int | None
    """The annual target in minor units."""

    quarterly_weights: QuarterlyWeights
    """The distribution of the target over the quarters."""

    fit_score: int | None
    """How well it fits the ideal partner profile, 0 to 100; null until it is scored."""

    health_score: int | None
    """The state of the relationship, 0 to 100; null until it is scored."""

    four_c_breakdown: FourCBreakdown | None
    """The four dimensions of the fit score."""

    key_strengths: list[str]
    """Its key strengths, strongest first."""

    scored_at: Timestamp | None
    """When it was last scored."""

    scores_stale: bool
    """Whether something that the scores depend on has changed since: the partner, its deals and
    contacts, or the ideal partner profile. It may change without a new version.
    """

    overridden_fields: list[str]
    """Fields that people have overridden; automation skips them."""

    skipped_fields: list[str]
    """Fields that this write has skipped because they are overridden; empty on reads."""

    description: str | None
    """What the company does."""

    key_stakeholders: list[KeyStakeholder]
    """People who matter for the partnership."""

    joint_value_proposition: str | None
    """Why customers buy from both companies together."""

    executive_summary: str | None
    """A summary of the relationship."""

    ai_summary: str | None
    """The summary of the scores."""


class PartnerBatch(TypedDict):
    """A batch of operations."""

    operations: list[PartnerBatchOperation]
    """The operations, in this order."""

    atomic: NotRequired[bool]
    """Whether the failure of one operation undoes all of them."""


class PartnerBatchItem(TypedDict):
    """The result of one operation."""

    index: int
    """The position of the operation in the request, from 0."""

    status: int
    """The status that the operation would have as a single request; 424 if it was undone because
    another one failed.
    """

    partner: Partner | None
    """The partner after the operation; null if it failed or deleted the partner."""

    skipped_fields: list[str]
    """Fields that the operation has skipped because they are overridden."""

    problem: Problem | None
    """The problem that the operation would have as a single request. Null if it succeeded."""


class PartnerBatchOperation(TypedDict):
    """One operation of a batch."""

    action: PartnerBatchAction
    """The action."""

    id: NotRequired[PartnerId | None]
    """The id of the partner, if it is matched by id."""

    match: NotRequired[PartnerBatchMatch | None]
    """How the partner is found. The default is by id."""

    version: NotRequired[int | None]
    """The version that the partner must have."""

    data: NotRequired[PartnerUpdate | None]
    """The values; a creation requires `name` and `type`. Errors in them are reported for this
    operation only.
    """


class PartnerBatchResult(TypedDict):
    """The results of a batch."""

    results: list[PartnerBatchItem]
    """One result for every operation, in their order."""

    succeeded: int
    """The number of operations that succeeded."""

    failed: int
    """The number of operations that failed."""


class PartnerCreate(TypedDict):
    """A new partner. `name` and `type` are required."""

    name: str
    """The company's name."""

    domain: NotRequired[str | None]
    """The company's domain, normalised; unique within the organization among live partners."""

    industry: NotRequired[str | None]
    """The industry, free text."""

    description: NotRequired[str | None]
    """What the company does."""

    employees: NotRequired[int | None]
    """The number of employees."""

    company_revenue: NotRequired[int | None]
    """The company's annual revenue in minor units."""

    regions: NotRequired[list[str]]
    """The regions in which the company works."""

    languages: NotRequired[list[str]]
    """The languages in which it works, BCP 47."""

    services: NotRequired[list[str]]
    """The services it offers."""

    products: NotRequired[list[str]]
    """The products it offers."""

    type: PartnerType
    """The type."""

    subtype: NotRequired[str | None]
    """A more specific type, free text."""

    category: NotRequired[PartnerCategory | None]
    """The category."""

    tier: NotRequired[str | None]
    """The key of its tier."""

    tag_ids: NotRequired[list[TagId]]
    """Its tags."""

    status: NotRequired[PartnerStatus]
    """Whether the record is live."""

    stage: NotRequired[PartnerStage]
    """The stage of the relationship."""

    in_intelligence: NotRequired[bool]
    """Whether it is included in insights."""

    partner_manager_id: NotRequired[MemberId | None]
    """The member who is responsible for the partner."""

    key_stakeholders: NotRequired[list[KeyStakeholder]]
    """People who matter for the partnership."""

    joint_value_proposition: NotRequired[str | None]
    """Why customers buy from both companies together."""

    executive_summary: NotRequired[str | None]
    """A summary of the relationship."""

    pipeline: NotRequired[int]
    """The sum of its approved deals, in minor units."""

    revenue: NotRequired[int]
    """The sum of its won deals, in minor units."""

    product_revenue: NotRequired[int]
    """The sum of its won product deals, in minor units."""

    active_deals: NotRequired[int]
    """The number of deals that are submitted, under review or approved."""

    closed_deals: NotRequired[int]
    """The number of won deals."""

    customers: NotRequired[int]
    """The number of distinct accounts of its won deals."""

    annual_revenue_target: NotRequired[int | None]
    """The annual target in minor units."""

    quarterly_weights: NotRequired[QuarterlyWeights]
    """The distribution of the target over the quarters."""

    external_id: NotRequired[str | None]
    """The integrator's own id; unique within the organization."""

    primary_contact: NotRequired[PrimaryContact]


PartnerField = TypedDict(
    "PartnerField",
    {
        "name": "str",
        "label": "str",
        "type": "FieldType | str",
        "unit": "str | None",
        "reference": "FieldReference | str | None",
        "class": "FieldClass | str",
        "nullable": "bool",
        "required_on_create": "bool",
        "default": "AnyValue",
        "limits": "FieldLimits",
        "values": "list[str] | None",
        "operators": "list[FilterOperator | str]",
        "parameters": "list[str]",
        "sortable": "bool",
        "groupable": "bool",
        "in_summary": "bool",
        "importable": "bool",
        "mappable": "bool",
        "overridable": "bool",
    },
)
"""A field of partners: its type, who may write it, and what it can be used for."""


class PartnerFieldPage(TypedDict):
    """One page of PartnerField rows."""

    data: list[PartnerField]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""

    total_count: int | None
    """The exact number of all rows. Null unless requested with `include=total_count`."""


class PartnerQuery(TypedDict):
    """The body of a query. GET parameters are read into it too, except conditions."""

    filter: NotRequired[FilterNode | None]
    """Which rows; null for all."""

    q: NotRequired[str | None]
    """Searches name, domain and description. Finds prefixes and parts of words, and tolerates
    typing errors.
    """

    view_id: NotRequired[ViewId | None]
    """A saved view. Its filter and search are combined with the others by AND; its sort applies
    unless `sort` is given.
    """

    sort: NotRequired[list[str]]
    """The fields to sort by, with `-` in front for descending order. Nulls come last."""

    limit: NotRequired[int | None]
    """The number of rows of a page. The default is 50."""

    cursor: NotRequired[str | None]
    """The `next_cursor` of the previous page."""

    include: NotRequired[list[ListInclude]]
    """What to add to the list."""

    changed_after: NotRequired[int | None]
    """Only rows whose last change has a higher event `sequence` than this, in the order of their
    changes: send the `last_sequence` of an earlier walk. Cannot be combined with `sort` or `q`.
    """


class PartnerSummary(TypedDict):
    """A partner as lists show it: all properties except long ones."""

    id: PartnerId
    """The id."""

    version: int
    """Increases with every change. Also the ETag."""

    created_at: Timestamp
    """When it was created."""

    updated_at: Timestamp
    """When it last changed."""

    deleted_at: Timestamp | None
    """When it was deleted; it can be restored for 30 days."""

    created_via: PartnerCreatedVia | str
    """How it was created."""

    currency: str
    """The currency of every amount, which is the organization's."""

    external_id: str | None
    """The integrator's own id; unique within the organization."""

    name: str
    """The company's name."""

    domain: str | None
    """The company's domain, normalised; unique within the organization among live partners."""

    logo_url: str | None
    """The URL of the logo; a new logo has a new URL."""

    logo_source: LogoSource | str | None
    """The source of the logo."""

    industry: str | None
    """The industry, free text."""

    employees: int | None
    """The number of employees."""

    company_revenue: int | None
    """The company's annual revenue in minor units."""

    regions: list[str]
    """The regions in which the company works."""

    services: list[str]
    """The services it offers."""

    products: list[str]
    """The products it offers."""

    languages: list[str]
    """The languages in which it works, BCP 47."""

    type: PartnerType | str
    """The type."""

    subtype: str | None
    """A more specific type, free text."""

    category: PartnerCategory | str | None
    """The category."""

    tier: str | None
    """The key of its tier."""

    tier_source: TierSource | str
    """Who decides on the tier: the rules or a person."""

    tier_changed_at: Timestamp | None
    """When the tier last changed."""

    tier_at_risk_since: Timestamp | None
    """Since when the rules give a lower tier than the current one."""

    tag_ids: list[TagId]
    """Its tags."""

    status: PartnerStatus | str
    """Whether the record is live."""

    stage: PartnerStage | str
    """The stage of the relationship."""

    stage_changed_at: Timestamp
    """When the stage last changed."""

    in_intelligence: bool
    """Whether it is included in insights."""

    partner_manager_id: MemberId | None
    """The member who is responsible for the partner."""

    primary_contact_id: ContactId | None
    """The primary contact; a contact of this partner."""

    pipeline: int
    """The sum of its approved deals, in minor units."""

    revenue: int
    """The sum of its won deals, in minor units."""

    product_revenue: int
    """The sum of its won product deals, in minor units."""

    active_deals: int
    """The number of deals that are submitted, under review or approved."""

    closed_deals: int
    """The number of won deals."""

    customers: int
    """The number of distinct accounts of its won deals."""

    annual_revenue_target: int | None
    """The annual target in minor units."""

    quarterly_weights: QuarterlyWeights
    """The distribution of the target over the quarters."""

    fit_score: int | None
    """How well it fits the ideal partner profile, 0 to 100; null until it is scored."""

    health_score: int | None
    """The state of the relationship, 0 to 100; null until it is scored."""

    four_c_breakdown: FourCBreakdown | None
    """The four dimensions of the fit score."""

    key_strengths: list[str]
    """Its key strengths, strongest first."""

    scored_at: Timestamp | None
    """When it was last scored."""

    scores_stale: bool
    """Whether something that the scores depend on has changed since: the partner, its deals and
    contacts, or the ideal partner profile. It may change without a new version.
    """

    overridden_fields: list[str]
    """Fields that people have overridden; automation skips them."""

    skipped_fields: list[str]
    """Fields that this write has skipped because they are overridden; empty on reads."""


class PartnerSummaryPage(TypedDict):
    """One page of PartnerSummary rows."""

    data: list[PartnerSummary]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""

    total_count: int | None
    """The exact number of all rows. Null unless requested with `include=total_count`."""

    last_sequence: int | None
    """The highest event `sequence` below which no event can appear later. After the last page,
    send it as `changed_after` to continue. Null without `changed_after`.
    """

    erased_ids: list[str]
    """The ids of permanently deleted rows, in the order of their changes among the rows of this
    page. Empty without `changed_after` and `include=deleted`.
    """


class PartnerUpdate(TypedDict):
    """A merge patch of a partner: absent properties keep their values, null clears them, objects
    are merged, and arrays are replaced as a whole.
    """

    name: NotRequired[str]
    """The company's name."""

    domain: NotRequired[str | None]
    """The company's domain, normalised; unique within the organization among live partners."""

    industry: NotRequired[str | None]
    """The industry, free text."""

    description: NotRequired[str | None]
    """What the company does."""

    employees: NotRequired[int | None]
    """The number of employees."""

    company_revenue: NotRequired[int | None]
    """The company's annual revenue in minor units."""

    regions: NotRequired[list[str]]
    """The regions in which the company works."""

    languages: NotRequired[list[str]]
    """The languages in which it works, BCP 47."""

    services: NotRequired[list[str]]
    """The services it offers."""

    products: NotRequired[list[str]]
    """The products it offers."""

    type: NotRequired[PartnerType]
    """The type."""

    subtype: NotRequired[str | None]
    """A more specific type, free text."""

    category: NotRequired[PartnerCategory | None]
    """The category."""

    tier: NotRequired[str | None]
    """The key of its tier."""

    tag_ids: NotRequired[list[TagId]]
    """Its tags."""

    status: NotRequired[PartnerStatus]
    """Whether the record is live."""

    stage: NotRequired[PartnerStage]
    """The stage of the relationship."""

    in_intelligence: NotRequired[bool]
    """Whether it is included in insights."""

    partner_manager_id: NotRequired[MemberId | None]
    """The member who is responsible for the partner."""

    primary_contact_id: NotRequired[ContactId | None]
    """The primary contact; a contact of this partner."""

    key_stakeholders: NotRequired[list[KeyStakeholder]]
    """People who matter for the partnership."""

    joint_value_proposition: NotRequired[str | None]
    """Why customers buy from both companies together."""

    executive_summary: NotRequired[str | None]
    """A summary of the relationship."""

    pipeline: NotRequired[int]
    """The sum of its approved deals, in minor units."""

    revenue: NotRequired[int]
    """The sum of its won deals, in minor units."""

    product_revenue: NotRequired[int]
    """The sum of its won product deals, in minor units."""

    active_deals: NotRequired[int]
    """The number of deals that are submitted, under review or approved."""

    closed_deals: NotRequired[int]
    """The number of won deals."""

    customers: NotRequired[int]
    """The number of distinct accounts of its won deals."""

    annual_revenue_target: NotRequired[int | None]
    """The annual target in minor units."""

    quarterly_weights: NotRequired[QuarterlyWeightsUpdate]
    """The distribution of the target over the quarters."""

    external_id: NotRequired[str | None]
    """The integrator's own id; unique within the organization."""


class PasswordChange(TypedDict):
    """A new password, with either the token of a reset link or the current password of the
    signed-in user.
    """

    token: NotRequired[str | None]
    """The token of a reset link."""

    current_password: NotRequired[str | None]
    """The current password."""

    new_password: str
    """The new password. Passwords that are easy to guess are refused."""


class PasswordResetRequest(TypedDict):
    """The account whose password was forgotten."""

    email: str
    """The e-mail address of the person."""


class PlanItem(TypedDict):
    """A joint activity of a partner and the organization."""

    id: PlanItemId
    """The id."""

    version: int
    """Increases with every change. Also the ETag."""

    created_at: Timestamp
    """When it was created."""

    updated_at: Timestamp
    """When it last changed."""

    partner_id: PartnerId
    """The partner."""

    kind: PlanItemKind | str
    """The kind of collaboration."""

    title: str
    """The title."""

    description: str | None
    """The description."""

    status: PlanItemStatus | str
    """The status."""

    quarter: PlanQuarter | str | None
    """The quarter of the fiscal year in which it is planned."""

    owner_id: MemberId | None
    """The member who is responsible for it."""

    url: str | None
    """A link to more information; https."""

    due_on: str | None
    """The day on which it is due."""

    position: int
    """The position in the plan, by which items are sorted."""


class PlanItemCounts(TypedDict):
    """The number of plan items by kind."""

    affiliate: int
    """Affiliates."""

    integration: int
    """Integrations."""

    workflow: int
    """Workflows."""


class PlanItemCreate(TypedDict):
    """A new plan item, which is added at the end."""

    kind: PlanItemKind
    """The kind of collaboration."""

    title: str
    """The title."""

    description: NotRequired[str | None]
    """The description."""

    status: NotRequired[PlanItemStatus]
    """The status."""

    quarter: NotRequired[PlanQuarter | None]
    """The quarter of the fiscal year in which it is planned."""

    owner_id: NotRequired[MemberId | None]
    """The member who is responsible for it."""

    url: NotRequired[str | None]
    """A link to more information; https."""

    due_on: NotRequired[str | None]
    """The day on which it is due."""


class PlanItemPage(TypedDict):
    """One page of PlanItem rows."""

    data: list[PlanItem]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""

    total_count: int | None
    """The exact number of all rows. Null unless requested with `include=total_count`."""


class PlanItemUpdate(TypedDict):
    """A merge patch of a plan item: absent properties keep their values, null clears them."""

    kind: NotRequired[PlanItemKind]
    """The kind of collaboration."""

    title: NotRequired[str]
    """The title."""

    description: NotRequired[str | None]
    """The description."""

    status: NotRequired[PlanItemStatus]
    """The status."""

    quarter: NotRequired[PlanQuarter | None]
    """The quarter of the fiscal year in which it is planned."""

    owner_id: NotRequired[MemberId | None]
    """The member who is responsible for it."""

    url: NotRequired[str | None]
    """A link to more information; https."""

    due_on: NotRequired[str | None]
    """The day on which it is due."""

    before_id: NotRequired[PlanItemId | None]
    """Moves it in front of this item of the same plan; null moves it to the end."""


class PortfolioAverages(TypedDict):
    """Means over the partners that have a score, with one decimal."""

    fit_score: float | None
    """The mean fit score."""

    health_score: float | None
    """The mean health score."""

    scored_count: int
    """The number of partners with a fit score."""


class PortfolioInsight(TypedDict):
    """The portfolio summary."""

    currency: str
    """The currency of every amount."""

    partner_count: int
    """The number of partners."""

    by_type: list[InsightCount]
    """Partners by type."""

    by_category: list[InsightCount]
    """Partners by category."""

    by_tier: list[InsightCount]
    """Partners by tier, lowest rank first."""

    by_stage: list[InsightCount]
    """Partners by stage."""

    by_status: list[InsightCount]
    """Partners by status."""

    by_region: list[InsightCount]
    """Partners by region, most frequent first; a partner counts once in each of its regions."""

    totals: PortfolioTotals
    """Sums."""

    averages: PortfolioAverages
    """Means."""


class PortfolioTotals(TypedDict):
    """Sums over partners, amounts in minor units."""

    pipeline: int
    """The value of approved deals."""

    revenue: int
    """The value of won deals."""

    product_revenue: int
    """The value of won product deals."""

    annual_revenue_target: int
    """The annual targets."""

    active_deals: int
    """The number of open deal registrations."""

    closed_deals: int
    """The number of won deals."""

    customers: int
    """The number of customers, each counted once per partner."""


class PrimaryContact(TypedDict):
    """The primary contact of a new partner."""

    name: str
    """The name."""

    email: NotRequired[str | None]
    """The e-mail address."""

    phone: NotRequired[str | None]
    """The phone number, E.164."""

    title: NotRequired[str | None]
    """The job title."""


class Problem(TypedDict):
    """A problem document (RFC 9457)."""

    type: str
    """A URL that explains the code."""

    title: str
    """The meaning of the code."""

    status: int
    """The HTTP status."""

    detail: str
    """An explanation of this occurrence."""

    instance: str
    """The path of the request."""

    code: str
    """A stable code for programs. New codes may be added."""

    request_id: str
    """The id of the request; include it when you report a problem."""

    meta: dict[str, Any]
    """Details for programs. The members depend on the code."""

    errors: list[Fault]
    """All errors of the request."""


class PublicAnswer(TypedDict):
    """An answer as it is sent."""

    question_id: QuestionId
    """The question."""

    value: AnyValue
    """A text, a number, a date as text, a boolean, the value of an option, or a list of option
    values, depending on the type of the question. Null and an empty text are no answer.
    """


class PublicForm(TypedDict):
    """The form as it is shown to applicants, with nothing else."""

    title: str
    """The title."""

    intro: str | None
    """The text above the questions."""

    organization_name: str
    """The organization of the form."""

    logo_url: str | None
    """The URL of the organization's logo."""

    form_version: int
    """The version to which a submission refers."""

    questions: list[PublicQuestion]
    """The questions, in the order in which they are shown."""

    agreements: list[Agreement]
    """The agreements, in the order in which they are shown."""


class PublicQuestion(TypedDict):
    """A question as it is shown to applicants."""

    id: QuestionId
    """The id, to which the answer refers."""

    type: QuestionType | str
    """The type of its answer."""

    label: str
    """The question."""

    help: str | None
    """A help text next to the question."""

    required: bool
    """Whether an answer is required."""

    options: list[QuestionOption]
    """The options of selects; empty for other types."""

    min: QuestionBound
    """The lowest number, the earliest date, or the least number of chosen options."""

    max: QuestionBound
    """The highest number, the latest date, or the largest number of chosen options."""

    max_length: int | None
    """The longest answer of texts in characters."""


class PublicSubmission(TypedDict):
    """An application of a prospective partner."""

    form_version: int
    """The `form_version` of the form that was filled in."""

    answers: list[PublicAnswer]
    """The answers, in any order."""

    accepted_agreement_ids: NotRequired[list[AgreementId]]
    """The agreements that the applicant accepts."""

    website_confirm: NotRequired[str | None]
    """Must stay empty. Front ends hide it, so that only programs fill it in."""


class QuarterlyAmounts(TypedDict):
    """An amount for each quarter of the fiscal year, in minor units."""

    q1: int
    """Quarter 1."""

    q2: int
    """Quarter 2."""

    q3: int
    """Quarter 3."""

    q4: int
    """Quarter 4."""


class QuarterlyWeights(TypedDict):
    """The distribution of the annual target over the quarters, in basis points; together 10000."""

    q1: int
    """Share of quarter 1 in basis points."""

    q2: int
    """Share of quarter 2 in basis points."""

    q3: int
    """Share of quarter 3 in basis points."""

    q4: int
    """Share of quarter 4 in basis points."""


class QuarterlyWeightsUpdate(TypedDict):
    """A change of the quarterly weights: absent quarters keep their share. All four must add up to
    10000 afterwards.
    """

    q1: NotRequired[int]
    """Share of quarter 1 in basis points."""

    q2: NotRequired[int]
    """Share of quarter 2 in basis points."""

    q3: NotRequired[int]
    """Share of quarter 3 in basis points."""

    q4: NotRequired[int]
    """Share of quarter 4 in basis points."""


class Question(TypedDict):
    """One question of the form."""

    id: QuestionId
    """The id; generated by the server, and kept when the question is edited or moved."""

    type: QuestionType | str
    """The type of its answer."""

    label: str
    """The question."""

    help: str | None
    """A help text next to the question."""

    required: bool
    """Whether an answer is required."""

    options: list[QuestionOption]
    """The options of selects; empty for other types."""

    min: QuestionBound
    """The lowest number, the earliest date, or the least number of chosen options."""

    max: QuestionBound
    """The highest number, the latest date, or the largest number of chosen options."""

    max_length: int | None
    """The longest answer of texts in characters: up to 500 for short texts (200 by default),
    10,000 for long texts (5,000 by default). The field to which the answer maps may allow less.
    """

    maps_to: FormMapping | str | None
    """The field that its answer fills in when a submission is accepted."""


class QuestionOption(TypedDict):
    """One option of a select."""

    value: str
    """The value in answers; unique within the question."""

    label: str
    """The label for people."""


class QuestionUpdate(TypedDict):
    """A question to save: with the id of an existing one, or without an id for a new one."""

    id: NotRequired[QuestionId]
    """The id; generated by the server, and kept when the question is edited or moved."""

    type: QuestionType
    """The type of its answer."""

    label: str
    """The question."""

    help: NotRequired[str | None]
    """A help text next to the question."""

    required: NotRequired[bool]
    """Whether an answer is required."""

    options: NotRequired[list[QuestionOption]]
    """The options of selects; empty for other types."""

    min: NotRequired[QuestionBound]
    """The lowest number, the earliest date, or the least number of chosen options."""

    max: NotRequired[QuestionBound]
    """The highest number, the latest date, or the largest number of chosen options."""

    max_length: NotRequired[int | None]
    """The longest answer of texts in characters: up to 500 for short texts (200 by default),
    10,000 for long texts (5,000 by default). The field to which the answer maps may allow less.
    """

    maps_to: NotRequired[FormMapping | None]
    """The field that its answer fills in when a submission is accepted."""


class Readiness(TypedDict):
    """The readiness of the server."""

    status: str
    """`ok` or `unavailable`"""

    checks: list[ReadinessCheck]
    """The checks that were made."""


class ReadinessCheck(TypedDict):
    """One check of something that requests need."""

    name: str
    """`database`, `migrations`, `queue`, `revocations` or `storage`"""

    status: str
    """`ok` or `unavailable`"""

    duration_ms: float
    """The duration of the check in milliseconds."""


class Registration(TypedDict):
    """A new organization and its first owner."""

    organization_name: str
    """The name of the organization."""

    currency: str
    """The currency of all amounts, as an ISO 4217 code."""

    name: str
    """The owner's name."""

    email: str
    """The owner's e-mail address."""

    password: str
    """The owner's password. Passwords that are easy to guess are refused."""


class RegistrationConfirmation(TypedDict):
    """The confirmation of a registration."""

    token: str
    """The token: the last part of the link in the mail."""

    password: NotRequired[str | None]
    """The new password, which replaces the one from the registration. Pages should ask for it,
    because only then are the person who confirms and the one who registered certainly the same.
    Without it, the password of the registration is kept if the confirmation comes from the same
    network; otherwise it is discarded, and a link to choose a password is mailed.
    """


class SavedView(TypedDict):
    """A saved view as the caller sees it."""

    id: ViewId
    """The id."""

    version: int
    """Increases with every change. Also the ETag."""

    created_at: Timestamp
    """When it was created."""

    updated_at: Timestamp
    """When it last changed."""

    name: str
    """The name; unique among the views of its owner."""

    object: ViewObject | str
    """The kind of records."""

    filter: FilterNode | None
    """The condition for records; null for all."""

    q: str | None
    """The text to search for."""

    sort: list[str]
    """The fields to sort by, with `-` in front for descending order; empty for the default order
    of the list.
    """

    columns: list[str]
    """The fields to show, in this order; empty for the client's default."""

    visibility: ViewVisibility | str
    """Who can see it."""

    owner_id: str
    """The member or API key that owns it."""

    is_default: bool
    """Whether it is the caller's default for its object."""

    warnings: list[ViewWarning]
    """References of the filter to records that no longer exist. They equal nothing: `in` finds
    records with the other values, `ne` and `not_in` match all.
    """


class SavedViewCreate(TypedDict):
    """A new view."""

    name: str
    """The name; unique among the views of its owner."""

    object: ViewObject
    """The kind of records."""

    filter: NotRequired[FilterNode | None]
    """The condition for records; null for all."""

    q: NotRequired[str | None]
    """The text to search for."""

    sort: NotRequired[list[str]]
    """The fields to sort by, with `-` in front for descending order; empty for the default order
    of the list.
    """

    columns: NotRequired[list[str]]
    """The fields to show, in this order; empty for the client's default."""

    visibility: NotRequired[ViewVisibility]
    """Who can see it."""


class SavedViewPage(TypedDict):
    """One page of SavedView rows."""

    data: list[SavedView]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""

    total_count: int | None
    """The exact number of all rows. Null unless requested with `include=total_count`."""


class SavedViewUpdate(TypedDict):
    """A merge patch of a view: absent properties keep their values, null clears them, arrays are
    replaced as a whole.
    """

    name: NotRequired[str]
    """The name; unique among the views of its owner."""

    object: NotRequired[ViewObject]
    """The kind of records."""

    filter: NotRequired[FilterNode | None]
    """The condition for records; null for all."""

    q: NotRequired[str | None]
    """The text to search for."""

    sort: NotRequired[list[str]]
    """The fields to sort by, with `-` in front for descending order; empty for the default order
    of the list.
    """

    columns: NotRequired[list[str]]
    """The fields to show, in this order; empty for the client's default."""

    visibility: NotRequired[ViewVisibility]
    """Who can see it."""


class Score(TypedDict):
    """The scores of a partner, with the evidence. Never changed."""

    id: ScoreId
    """The id."""

    partner_id: PartnerId
    """The partner."""

    created_at: Timestamp
    """When they were computed."""

    fit_score: int
    """How well the partner fits the ideal partner profile."""

    health_score: int
    """The state of the relationship."""

    four_c_breakdown: FourCBreakdown
    """The four dimensions of the fit score."""

    key_strengths: list[str]
    """The strengths of the partner, strongest first."""

    ai_summary: str | None
    """A summary in a few sentences."""

    evidence: list[ScoreEvidence]
    """The reasons. 50 plus the effects of a dimension is its score."""

    engine: str
    """The engine: `rules/1` or `model/NAME`."""

    fallback_reason: str | None
    """Why the rules replaced the language model."""

    input_hash: str
    """SHA-256 of everything that the scores depend on: the same hash means the same scores."""


class ScoreEvidence(TypedDict):
    """One reason for a score. 50 plus the effects of a dimension is its score."""

    dimension: ScoreDimension | str
    """What it affects."""

    effect: int
    """The effect in points. 0 means that the value is unknown."""

    reason: str
    """The reason as a sentence."""

    field: str | None
    """The field of the partner, if it is about one."""

    criterion_key: str | None
    """The criterion of the ideal partner profile, if it is about one."""


class ScorePage(TypedDict):
    """One page of Score rows."""

    data: list[Score]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""

    total_count: int | None
    """The exact number of all rows. Null unless requested with `include=total_count`."""


class ScoreRefreshRequest(TypedDict):
    """The partners to score. Exactly one of `partner_ids`, `filter` and `view_id`."""

    partner_ids: NotRequired[list[PartnerId] | None]
    """The partners by id."""

    filter: NotRequired[FilterNode | None]
    """A filter that finds the partners."""

    view_id: NotRequired[ViewId | None]
    """A saved view that finds the partners."""

    engine: NotRequired[ScoreEngine | None]
    """The engine. The default is the language model if one is configured, otherwise the rules."""

    force: NotRequired[bool | None]
    """Whether partners without changes are scored again. The default is true for `partner_ids`,
    otherwise false.
    """

    dry_run: NotRequired[bool]
    """Whether it is a dry run, which only reports what the rules would give."""


class ServerVersion(TypedDict):
    """The version of the server."""

    version: str
    """The version of the server."""

    commit: str
    """The commit from which it was built."""

    built_at: str
    """The time of the build."""

    contract: str
    """The version of the API, with which its paths begin."""


class Session(TypedDict):
    """One sign-in on one device."""

    id: SessionId
    """The id."""

    user_agent: str
    """The user agent that signed in."""

    ip: str
    """The IP address that signed in."""

    created_at: Timestamp
    """When it signed in."""

    last_seen_at: Timestamp
    """When it last renewed its access token."""

    expires_at: Timestamp
    """When it ends unless it is used."""

    current: bool
    """Whether it is the session of this request."""


class SessionPage(TypedDict):
    """One page of Session rows."""

    data: list[Session]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""

    total_count: int | None
    """The exact number of all rows. Null unless requested with `include=total_count`."""


class SignIn(TypedDict):
    """An e-mail address and its password."""

    email: str
    """The e-mail address."""

    password: str
    """The password."""


class SlackConnection(TypedDict):
    """The request to connect Slack."""

    bot_token: str
    """The token of a bot of the workspace, with the scopes `chat:write`, `channels:read`,
    `groups:read` and `users:read`. It is checked with Slack, stored encrypted, and never shown
    again.
    """


class SlackIntegration(TypedDict):
    """The connection to a Slack workspace. The token is never shown."""

    connected: bool
    """Whether Slack is connected."""

    workspace: str | None
    """The name of the workspace."""

    connected_at: Timestamp | None
    """The time of the connection."""


class SlackTarget(TypedDict):
    """A channel or user to which messages can be sent."""

    id: str
    """The id in Slack."""

    kind: SlackTargetKind | str
    """Whether it is a channel or a user."""

    name: str
    """The name."""


class SlackTargetPage(TypedDict):
    """One page of SlackTarget rows."""

    data: list[SlackTarget]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""

    total_count: int | None
    """The exact number of all rows. Null unless requested with `include=total_count`."""


class StrengthRow(TypedDict):
    """A strength, and how many partners have it."""

    label: str
    """The strength in its most frequent spelling."""

    partner_count: int
    """The number of partners that have it."""

    average_fit: float | None
    """The mean of their fit scores, with one decimal."""


class StrengthsInsight(TypedDict):
    """The strengths of the partners, most frequent first; at most 100."""

    data: list[StrengthRow]
    """The strengths."""


class Subject(TypedDict):
    """What an event is about."""

    type: str
    """The kind of resource, `partner`."""

    id: str
    """The id of the resource."""

    version: int | None
    """The version of the resource after the event; null for resources without one."""


class Submission(TypedDict):
    """An application in the inbox."""

    id: SubmissionId
    """The id."""

    version: int
    """Increases with every change. Also the ETag."""

    created_at: Timestamp
    """When it was created."""

    updated_at: Timestamp
    """When it last changed."""

    form_version: int
    """The version of the form that was filled in."""

    status: SubmissionStatus | str
    """The status of the review."""

    answers: list[SubmissionAnswer]
    """The answers, in the order of the questions; unanswered questions are not listed."""

    agreements: list[SubmissionAgreement]
    """The agreements that the applicant accepted."""

    applicant: Applicant
    """The applicant, from the answers."""

    notes: str | None
    """Internal notes."""

    reviewer_id: MemberId | None
    """The member who reviews it."""

    reviewed_at: Timestamp | None
    """When it was accepted, rejected or found to be spam."""

    partner_id: PartnerId | None
    """The partner that was created or filled in by the acceptance."""

    duplicate_partner_id: PartnerId | None
    """Another partner with the same domain."""

    submitted_at: Timestamp
    """When it was sent."""


class SubmissionAcceptance(TypedDict):
    """The request to accept a submission."""

    data: NotRequired[PartnerUpdate | None]
    """Values that replace answers and are written as manual."""

    partner_id: NotRequired[PartnerId | None]
    """The partner that is filled in; absent for a new one."""


class SubmissionAgreement(TypedDict):
    """An agreement that the applicant has accepted."""

    id: AgreementId
    """The agreement."""

    text_sha256: str
    """SHA-256 of its text at that time, in hexadecimal. The text is in the version of the form."""

    accepted_at: Timestamp
    """The time of the agreement."""


class SubmissionAnswer(TypedDict):
    """An answer with the question at that time."""

    question_id: QuestionId
    """The question."""

    label: str
    """The label of the question."""

    type: QuestionType | str
    """The type of the question."""

    value: AnyValue
    """The answer. Of selects the value of an option, or a list of option values."""

    maps_to: FormMapping | str | None
    """The field that it fills in when the submission is accepted."""


class SubmissionPage(TypedDict):
    """One page of Submission rows."""

    data: list[Submission]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""

    total_count: int | None
    """The exact number of all rows. Null unless requested with `include=total_count`."""


class SubmissionReceipt(TypedDict):
    """The response to an applicant: the same for the same application within a day."""

    receipt: str
    """A reference for inquiries about the application."""


class SubmissionUpdate(TypedDict):
    """A merge patch of a submission: absent properties keep their values, null clears them."""

    status: NotRequired[SubmissionStatus]
    """The status of the review."""

    notes: NotRequired[str | None]
    """Internal notes."""

    reviewer_id: NotRequired[MemberId | None]
    """The member who reviews it."""


class Tag(TypedDict):
    """A label for partners."""

    id: TagId
    """The id."""

    version: int
    """Increases with every change. Also the ETag."""

    created_at: Timestamp
    """When it was created."""

    updated_at: Timestamp
    """When it last changed."""

    category: TagCategory | str
    """The category; it cannot be changed."""

    name: str
    """The label; unique within the category, ignoring case."""

    color: str | None
    """The color, `#rrggbb`."""

    partner_count: int
    """The number of partners that have it."""


class TagCreate(TypedDict):
    """A new tag."""

    category: TagCategory
    """The category; it cannot be changed."""

    name: str
    """The label; unique within the category, ignoring case."""

    color: NotRequired[str | None]
    """The color, `#rrggbb`."""


class TagPage(TypedDict):
    """One page of Tag rows."""

    data: list[Tag]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""

    total_count: int | None
    """The exact number of all rows. Null unless requested with `include=total_count`."""


class TagUpdate(TypedDict):
    """A merge patch of a tag: absent properties keep their values, null clears them."""

    name: NotRequired[str]
    """The label; unique within the category, ignoring case."""

    color: NotRequired[str | None]
    """The color, `#rrggbb`."""


class Tier(TypedDict):
    """A level of the partner program."""

    id: TierId
    """The id."""

    version: int
    """Increases with every change. Also the ETag."""

    created_at: Timestamp
    """When it was created."""

    updated_at: Timestamp
    """When it last changed."""

    key: str
    """The value of partners' `tier`; it cannot be changed."""

    name: str
    """The name for people."""

    rank: int
    """The rank, unique; higher is better."""

    description: str | None
    """The description."""

    requirement: FilterNode | None
    """The condition that partners must meet; null if the tier is only assigned manually or by
    default.
    """

    is_default: bool
    """Whether partners that meet no requirement get it; exactly one tier is the default."""

    color: str | None
    """The color, `#rrggbb`."""

    partner_count: int
    """The number of partners that have it."""


class TierAssessment(TypedDict):
    """The assessment of a partner's tier."""

    partner_id: PartnerId
    """The partner."""

    tier: str | None
    """The current tier."""

    tier_source: TierSource | str
    """Who decides on the tier: the rules or a person."""

    automatic_tier: str | None
    """The tier that the rules give now."""

    at_risk_since: Timestamp | None
    """Since when the rules give a lower tier than the current one."""

    demotion_on: str | None
    """The first day on which the lower tier takes effect, in the organization's time zone."""

    present: TierCheck | None
    """The check of the current tier."""

    next: TierCheck | None
    """The check of the next higher tier that has a requirement."""


TierChange = TypedDict(
    "TierChange",
    {
        "id": "TierChangeId",
        "partner_id": "PartnerId",
        "from": "str | None",
        "to": "str | None",
        "at": "Timestamp",
        "source": "TierSource | str",
        "rules_hash": "str",
        "actor": "Actor",
    },
)
"""A change of a partner's tier. Never changed or deleted."""


class TierChangePage(TypedDict):
    """One page of TierChange rows."""

    data: list[TierChange]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""

    total_count: int | None
    """The exact number of all rows. Null unless requested with `include=total_count`."""


class TierCheck(TypedDict):
    """The requirement of a tier, compared with a partner."""

    tier: str
    """The key of the tier."""

    met: bool
    """Whether the whole requirement is met; true if there is no requirement."""

    leaves: list[TierLeaf]
    """Its conditions."""


class TierCreate(TypedDict):
    """A new tier."""

    key: str
    """The value of partners' `tier`; it cannot be changed."""

    name: str
    """The name for people."""

    rank: int
    """The rank, unique; higher is better."""

    description: NotRequired[str | None]
    """The description."""

    requirement: NotRequired[FilterNode | None]
    """The condition that partners must meet; null if the tier is only assigned manually or by
    default.
    """

    is_default: NotRequired[bool]
    """Whether partners that meet no requirement get it; exactly one tier is the default."""

    color: NotRequired[str | None]
    """The color, `#rrggbb`."""


class TierEvaluationRequest(TypedDict):
    """The partners to evaluate: a selection, or all."""

    partner_ids: NotRequired[list[PartnerId] | None]
    """The partners by id."""

    filter: NotRequired[FilterNode | None]
    """A filter that finds the partners."""

    view_id: NotRequired[ViewId | None]
    """A saved view that finds the partners."""

    dry_run: NotRequired[bool]
    """Whether it is a dry run, which only reports what would change."""


class TierLeaf(TypedDict):
    """One condition of a requirement, compared with a partner."""

    pointer: str
    """The place in the requirement, as a JSON Pointer fragment."""

    op: str
    """The operator."""

    field: str
    """The field."""

    actual: AnyValue
    """The partner's value."""

    needed: AnyValue
    """The required value."""

    met: bool
    """Whether this condition is met."""

    gap: int | None
    """The distance between the value and the bound: 0 if the condition is met, null if the value
    is unknown or not a number.
    """


class TierPage(TypedDict):
    """One page of Tier rows."""

    data: list[Tier]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page. Null on the last page."""

    total_count: int | None
    """The exact number of all rows. Null unless requested with `include=total_count`."""


class TierPolicy(TypedDict):
    """When and how tiers are evaluated."""

    version: int
    """Increases with every change. Also the ETag."""

    created_at: Timestamp
    """When it was created."""

    updated_at: Timestamp
    """When it last changed."""

    mode: TierMode | str
    """Who decides on tiers."""

    evaluate_on: list[TierTrigger | str]
    """The changes after which a partner is evaluated."""

    demotion_grace_days: int
    """The number of days for which a partner keeps a tier whose requirement it no longer meets."""

    evaluated_at: Timestamp | None
    """When all partners were last evaluated."""


class TierPolicyUpdate(TypedDict):
    """A merge patch of the policy: absent properties keep their values."""

    mode: NotRequired[TierMode]
    """Who decides on tiers."""

    evaluate_on: NotRequired[list[TierTrigger]]
    """The changes after which a partner is evaluated."""

    demotion_grace_days: NotRequired[int]
    """The number of days for which a partner keeps a tier whose requirement it no longer meets."""


class TierUpdate(TypedDict):
    """A merge patch of a tier: absent properties keep their values, null clears them."""

    name: NotRequired[str]
    """The name for people."""

    rank: NotRequired[int]
    """The rank, unique; higher is better."""

    description: NotRequired[str | None]
    """The description."""

    requirement: NotRequired[FilterNode | None]
    """The condition that partners must meet; null if the tier is only assigned manually or by
    default.
    """

    is_default: NotRequired[bool]
    """Whether partners that meet no requirement get it; exactly one tier is the default."""

    color: NotRequired[str | None]
    """The color, `#rrggbb`."""


class TokenGrant(TypedDict):
    """The response of a sign-in. The refresh token is in the cookie `__Host-prm_refresh`."""

    access_token: str
    """Send it as `Authorization: Bearer ...`."""

    token_type: str
    """Always `Bearer`."""

    expires_in: int
    """The seconds for which the access token is valid."""

    session_id: SessionId
    """The session that was started or continued."""

    member: Member
    """Who signed in."""


class User(TypedDict):
    """A person who can sign in."""

    id: UserId
    """The id."""

    name: str
    """The name."""

    email: str
    """The e-mail address."""

    locale: str
    """The language of mails, as a BCP 47 tag."""

    email_notifications: bool
    """Whether notifications are also sent by mail."""


class ViewWarning(TypedDict):
    """A reference of a view to a record that no longer exists."""

    pointer: str
    """The place in the view."""

    code: str
    """`not_found_reference`."""


class EventFilters(TypedDict, total=False):
    """Conditions as parameters of a list; all of them must be met."""

    sequence: Sequence[int]
    """Sequence is one of these values."""

    sequence_gt: int
    """Sequence is greater than this value."""

    sequence_gte: int
    """Sequence is at least this value."""

    sequence_lt: int
    """Sequence is less than this value."""

    sequence_lte: int
    """Sequence is at most this value."""

    type: Sequence[str]
    """Type is one of these values."""

    type_not: Sequence[str]
    """Type is not one of these values, or is empty."""

    subject_id: Sequence[str]
    """Subject is one of these values."""

    subject_id_not: Sequence[str]
    """Subject is not one of these values, or is empty."""

    actor_id: Sequence[str]
    """Actor is one of these values."""

    actor_id_not: Sequence[str]
    """Actor is not one of these values, or is empty."""

    actor_id_null: bool
    """Actor is empty (`true`) or is not empty (`false`)."""

    timestamp_gt: str
    """Time is greater than this value. A time, a day, or a duration from now."""

    timestamp_gte: str
    """Time is at least this value. A time, a day, or a duration from now."""

    timestamp_lt: str
    """Time is less than this value. A time, a day, or a duration from now."""

    timestamp_lte: str
    """Time is at most this value. A time, a day, or a duration from now."""

    types: Sequence[str]
    """Only events of these types."""


class PartnerFilters(TypedDict, total=False):
    """Conditions as parameters of a list; all of them must be met."""

    id: Sequence[PartnerId]
    """ID is one of these values."""

    name: Sequence[str]
    """Name is one of these values."""

    name_not: Sequence[str]
    """Name is not one of these values, or is empty."""

    name_contains: str
    """Name contains this text, without regard to case."""

    name_starts_with: str
    """Name starts with this text, without regard to case."""

    domain: Sequence[str]
    """Domain is one of these values."""

    domain_not: Sequence[str]
    """Domain is not one of these values, or is empty."""

    domain_contains: str
    """Domain contains this text, without regard to case."""

    domain_starts_with: str
    """Domain starts with this text, without regard to case."""

    domain_null: bool
    """Domain is empty (`true`) or is not empty (`false`)."""

    industry: Sequence[str]
    """Industry is one of these values."""

    industry_not: Sequence[str]
    """Industry is not one of these values, or is empty."""

    industry_contains: str
    """Industry contains this text, without regard to case."""

    industry_starts_with: str
    """Industry starts with this text, without regard to case."""

    industry_null: bool
    """Industry is empty (`true`) or is not empty (`false`)."""

    employees: Sequence[int]
    """Employees is one of these values."""

    employees_gt: int
    """Employees is greater than this value."""

    employees_gte: int
    """Employees is at least this value."""

    employees_lt: int
    """Employees is less than this value."""

    employees_lte: int
    """Employees is at most this value."""

    employees_null: bool
    """Employees is empty (`true`) or is not empty (`false`)."""

    company_revenue: Sequence[int]
    """Company revenue is one of these values."""

    company_revenue_gt: int
    """Company revenue is greater than this value."""

    company_revenue_gte: int
    """Company revenue is at least this value."""

    company_revenue_lt: int
    """Company revenue is less than this value."""

    company_revenue_lte: int
    """Company revenue is at most this value."""

    company_revenue_null: bool
    """Company revenue is empty (`true`) or is not empty (`false`)."""

    regions: Sequence[str]
    """Regions contains at least one of these values."""

    regions_all: Sequence[str]
    """Regions contains all of these values."""

    regions_none: Sequence[str]
    """Regions contains none of these values."""

    languages: Sequence[str]
    """Languages contains at least one of these values."""

    languages_all: Sequence[str]
    """Languages contains all of these values."""

    languages_none: Sequence[str]
    """Languages contains none of these values."""

    services: Sequence[str]
    """Services contains at least one of these values."""

    services_all: Sequence[str]
    """Services contains all of these values."""

    services_none: Sequence[str]
    """Services contains none of these values."""

    products: Sequence[str]
    """Products contains at least one of these values."""

    products_all: Sequence[str]
    """Products contains all of these values."""

    products_none: Sequence[str]
    """Products contains none of these values."""

    type: Sequence[PartnerType]
    """Type is one of these values."""

    type_not: Sequence[PartnerType]
    """Type is not one of these values, or is empty."""

    subtype: Sequence[str]
    """Subtype is one of these values."""

    subtype_not: Sequence[str]
    """Subtype is not one of these values, or is empty."""

    subtype_contains: str
    """Subtype contains this text, without regard to case."""

    subtype_starts_with: str
    """Subtype starts with this text, without regard to case."""

    subtype_null: bool
    """Subtype is empty (`true`) or is not empty (`false`)."""

    category: Sequence[PartnerCategory]
    """Category is one of these values."""

    category_not: Sequence[PartnerCategory]
    """Category is not one of these values, or is empty."""

    category_null: bool
    """Category is empty (`true`) or is not empty (`false`)."""

    tier: Sequence[str]
    """Tier is one of these values."""

    tier_not: Sequence[str]
    """Tier is not one of these values, or is empty."""

    tier_gt: str
    """Tier is greater than this value."""

    tier_gte: str
    """Tier is at least this value."""

    tier_lt: str
    """Tier is less than this value."""

    tier_lte: str
    """Tier is at most this value."""

    tier_null: bool
    """Tier is empty (`true`) or is not empty (`false`)."""

    tier_source: Sequence[TierSource]
    """Tier source is one of these values."""

    tier_source_not: Sequence[TierSource]
    """Tier source is not one of these values, or is empty."""

    tier_changed_at_gt: str
    """Tier changed is greater than this value. A time, a day, or a duration from now."""

    tier_changed_at_gte: str
    """Tier changed is at least this value. A time, a day, or a duration from now."""

    tier_changed_at_lt: str
    """Tier changed is less than this value. A time, a day, or a duration from now."""

    tier_changed_at_lte: str
    """Tier changed is at most this value. A time, a day, or a duration from now."""

    tier_changed_at_null: bool
    """Tier changed is empty (`true`) or is not empty (`false`)."""

    tier_at_risk_since_gt: str
    """Tier at risk since is greater than this value. A time, a day, or a duration from now."""

    tier_at_risk_since_gte: str
    """Tier at risk since is at least this value. A time, a day, or a duration from now."""

    tier_at_risk_since_lt: str
    """Tier at risk since is less than this value. A time, a day, or a duration from now."""

    tier_at_risk_since_lte: str
    """Tier at risk since is at most this value. A time, a day, or a duration from now."""

    tier_at_risk_since_null: bool
    """Tier at risk since is empty (`true`) or is not empty (`false`)."""

    tag_ids: Sequence[TagId]
    """Tags contains at least one of these values."""

    tag_ids_all: Sequence[TagId]
    """Tags contains all of these values."""

    tag_ids_none: Sequence[TagId]
    """Tags contains none of these values."""

    status: Sequence[PartnerStatus]
    """Status is one of these values."""

    status_not: Sequence[PartnerStatus]
    """Status is not one of these values, or is empty."""

    stage: Sequence[PartnerStage]
    """Stage is one of these values."""

    stage_not: Sequence[PartnerStage]
    """Stage is not one of these values, or is empty."""

    stage_changed_at_gt: str
    """Stage changed is greater than this value. A time, a day, or a duration from now."""

    stage_changed_at_gte: str
    """Stage changed is at least this value. A time, a day, or a duration from now."""

    stage_changed_at_lt: str
    """Stage changed is less than this value. A time, a day, or a duration from now."""

    stage_changed_at_lte: str
    """Stage changed is at most this value. A time, a day, or a duration from now."""

    in_intelligence: bool
    """Included in insights is true or false."""

    partner_manager_id: Sequence[MemberId]
    """Partner manager is one of these values."""

    partner_manager_id_not: Sequence[MemberId]
    """Partner manager is not one of these values, or is empty."""

    partner_manager_id_null: bool
    """Partner manager is empty (`true`) or is not empty (`false`)."""

    primary_contact_id: Sequence[ContactId]
    """Primary contact is one of these values."""

    primary_contact_id_not: Sequence[ContactId]
    """Primary contact is not one of these values, or is empty."""

    primary_contact_id_null: bool
    """Primary contact is empty (`true`) or is not empty (`false`)."""

    pipeline: Sequence[int]
    """Pipeline is one of these values."""

    pipeline_gt: int
    """Pipeline is greater than this value."""

    pipeline_gte: int
    """Pipeline is at least this value."""

    pipeline_lt: int
    """Pipeline is less than this value."""

    pipeline_lte: int
    """Pipeline is at most this value."""

    revenue: Sequence[int]
    """Revenue is one of these values."""

    revenue_gt: int
    """Revenue is greater than this value."""

    revenue_gte: int
    """Revenue is at least this value."""

    revenue_lt: int
    """Revenue is less than this value."""

    revenue_lte: int
    """Revenue is at most this value."""

    product_revenue: Sequence[int]
    """Product revenue is one of these values."""

    product_revenue_gt: int
    """Product revenue is greater than this value."""

    product_revenue_gte: int
    """Product revenue is at least this value."""

    product_revenue_lt: int
    """Product revenue is less than this value."""

    product_revenue_lte: int
    """Product revenue is at most this value."""

    active_deals: Sequence[int]
    """Active deals is one of these values."""

    active_deals_gt: int
    """Active deals is greater than this value."""

    active_deals_gte: int
    """Active deals is at least this value."""

    active_deals_lt: int
    """Active deals is less than this value."""

    active_deals_lte: int
    """Active deals is at most this value."""

    closed_deals: Sequence[int]
    """Closed deals is one of these values."""

    closed_deals_gt: int
    """Closed deals is greater than this value."""

    closed_deals_gte: int
    """Closed deals is at least this value."""

    closed_deals_lt: int
    """Closed deals is less than this value."""

    closed_deals_lte: int
    """Closed deals is at most this value."""

    customers: Sequence[int]
    """Customers is one of these values."""

    customers_gt: int
    """Customers is greater than this value."""

    customers_gte: int
    """Customers is at least this value."""

    customers_lt: int
    """Customers is less than this value."""

    customers_lte: int
    """Customers is at most this value."""

    annual_revenue_target: Sequence[int]
    """Annual revenue target is one of these values."""

    annual_revenue_target_gt: int
    """Annual revenue target is greater than this value."""

    annual_revenue_target_gte: int
    """Annual revenue target is at least this value."""

    annual_revenue_target_lt: int
    """Annual revenue target is less than this value."""

    annual_revenue_target_lte: int
    """Annual revenue target is at most this value."""

    annual_revenue_target_null: bool
    """Annual revenue target is empty (`true`) or is not empty (`false`)."""

    fit_score_null: bool
    """Fit score is empty (`true`) or is not empty (`false`)."""

    health_score_null: bool
    """Health score is empty (`true`) or is not empty (`false`)."""

    four_c_breakdown_null: bool
    """4C breakdown is empty (`true`) or is not empty (`false`)."""

    key_strengths: Sequence[str]
    """Key strengths contains at least one of these values."""

    key_strengths_all: Sequence[str]
    """Key strengths contains all of these values."""

    key_strengths_none: Sequence[str]
    """Key strengths contains none of these values."""

    scored_at_gt: str
    """Scored is greater than this value. A time, a day, or a duration from now."""

    scored_at_gte: str
    """Scored is at least this value. A time, a day, or a duration from now."""

    scored_at_lt: str
    """Scored is less than this value. A time, a day, or a duration from now."""

    scored_at_lte: str
    """Scored is at most this value. A time, a day, or a duration from now."""

    scored_at_null: bool
    """Scored is empty (`true`) or is not empty (`false`)."""

    scores_stale: bool
    """Scores stale is true or false."""

    external_id: Sequence[str]
    """External ID is one of these values."""

    external_id_not: Sequence[str]
    """External ID is not one of these values, or is empty."""

    external_id_contains: str
    """External ID contains this text, without regard to case."""

    external_id_starts_with: str
    """External ID starts with this text, without regard to case."""

    created_via: Sequence[PartnerCreatedVia]
    """Created via is one of these values."""

    created_via_not: Sequence[PartnerCreatedVia]
    """Created via is not one of these values, or is empty."""

    overridden_fields: Sequence[str]
    """Overridden fields contains at least one of these values."""

    overridden_fields_all: Sequence[str]
    """Overridden fields contains all of these values."""

    overridden_fields_none: Sequence[str]
    """Overridden fields contains none of these values."""


class ListApiKeysQuery(TypedDict, total=False):
    """The parameters of `list_api_keys`."""

    sort: Sequence[str]
    """Up to 3 fields, with `-` in front for descending order. Nulls come last, and equal rows are
    in the order of their ids. An unknown name is answered with the list of valid ones.
    """

    limit: int
    """The number of rows of a page. The default is 50."""

    cursor: str
    """The `next_cursor` of the previous page."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    id: Sequence[ApiKeyId]
    """ID is one of these values."""

    name: Sequence[str]
    """Name is one of these values."""

    name_not: Sequence[str]
    """Name is not one of these values, or is empty."""

    name_contains: str
    """Name contains this text, without regard to case."""

    name_starts_with: str
    """Name starts with this text, without regard to case."""

    default_write_mode: Sequence[WriteMode]
    """Write mode is one of these values."""

    default_write_mode_not: Sequence[WriteMode]
    """Write mode is not one of these values, or is empty."""

    created_at_gt: str
    """Created is greater than this value. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this value. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this value. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this value. A time, a day, or a duration from now."""

    expires_at_gt: str
    """Expires is greater than this value. A time, a day, or a duration from now."""

    expires_at_gte: str
    """Expires is at least this value. A time, a day, or a duration from now."""

    expires_at_lt: str
    """Expires is less than this value. A time, a day, or a duration from now."""

    expires_at_lte: str
    """Expires is at most this value. A time, a day, or a duration from now."""

    expires_at_null: bool
    """Expires is empty (`true`) or is not empty (`false`)."""

    last_used_at_gt: str
    """Last used is greater than this value. A time, a day, or a duration from now."""

    last_used_at_gte: str
    """Last used is at least this value. A time, a day, or a duration from now."""

    last_used_at_lt: str
    """Last used is less than this value. A time, a day, or a duration from now."""

    last_used_at_lte: str
    """Last used is at most this value. A time, a day, or a duration from now."""

    last_used_at_null: bool
    """Last used is empty (`true`) or is not empty (`false`)."""

    revoked_at_gt: str
    """Revoked is greater than this value. A time, a day, or a duration from now."""

    revoked_at_gte: str
    """Revoked is at least this value. A time, a day, or a duration from now."""

    revoked_at_lt: str
    """Revoked is less than this value. A time, a day, or a duration from now."""

    revoked_at_lte: str
    """Revoked is at most this value. A time, a day, or a duration from now."""

    revoked_at_null: bool
    """Revoked is empty (`true`) or is not empty (`false`)."""


class ListSubmissionsQuery(TypedDict, total=False):
    """The parameters of `list_submissions`."""

    q: str
    """The text to search for. Finds prefixes and parts of words, and tolerates typing errors."""

    sort: Sequence[str]
    """Up to 3 fields, with `-` in front for descending order. Nulls come last, and equal rows are
    in the order of their ids. An unknown name is answered with the list of valid ones.
    """

    limit: int
    """The number of rows of a page. The default is 50."""

    cursor: str
    """The `next_cursor` of the previous page."""

    include: Sequence[ListInclude]
    """`total_count` counts all rows; `deleted` adds deleted rows (a search finds live rows only).
    """

    status: Sequence[SubmissionStatus]
    """Status is one of these values."""

    status_not: Sequence[SubmissionStatus]
    """Status is not one of these values, or is empty."""

    reviewer_id: Sequence[MemberId]
    """Reviewer is one of these values."""

    reviewer_id_not: Sequence[MemberId]
    """Reviewer is not one of these values, or is empty."""

    reviewer_id_null: bool
    """Reviewer is empty (`true`) or is not empty (`false`)."""

    form_version: Sequence[int]
    """Form version is one of these values."""

    form_version_gt: int
    """Form version is greater than this value."""

    form_version_gte: int
    """Form version is at least this value."""

    form_version_lt: int
    """Form version is less than this value."""

    form_version_lte: int
    """Form version is at most this value."""

    partner_id: Sequence[PartnerId]
    """Partner is one of these values."""

    partner_id_not: Sequence[PartnerId]
    """Partner is not one of these values, or is empty."""

    partner_id_null: bool
    """Partner is empty (`true`) or is not empty (`false`)."""

    submitted_at_gt: str
    """Submitted is greater than this value. A time, a day, or a duration from now."""

    submitted_at_gte: str
    """Submitted is at least this value. A time, a day, or a duration from now."""

    submitted_at_lt: str
    """Submitted is less than this value. A time, a day, or a duration from now."""

    submitted_at_lte: str
    """Submitted is at most this value. A time, a day, or a duration from now."""

    reviewed_at_gt: str
    """Reviewed is greater than this value. A time, a day, or a duration from now."""

    reviewed_at_gte: str
    """Reviewed is at least this value. A time, a day, or a duration from now."""

    reviewed_at_lt: str
    """Reviewed is less than this value. A time, a day, or a duration from now."""

    reviewed_at_lte: str
    """Reviewed is at most this value. A time, a day, or a duration from now."""

    reviewed_at_null: bool
    """Reviewed is empty (`true`) or is not empty (`false`)."""

    created_at_gt: str
    """Created is greater than this value. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this value. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this value. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this value. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is greater than this value. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this value. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this value. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this value. A time, a day, or a duration from now."""


class ListSessionsQuery(TypedDict, total=False):
    """The parameters of `list_sessions`."""

    sort: Sequence[str]
    """Up to 3 fields, with `-` in front for descending order. Nulls come last, and equal rows are
    in the order of their ids. An unknown name is answered with the list of valid ones.
    """

    limit: int
    """The number of rows of a page. The default is 50."""

    cursor: str
    """The `next_cursor` of the previous page."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    id: Sequence[SessionId]
    """ID is one of these values."""

    user_agent: Sequence[str]
    """Program is one of these values."""

    user_agent_not: Sequence[str]
    """Program is not one of these values, or is empty."""

    user_agent_contains: str
    """Program contains this text, without regard to case."""

    user_agent_starts_with: str
    """Program starts with this text, without regard to case."""

    ip: Sequence[str]
    """Address is one of these values."""

    ip_not: Sequence[str]
    """Address is not one of these values, or is empty."""

    ip_contains: str
    """Address contains this text, without regard to case."""

    ip_starts_with: str
    """Address starts with this text, without regard to case."""

    created_at_gt: str
    """Created is greater than this value. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this value. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this value. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this value. A time, a day, or a duration from now."""

    last_seen_at_gt: str
    """Last seen is greater than this value. A time, a day, or a duration from now."""

    last_seen_at_gte: str
    """Last seen is at least this value. A time, a day, or a duration from now."""

    last_seen_at_lt: str
    """Last seen is less than this value. A time, a day, or a duration from now."""

    last_seen_at_lte: str
    """Last seen is at most this value. A time, a day, or a duration from now."""

    expires_at_gt: str
    """Expires is greater than this value. A time, a day, or a duration from now."""

    expires_at_gte: str
    """Expires is at least this value. A time, a day, or a duration from now."""

    expires_at_lt: str
    """Expires is less than this value. A time, a day, or a duration from now."""

    expires_at_lte: str
    """Expires is at most this value. A time, a day, or a duration from now."""


class ListContactsQuery(TypedDict, total=False):
    """The parameters of `list_contacts`."""

    q: str
    """The text to search for. Finds prefixes and parts of words, and tolerates typing errors."""

    sort: Sequence[str]
    """Up to 3 fields, with `-` in front for descending order. Nulls come last, and equal rows are
    in the order of their ids. An unknown name is answered with the list of valid ones.
    """

    limit: int
    """The number of rows of a page. The default is 50."""

    cursor: str
    """The `next_cursor` of the previous page."""

    include: Sequence[ListInclude]
    """`total_count` counts all rows; `deleted` adds deleted rows (a search finds live rows only).
    """

    view_id: ViewId
    """A saved view. Its filter and search are combined with the others by AND; its sort applies
    unless `sort` is given.
    """

    changed_after: int
    """Only rows whose last change has a higher event `sequence` than this, in the order of their
    changes: send the `last_sequence` of an earlier walk, or 0 for all rows. Conditions apply;
    `sort` and `q` cannot be combined with it. With `include=deleted`, deleted rows are
    included, and `erased_ids` lists permanently deleted ones.
    """

    id: Sequence[ContactId]
    """ID is one of these values."""

    partner_id: Sequence[PartnerId]
    """Partner is one of these values."""

    partner_id_not: Sequence[PartnerId]
    """Partner is not one of these values, or is empty."""

    name: Sequence[str]
    """Name is one of these values."""

    name_not: Sequence[str]
    """Name is not one of these values, or is empty."""

    name_contains: str
    """Name contains this text, without regard to case."""

    name_starts_with: str
    """Name starts with this text, without regard to case."""

    email: Sequence[str]
    """E-mail is one of these values."""

    email_not: Sequence[str]
    """E-mail is not one of these values, or is empty."""

    email_contains: str
    """E-mail contains this text, without regard to case."""

    email_starts_with: str
    """E-mail starts with this text, without regard to case."""

    email_null: bool
    """E-mail is empty (`true`) or is not empty (`false`)."""

    phone: Sequence[str]
    """Phone is one of these values."""

    phone_not: Sequence[str]
    """Phone is not one of these values, or is empty."""

    phone_contains: str
    """Phone contains this text, without regard to case."""

    phone_starts_with: str
    """Phone starts with this text, without regard to case."""

    phone_null: bool
    """Phone is empty (`true`) or is not empty (`false`)."""

    title: Sequence[str]
    """Title is one of these values."""

    title_not: Sequence[str]
    """Title is not one of these values, or is empty."""

    title_contains: str
    """Title contains this text, without regard to case."""

    title_starts_with: str
    """Title starts with this text, without regard to case."""

    title_null: bool
    """Title is empty (`true`) or is not empty (`false`)."""

    is_primary: bool
    """Primary contact is true or false."""

    created_at_gt: str
    """Created is greater than this value. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this value. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this value. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this value. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is greater than this value. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this value. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this value. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this value. A time, a day, or a duration from now."""


class ListDealsQuery(TypedDict, total=False):
    """The parameters of `list_deals`."""

    q: str
    """The text to search for. Finds prefixes and parts of words, and tolerates typing errors."""

    sort: Sequence[str]
    """Up to 3 fields, with `-` in front for descending order. Nulls come last, and equal rows are
    in the order of their ids. An unknown name is answered with the list of valid ones.
    """

    limit: int
    """The number of rows of a page. The default is 50."""

    cursor: str
    """The `next_cursor` of the previous page."""

    include: Sequence[ListInclude]
    """`total_count` counts all rows; `deleted` adds deleted rows (a search finds live rows only).
    """

    view_id: ViewId
    """A saved view. Its filter and search are combined with the others by AND; its sort applies
    unless `sort` is given.
    """

    changed_after: int
    """Only rows whose last change has a higher event `sequence` than this, in the order of their
    changes: send the `last_sequence` of an earlier walk, or 0 for all rows. Conditions apply;
    `sort` and `q` cannot be combined with it. With `include=deleted`, deleted rows are
    included, and `erased_ids` lists permanently deleted ones.
    """

    id: Sequence[DealId]
    """ID is one of these values."""

    name: Sequence[str]
    """Name is one of these values."""

    name_not: Sequence[str]
    """Name is not one of these values, or is empty."""

    name_contains: str
    """Name contains this text, without regard to case."""

    name_starts_with: str
    """Name starts with this text, without regard to case."""

    partner_id: Sequence[PartnerId]
    """Partner is one of these values."""

    partner_id_not: Sequence[PartnerId]
    """Partner is not one of these values, or is empty."""

    account_name: Sequence[str]
    """Account is one of these values."""

    account_name_not: Sequence[str]
    """Account is not one of these values, or is empty."""

    account_name_contains: str
    """Account contains this text, without regard to case."""

    account_name_starts_with: str
    """Account starts with this text, without regard to case."""

    account_domain: Sequence[str]
    """Account domain is one of these values."""

    account_domain_not: Sequence[str]
    """Account domain is not one of these values, or is empty."""

    account_domain_contains: str
    """Account domain contains this text, without regard to case."""

    account_domain_starts_with: str
    """Account domain starts with this text, without regard to case."""

    account_domain_null: bool
    """Account domain is empty (`true`) or is not empty (`false`)."""

    status: Sequence[DealStatus]
    """Status is one of these values."""

    status_not: Sequence[DealStatus]
    """Status is not one of these values, or is empty."""

    stage: Sequence[str]
    """Stage is one of these values."""

    stage_not: Sequence[str]
    """Stage is not one of these values, or is empty."""

    stage_contains: str
    """Stage contains this text, without regard to case."""

    stage_starts_with: str
    """Stage starts with this text, without regard to case."""

    stage_null: bool
    """Stage is empty (`true`) or is not empty (`false`)."""

    motion: Sequence[DealMotion]
    """Motion is one of these values."""

    motion_not: Sequence[DealMotion]
    """Motion is not one of these values, or is empty."""

    value: Sequence[int]
    """Value is one of these values."""

    value_gt: int
    """Value is greater than this value."""

    value_gte: int
    """Value is at least this value."""

    value_lt: int
    """Value is less than this value."""

    value_lte: int
    """Value is at most this value."""

    registered_on_gt: str
    """Registered is greater than this value. A day, or a duration from now."""

    registered_on_gte: str
    """Registered is at least this value. A day, or a duration from now."""

    registered_on_lt: str
    """Registered is less than this value. A day, or a duration from now."""

    registered_on_lte: str
    """Registered is at most this value. A day, or a duration from now."""

    expected_close_on_gt: str
    """Expected close is greater than this value. A day, or a duration from now."""

    expected_close_on_gte: str
    """Expected close is at least this value. A day, or a duration from now."""

    expected_close_on_lt: str
    """Expected close is less than this value. A day, or a duration from now."""

    expected_close_on_lte: str
    """Expected close is at most this value. A day, or a duration from now."""

    expected_close_on_null: bool
    """Expected close is empty (`true`) or is not empty (`false`)."""

    expires_on_gt: str
    """Expires is greater than this value. A day, or a duration from now."""

    expires_on_gte: str
    """Expires is at least this value. A day, or a duration from now."""

    expires_on_lt: str
    """Expires is less than this value. A day, or a duration from now."""

    expires_on_lte: str
    """Expires is at most this value. A day, or a duration from now."""

    expires_on_null: bool
    """Expires is empty (`true`) or is not empty (`false`)."""

    closed_on_gt: str
    """Closed is greater than this value. A day, or a duration from now."""

    closed_on_gte: str
    """Closed is at least this value. A day, or a duration from now."""

    closed_on_lt: str
    """Closed is less than this value. A day, or a duration from now."""

    closed_on_lte: str
    """Closed is at most this value. A day, or a duration from now."""

    closed_on_null: bool
    """Closed is empty (`true`) or is not empty (`false`)."""

    decided_by_null: bool
    """Decided by is empty (`true`) or is not empty (`false`)."""

    decided_at_gt: str
    """Decided is greater than this value. A time, a day, or a duration from now."""

    decided_at_gte: str
    """Decided is at least this value. A time, a day, or a duration from now."""

    decided_at_lt: str
    """Decided is less than this value. A time, a day, or a duration from now."""

    decided_at_lte: str
    """Decided is at most this value. A time, a day, or a duration from now."""

    decided_at_null: bool
    """Decided is empty (`true`) or is not empty (`false`)."""

    owner_id: Sequence[MemberId]
    """Owner is one of these values."""

    owner_id_not: Sequence[MemberId]
    """Owner is not one of these values, or is empty."""

    owner_id_null: bool
    """Owner is empty (`true`) or is not empty (`false`)."""

    external_id: Sequence[str]
    """External ID is one of these values."""

    external_id_not: Sequence[str]
    """External ID is not one of these values, or is empty."""

    external_id_contains: str
    """External ID contains this text, without regard to case."""

    external_id_starts_with: str
    """External ID starts with this text, without regard to case."""

    external_id_null: bool
    """External ID is empty (`true`) or is not empty (`false`)."""

    created_at_gt: str
    """Created is greater than this value. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this value. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this value. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this value. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is greater than this value. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this value. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this value. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this value. A time, a day, or a duration from now."""


class ListDealConflictsQuery(TypedDict, total=False):
    """The parameters of `list_deal_conflicts`."""

    sort: Sequence[str]
    """Up to 3 fields, with `-` in front for descending order. Nulls come last, and equal rows are
    in the order of their ids. An unknown name is answered with the list of valid ones.
    """

    limit: int
    """The number of rows of a page. The default is all rows."""

    cursor: str
    """The `next_cursor` of the previous page."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    match: Sequence[DealConflictMatch]
    """Match is one of these values."""

    match_not: Sequence[DealConflictMatch]
    """Match is not one of these values, or is empty."""


class ListEventTypesQuery(TypedDict, total=False):
    """The parameters of `list_event_types`."""

    sort: Sequence[str]
    """Up to 3 fields, with `-` in front for descending order. Nulls come last, and equal rows are
    in the order of their ids. An unknown name is answered with the list of valid ones.
    """

    limit: int
    """The number of rows of a page. The default is all rows."""

    cursor: str
    """The `next_cursor` of the previous page."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    type: Sequence[str]
    """Type is one of these values."""

    type_not: Sequence[str]
    """Type is not one of these values, or is empty."""

    group: Sequence[str]
    """Group is one of these values."""

    group_not: Sequence[str]
    """Group is not one of these values, or is empty."""


class ListEventsQuery(EventFilters, total=False):
    """The parameters of `list_events`."""

    order: EventOrder
    """`desc` lists the newest first. The default is ascending. The same as `sort=-sequence`."""

    sort: Sequence[str]
    """Up to 3 fields, with `-` in front for descending order. Nulls come last, and equal rows are
    in the order of their ids. An unknown name is answered with the list of valid ones.
    """

    limit: int
    """The number of rows of a page. The default is 50."""

    cursor: str
    """The `next_cursor` of the previous page."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""


class GetAttainmentInsightQuery(PartnerFilters, total=False):
    """The parameters of `get_attainment_insight`."""

    fiscal_year: int
    """The fiscal year, by the calendar year in which it ends. The default is the current one."""

    q: str
    """The text to search for. Finds prefixes and parts of words, and tolerates typing errors."""

    sort: Sequence[str]
    """Up to 3 fields, with `-` in front for descending order. Nulls come last, and equal rows are
    in the order of their ids. An unknown name is answered with the list of valid ones.
    """

    limit: int
    """The number of rows of a page. The default is 50."""

    cursor: str
    """The `next_cursor` of the previous page."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    view_id: ViewId
    """A saved view. Its filter and search are combined with the others by AND; its sort applies
    unless `sort` is given.
    """

    fit_score: Sequence[int]
    """Fit score is one of these values."""

    fit_score_gt: int
    """Fit score is greater than this value."""

    fit_score_gte: int
    """Fit score is at least this value."""

    fit_score_lt: int
    """Fit score is less than this value."""

    fit_score_lte: int
    """Fit score is at most this value."""

    health_score: Sequence[int]
    """Health score is one of these values."""

    health_score_gt: int
    """Health score is greater than this value."""

    health_score_gte: int
    """Health score is at least this value."""

    health_score_lt: int
    """Health score is less than this value."""

    health_score_lte: int
    """Health score is at most this value."""

    external_id_null: bool
    """External ID is empty (`true`) or is not empty (`false`)."""

    created_at_gt: str
    """Created is greater than this value. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this value. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this value. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this value. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is greater than this value. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this value. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this value. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this value. A time, a day, or a duration from now."""


class GetLifecycleInsightQuery(PartnerFilters, total=False):
    """The parameters of `get_lifecycle_insight`."""

    since: str
    """The first day. The default is 365 days before the last one."""

    until: str
    """The last day. The default is today."""

    q: str
    """The text to search for. Finds prefixes and parts of words, and tolerates typing errors."""

    view_id: ViewId
    """A saved view. Its filter and search are combined with the others by AND; its sort applies
    unless `sort` is given.
    """

    fit_score: Sequence[int]
    """Fit score is one of these values."""

    fit_score_gt: int
    """Fit score is greater than this value."""

    fit_score_gte: int
    """Fit score is at least this value."""

    fit_score_lt: int
    """Fit score is less than this value."""

    fit_score_lte: int
    """Fit score is at most this value."""

    health_score: Sequence[int]
    """Health score is one of these values."""

    health_score_gt: int
    """Health score is greater than this value."""

    health_score_gte: int
    """Health score is at least this value."""

    health_score_lt: int
    """Health score is less than this value."""

    health_score_lte: int
    """Health score is at most this value."""

    external_id_null: bool
    """External ID is empty (`true`) or is not empty (`false`)."""

    created_at_gt: str
    """Created is greater than this value. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this value. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this value. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this value. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is greater than this value. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this value. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this value. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this value. A time, a day, or a duration from now."""


class GetPortfolioInsightQuery(PartnerFilters, total=False):
    """The parameters of `get_portfolio_insight`."""

    q: str
    """The text to search for. Finds prefixes and parts of words, and tolerates typing errors."""

    view_id: ViewId
    """A saved view. Its filter and search are combined with the others by AND; its sort applies
    unless `sort` is given.
    """

    fit_score: Sequence[int]
    """Fit score is one of these values."""

    fit_score_gt: int
    """Fit score is greater than this value."""

    fit_score_gte: int
    """Fit score is at least this value."""

    fit_score_lt: int
    """Fit score is less than this value."""

    fit_score_lte: int
    """Fit score is at most this value."""

    health_score: Sequence[int]
    """Health score is one of these values."""

    health_score_gt: int
    """Health score is greater than this value."""

    health_score_gte: int
    """Health score is at least this value."""

    health_score_lt: int
    """Health score is less than this value."""

    health_score_lte: int
    """Health score is at most this value."""

    external_id_null: bool
    """External ID is empty (`true`) or is not empty (`false`)."""

    created_at_gt: str
    """Created is greater than this value. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this value. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this value. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this value. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is greater than this value. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this value. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this value. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this value. A time, a day, or a duration from now."""


class GetStrengthsInsightQuery(PartnerFilters, total=False):
    """The parameters of `get_strengths_insight`."""

    q: str
    """The text to search for. Finds prefixes and parts of words, and tolerates typing errors."""

    view_id: ViewId
    """A saved view. Its filter and search are combined with the others by AND; its sort applies
    unless `sort` is given.
    """

    fit_score: Sequence[int]
    """Fit score is one of these values."""

    fit_score_gt: int
    """Fit score is greater than this value."""

    fit_score_gte: int
    """Fit score is at least this value."""

    fit_score_lt: int
    """Fit score is less than this value."""

    fit_score_lte: int
    """Fit score is at most this value."""

    health_score: Sequence[int]
    """Health score is one of these values."""

    health_score_gt: int
    """Health score is greater than this value."""

    health_score_gte: int
    """Health score is at least this value."""

    health_score_lt: int
    """Health score is less than this value."""

    health_score_lte: int
    """Health score is at most this value."""

    external_id_null: bool
    """External ID is empty (`true`) or is not empty (`false`)."""

    created_at_gt: str
    """Created is greater than this value. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this value. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this value. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this value. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is greater than this value. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this value. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this value. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this value. A time, a day, or a duration from now."""


class ListSlackTargetsQuery(TypedDict, total=False):
    """The parameters of `list_slack_targets`."""

    kind: SlackTargetKind
    """Only channels or only users."""

    q: str
    """The text to search for. Finds prefixes and parts of words, and tolerates typing errors."""

    limit: int
    """The number of rows of a page. The default is 50."""

    cursor: str
    """The `next_cursor` of the previous page."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""


class ListJobsQuery(TypedDict, total=False):
    """The parameters of `list_jobs`."""

    sort: Sequence[str]
    """Up to 3 fields, with `-` in front for descending order. Nulls come last, and equal rows are
    in the order of their ids. An unknown name is answered with the list of valid ones.
    """

    limit: int
    """The number of rows of a page. The default is 50."""

    cursor: str
    """The `next_cursor` of the previous page."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    id: Sequence[JobId]
    """ID is one of these values."""

    type: Sequence[JobType]
    """Type is one of these values."""

    type_not: Sequence[JobType]
    """Type is not one of these values, or is empty."""

    status: Sequence[JobStatus]
    """Status is one of these values."""

    status_not: Sequence[JobStatus]
    """Status is not one of these values, or is empty."""

    dry_run: bool
    """Dry run is true or false."""

    created_at_gt: str
    """Created is greater than this value. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this value. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this value. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this value. A time, a day, or a duration from now."""

    started_at_gt: str
    """Started is greater than this value. A time, a day, or a duration from now."""

    started_at_gte: str
    """Started is at least this value. A time, a day, or a duration from now."""

    started_at_lt: str
    """Started is less than this value. A time, a day, or a duration from now."""

    started_at_lte: str
    """Started is at most this value. A time, a day, or a duration from now."""

    started_at_null: bool
    """Started is empty (`true`) or is not empty (`false`)."""

    finished_at_gt: str
    """Finished is greater than this value. A time, a day, or a duration from now."""

    finished_at_gte: str
    """Finished is at least this value. A time, a day, or a duration from now."""

    finished_at_lt: str
    """Finished is less than this value. A time, a day, or a duration from now."""

    finished_at_lte: str
    """Finished is at most this value. A time, a day, or a duration from now."""

    finished_at_null: bool
    """Finished is empty (`true`) or is not empty (`false`)."""


class ListJobItemsQuery(TypedDict, total=False):
    """The parameters of `list_job_items`."""

    sort: Sequence[str]
    """Up to 3 fields, with `-` in front for descending order. Nulls come last, and equal rows are
    in the order of their ids. An unknown name is answered with the list of valid ones.
    """

    limit: int
    """The number of rows of a page. The default is 50."""

    cursor: str
    """The `next_cursor` of the previous page."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    index: Sequence[int]
    """Index is one of these values."""

    index_gt: int
    """Index is greater than this value."""

    index_gte: int
    """Index is at least this value."""

    index_lt: int
    """Index is less than this value."""

    index_lte: int
    """Index is at most this value."""

    ref: Sequence[str]
    """Reference is one of these values."""

    ref_not: Sequence[str]
    """Reference is not one of these values, or is empty."""

    ref_contains: str
    """Reference contains this text, without regard to case."""

    ref_starts_with: str
    """Reference starts with this text, without regard to case."""

    ref_null: bool
    """Reference is empty (`true`) or is not empty (`false`)."""

    status: Sequence[JobItemStatus]
    """Status is one of these values."""

    status_not: Sequence[JobItemStatus]
    """Status is not one of these values, or is empty."""

    action: Sequence[JobItemAction]
    """Action is one of these values."""

    action_not: Sequence[JobItemAction]
    """Action is not one of these values, or is empty."""

    action_null: bool
    """Action is empty (`true`) or is not empty (`false`)."""

    resource_id: Sequence[str]
    """Resource is one of these values."""

    resource_id_not: Sequence[str]
    """Resource is not one of these values, or is empty."""

    resource_id_null: bool
    """Resource is empty (`true`) or is not empty (`false`)."""


class ListMembersQuery(TypedDict, total=False):
    """The parameters of `list_members`."""

    sort: Sequence[str]
    """Up to 3 fields, with `-` in front for descending order. Nulls come last, and equal rows are
    in the order of their ids. An unknown name is answered with the list of valid ones.
    """

    limit: int
    """The number of rows of a page. The default is 50."""

    cursor: str
    """The `next_cursor` of the previous page."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    id: Sequence[MemberId]
    """ID is one of these values."""

    name: Sequence[str]
    """Name is one of these values."""

    name_not: Sequence[str]
    """Name is not one of these values, or is empty."""

    name_contains: str
    """Name contains this text, without regard to case."""

    name_starts_with: str
    """Name starts with this text, without regard to case."""

    email: Sequence[str]
    """E-mail is one of these values."""

    email_not: Sequence[str]
    """E-mail is not one of these values, or is empty."""

    email_contains: str
    """E-mail contains this text, without regard to case."""

    email_starts_with: str
    """E-mail starts with this text, without regard to case."""

    role: Sequence[Role]
    """Role is one of these values."""

    role_not: Sequence[Role]
    """Role is not one of these values, or is empty."""

    status: Sequence[MemberStatus]
    """Status is one of these values."""

    status_not: Sequence[MemberStatus]
    """Status is not one of these values, or is empty."""

    created_at_gt: str
    """Created is greater than this value. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this value. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this value. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this value. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is greater than this value. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this value. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this value. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this value. A time, a day, or a duration from now."""


class ListNotificationDeliveriesQuery(TypedDict, total=False):
    """The parameters of `list_notification_deliveries`."""

    sort: Sequence[str]
    """Up to 3 fields, with `-` in front for descending order. Nulls come last, and equal rows are
    in the order of their ids. An unknown name is answered with the list of valid ones.
    """

    limit: int
    """The number of rows of a page. The default is 50."""

    cursor: str
    """The `next_cursor` of the previous page."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    id: Sequence[NotificationDeliveryId]
    """ID is one of these values."""

    channel: Sequence[NotificationChannel]
    """Channel is one of these values."""

    channel_not: Sequence[NotificationChannel]
    """Channel is not one of these values, or is empty."""

    status: Sequence[NotificationDeliveryStatus]
    """Status is one of these values."""

    status_not: Sequence[NotificationDeliveryStatus]
    """Status is not one of these values, or is empty."""

    target: Sequence[str]
    """Target is one of these values."""

    target_not: Sequence[str]
    """Target is not one of these values, or is empty."""

    target_contains: str
    """Target contains this text, without regard to case."""

    target_starts_with: str
    """Target starts with this text, without regard to case."""

    attempts: Sequence[int]
    """Attempts is one of these values."""

    attempts_gt: int
    """Attempts is greater than this value."""

    attempts_gte: int
    """Attempts is at least this value."""

    attempts_lt: int
    """Attempts is less than this value."""

    attempts_lte: int
    """Attempts is at most this value."""

    next_attempt_at_gt: str
    """Next attempt is greater than this value. A time, a day, or a duration from now."""

    next_attempt_at_gte: str
    """Next attempt is at least this value. A time, a day, or a duration from now."""

    next_attempt_at_lt: str
    """Next attempt is less than this value. A time, a day, or a duration from now."""

    next_attempt_at_lte: str
    """Next attempt is at most this value. A time, a day, or a duration from now."""

    next_attempt_at_null: bool
    """Next attempt is empty (`true`) or is not empty (`false`)."""

    created_at_gt: str
    """Created is greater than this value. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this value. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this value. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this value. A time, a day, or a duration from now."""


class ListNotificationsQuery(TypedDict, total=False):
    """The parameters of `list_notifications`."""

    sort: Sequence[str]
    """Up to 3 fields, with `-` in front for descending order. Nulls come last, and equal rows are
    in the order of their ids. An unknown name is answered with the list of valid ones.
    """

    limit: int
    """The number of rows of a page. The default is 50."""

    cursor: str
    """The `next_cursor` of the previous page."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    id: Sequence[NotificationId]
    """ID is one of these values."""

    type: Sequence[NotificationType]
    """Type is one of these values."""

    type_not: Sequence[NotificationType]
    """Type is not one of these values, or is empty."""

    read_at_gt: str
    """Read is greater than this value. A time, a day, or a duration from now."""

    read_at_gte: str
    """Read is at least this value. A time, a day, or a duration from now."""

    read_at_lt: str
    """Read is less than this value. A time, a day, or a duration from now."""

    read_at_lte: str
    """Read is at most this value. A time, a day, or a duration from now."""

    read_at_null: bool
    """Read is empty (`true`) or is not empty (`false`)."""

    created_at_gt: str
    """Created is greater than this value. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this value. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this value. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this value. A time, a day, or a duration from now."""

    unread: bool
    """`true`: only those that were not read yet; `false`: only those that were."""


ListPartnerFieldsQuery = TypedDict(
    "ListPartnerFieldsQuery",
    {
        "sort": "list[str]",
        "limit": "int",
        "cursor": "str",
        "include": "list[PageInclude]",
        "name": "list[str]",
        "name_not": "list[str]",
        "type": "list[FieldType]",
        "type_not": "list[FieldType]",
        "class": "list[FieldClass]",
        "class_not": "list[FieldClass]",
    },
    total=False,
)
"""The parameters of `list_partner_fields`."""


class ListPartnersQuery(PartnerFilters, total=False):
    """The parameters of `list_partners`."""

    q: str
    """The text to search for. Finds prefixes and parts of words, and tolerates typing errors."""

    sort: Sequence[str]
    """Up to 3 fields, with `-` in front for descending order. Nulls come last, and equal rows are
    in the order of their ids. An unknown name is answered with the list of valid ones.
    """

    limit: int
    """The number of rows of a page. The default is 50."""

    cursor: str
    """The `next_cursor` of the previous page."""

    include: Sequence[ListInclude]
    """`total_count` counts all rows; `deleted` adds deleted rows (a search finds live rows only).
    """

    view_id: ViewId
    """A saved view. Its filter and search are combined with the others by AND; its sort applies
    unless `sort` is given.
    """

    changed_after: int
    """Only rows whose last change has a higher event `sequence` than this, in the order of their
    changes: send the `last_sequence` of an earlier walk, or 0 for all rows. Conditions apply;
    `sort` and `q` cannot be combined with it. With `include=deleted`, deleted rows are
    included, and `erased_ids` lists permanently deleted ones.
    """

    fit_score: Sequence[int]
    """Fit score is one of these values."""

    fit_score_gt: int
    """Fit score is greater than this value."""

    fit_score_gte: int
    """Fit score is at least this value."""

    fit_score_lt: int
    """Fit score is less than this value."""

    fit_score_lte: int
    """Fit score is at most this value."""

    health_score: Sequence[int]
    """Health score is one of these values."""

    health_score_gt: int
    """Health score is greater than this value."""

    health_score_gte: int
    """Health score is at least this value."""

    health_score_lt: int
    """Health score is less than this value."""

    health_score_lte: int
    """Health score is at most this value."""

    external_id_null: bool
    """External ID is empty (`true`) or is not empty (`false`)."""

    created_at_gt: str
    """Created is greater than this value. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this value. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this value. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this value. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is greater than this value. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this value. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this value. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this value. A time, a day, or a duration from now."""


class CreatePartnerQuery(TypedDict, total=False):
    """The parameters of `create_partner`."""

    write_mode: WriteMode
    """`manual` overrides the written fields. API keys need the scope `partners:override` for
    `manual`.
    """


class BatchPartnersQuery(TypedDict, total=False):
    """The parameters of `batch_partners`."""

    write_mode: WriteMode
    """`manual` overrides the written fields. API keys need the scope `partners:override` for
    `manual`.
    """


class UpdatePartnerQuery(TypedDict, total=False):
    """The parameters of `update_partner`."""

    write_mode: WriteMode
    """`manual` overrides the written fields. API keys need the scope `partners:override` for
    `manual`.
    """


class ListPartnerEventsQuery(EventFilters, total=False):
    """The parameters of `list_partner_events`."""

    order: EventOrder
    """`desc` lists the newest first. The default is ascending. The same as `sort=-sequence`."""

    sort: Sequence[str]
    """Up to 3 fields, with `-` in front for descending order. Nulls come last, and equal rows are
    in the order of their ids. An unknown name is answered with the list of valid ones.
    """

    limit: int
    """The number of rows of a page. The default is 50."""

    cursor: str
    """The `next_cursor` of the previous page."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""


class GetJointPlanQuery(TypedDict, total=False):
    """The parameters of `get_joint_plan`."""

    fiscal_year: int
    """The fiscal year, by the calendar year in which it ends. The default is the current one."""


class UpdateJointPlanQuery(TypedDict, total=False):
    """The parameters of `update_joint_plan`."""

    write_mode: WriteMode
    """`manual` overrides the written fields. API keys need the scope `partners:override` for
    `manual`.
    """


class GetPartnerLogoQuery(TypedDict, total=False):
    """The parameters of `get_partner_logo`."""

    v: str
    """The version that `logo_url` names. With it the response never changes and can be cached for
    ever; without it the current logo is returned.
    """


class ListPartnerOverridesQuery(TypedDict, total=False):
    """The parameters of `list_partner_overrides`."""

    sort: Sequence[str]
    """Up to 3 fields, with `-` in front for descending order. Nulls come last, and equal rows are
    in the order of their ids. An unknown name is answered with the list of valid ones.
    """

    limit: int
    """The number of rows of a page. The default is all rows."""

    cursor: str
    """The `next_cursor` of the previous page."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    field: Sequence[str]
    """Field is one of these values."""

    field_not: Sequence[str]
    """Field is not one of these values, or is empty."""

    has_pending_value: bool
    """Pending is true or false."""

    overridden_at_gt: str
    """Overridden is greater than this value. A time, a day, or a duration from now."""

    overridden_at_gte: str
    """Overridden is at least this value. A time, a day, or a duration from now."""

    overridden_at_lt: str
    """Overridden is less than this value. A time, a day, or a duration from now."""

    overridden_at_lte: str
    """Overridden is at most this value. A time, a day, or a duration from now."""


class ListPlanItemsQuery(TypedDict, total=False):
    """The parameters of `list_plan_items`."""

    sort: Sequence[str]
    """Up to 3 fields, with `-` in front for descending order. Nulls come last, and equal rows are
    in the order of their ids. An unknown name is answered with the list of valid ones.
    """

    limit: int
    """The number of rows of a page. The default is 50."""

    cursor: str
    """The `next_cursor` of the previous page."""

    include: Sequence[ListInclude]
    """`total_count` counts all rows; `deleted` adds deleted rows (a search finds live rows only).
    """

    kind: Sequence[PlanItemKind]
    """Kind is one of these values."""

    kind_not: Sequence[PlanItemKind]
    """Kind is not one of these values, or is empty."""

    title: Sequence[str]
    """Title is one of these values."""

    title_not: Sequence[str]
    """Title is not one of these values, or is empty."""

    title_contains: str
    """Title contains this text, without regard to case."""

    title_starts_with: str
    """Title starts with this text, without regard to case."""

    status: Sequence[PlanItemStatus]
    """Status is one of these values."""

    status_not: Sequence[PlanItemStatus]
    """Status is not one of these values, or is empty."""

    quarter: Sequence[PlanQuarter]
    """Quarter is one of these values."""

    quarter_not: Sequence[PlanQuarter]
    """Quarter is not one of these values, or is empty."""

    quarter_null: bool
    """Quarter is empty (`true`) or is not empty (`false`)."""

    owner_id: Sequence[MemberId]
    """Owner is one of these values."""

    owner_id_not: Sequence[MemberId]
    """Owner is not one of these values, or is empty."""

    owner_id_null: bool
    """Owner is empty (`true`) or is not empty (`false`)."""

    position: Sequence[int]
    """Position is one of these values."""

    position_gt: int
    """Position is greater than this value."""

    position_gte: int
    """Position is at least this value."""

    position_lt: int
    """Position is less than this value."""

    position_lte: int
    """Position is at most this value."""

    created_at_gt: str
    """Created is greater than this value. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this value. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this value. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this value. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is greater than this value. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this value. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this value. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this value. A time, a day, or a duration from now."""


class ListPartnerScoresQuery(TypedDict, total=False):
    """The parameters of `list_partner_scores`."""

    sort: Sequence[str]
    """Up to 3 fields, with `-` in front for descending order. Nulls come last, and equal rows are
    in the order of their ids. An unknown name is answered with the list of valid ones.
    """

    limit: int
    """The number of rows of a page. The default is 50."""

    cursor: str
    """The `next_cursor` of the previous page."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    fit_score: Sequence[int]
    """Fit score is one of these values."""

    fit_score_gt: int
    """Fit score is greater than this value."""

    fit_score_gte: int
    """Fit score is at least this value."""

    fit_score_lt: int
    """Fit score is less than this value."""

    fit_score_lte: int
    """Fit score is at most this value."""

    health_score: Sequence[int]
    """Health score is one of these values."""

    health_score_gt: int
    """Health score is greater than this value."""

    health_score_gte: int
    """Health score is at least this value."""

    health_score_lt: int
    """Health score is less than this value."""

    health_score_lte: int
    """Health score is at most this value."""

    engine: Sequence[str]
    """Engine is one of these values."""

    engine_not: Sequence[str]
    """Engine is not one of these values, or is empty."""

    engine_contains: str
    """Engine contains this text, without regard to case."""

    engine_starts_with: str
    """Engine starts with this text, without regard to case."""

    fallback_reason: Sequence[str]
    """Fallback reason is one of these values."""

    fallback_reason_not: Sequence[str]
    """Fallback reason is not one of these values, or is empty."""

    fallback_reason_contains: str
    """Fallback reason contains this text, without regard to case."""

    fallback_reason_starts_with: str
    """Fallback reason starts with this text, without regard to case."""

    fallback_reason_null: bool
    """Fallback reason is empty (`true`) or is not empty (`false`)."""

    created_at_gt: str
    """Created is greater than this value. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this value. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this value. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this value. A time, a day, or a duration from now."""


class AddPartnerTagQuery(TypedDict, total=False):
    """The parameters of `add_partner_tag`."""

    write_mode: WriteMode
    """`manual` overrides the written fields. API keys need the scope `partners:override` for
    `manual`.
    """


class RemovePartnerTagQuery(TypedDict, total=False):
    """The parameters of `remove_partner_tag`."""

    write_mode: WriteMode
    """`manual` overrides the written fields. API keys need the scope `partners:override` for
    `manual`.
    """


ListPartnerTierHistoryQuery = TypedDict(
    "ListPartnerTierHistoryQuery",
    {
        "sort": "list[str]",
        "limit": "int",
        "cursor": "str",
        "include": "list[PageInclude]",
        "from": "list[str]",
        "from_not": "list[str]",
        "from_null": "bool",
        "to": "list[str]",
        "to_not": "list[str]",
        "to_null": "bool",
        "at_gt": "str",
        "at_gte": "str",
        "at_lt": "str",
        "at_lte": "str",
        "source": "list[TierSource]",
        "source_not": "list[TierSource]",
    },
    total=False,
)
"""The parameters of `list_partner_tier_history`."""


class ListTagsQuery(TypedDict, total=False):
    """The parameters of `list_tags`."""

    q: str
    """The text to search for. Finds prefixes and parts of words, and tolerates typing errors."""

    sort: Sequence[str]
    """Up to 3 fields, with `-` in front for descending order. Nulls come last, and equal rows are
    in the order of their ids. An unknown name is answered with the list of valid ones.
    """

    limit: int
    """The number of rows of a page. The default is 50."""

    cursor: str
    """The `next_cursor` of the previous page."""

    include: Sequence[ListInclude]
    """`total_count` counts all rows; `deleted` adds deleted rows (a search finds live rows only).
    """

    id: Sequence[TagId]
    """ID is one of these values."""

    category: Sequence[TagCategory]
    """Category is one of these values."""

    category_not: Sequence[TagCategory]
    """Category is not one of these values, or is empty."""

    name: Sequence[str]
    """Name is one of these values."""

    name_not: Sequence[str]
    """Name is not one of these values, or is empty."""

    name_contains: str
    """Name contains this text, without regard to case."""

    name_starts_with: str
    """Name starts with this text, without regard to case."""

    partner_count: Sequence[int]
    """Partners is one of these values."""

    partner_count_gt: int
    """Partners is greater than this value."""

    partner_count_gte: int
    """Partners is at least this value."""

    partner_count_lt: int
    """Partners is less than this value."""

    partner_count_lte: int
    """Partners is at most this value."""

    created_at_gt: str
    """Created is greater than this value. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this value. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this value. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this value. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is greater than this value. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this value. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this value. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this value. A time, a day, or a duration from now."""


class ListTiersQuery(TypedDict, total=False):
    """The parameters of `list_tiers`."""

    sort: Sequence[str]
    """Up to 3 fields, with `-` in front for descending order. Nulls come last, and equal rows are
    in the order of their ids. An unknown name is answered with the list of valid ones.
    """

    limit: int
    """The number of rows of a page. The default is 50."""

    cursor: str
    """The `next_cursor` of the previous page."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    id: Sequence[TierId]
    """ID is one of these values."""

    key: Sequence[str]
    """Key is one of these values."""

    key_not: Sequence[str]
    """Key is not one of these values, or is empty."""

    name: Sequence[str]
    """Name is one of these values."""

    name_not: Sequence[str]
    """Name is not one of these values, or is empty."""

    name_contains: str
    """Name contains this text, without regard to case."""

    name_starts_with: str
    """Name starts with this text, without regard to case."""

    rank: Sequence[int]
    """Rank is one of these values."""

    rank_gt: int
    """Rank is greater than this value."""

    rank_gte: int
    """Rank is at least this value."""

    rank_lt: int
    """Rank is less than this value."""

    rank_lte: int
    """Rank is at most this value."""

    is_default: bool
    """Default is true or false."""

    created_at_gt: str
    """Created is greater than this value. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this value. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this value. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this value. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is greater than this value. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this value. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this value. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this value. A time, a day, or a duration from now."""


class DeleteTierQuery(TypedDict, total=False):
    """The parameters of `delete_tier`."""

    replace_with: str
    """The key of the tier that they are assigned to instead."""


class ListViewsQuery(TypedDict, total=False):
    """The parameters of `list_views`."""

    sort: Sequence[str]
    """Up to 3 fields, with `-` in front for descending order. Nulls come last, and equal rows are
    in the order of their ids. An unknown name is answered with the list of valid ones.
    """

    limit: int
    """The number of rows of a page. The default is 50."""

    cursor: str
    """The `next_cursor` of the previous page."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    id: Sequence[ViewId]
    """ID is one of these values."""

    name: Sequence[str]
    """Name is one of these values."""

    name_not: Sequence[str]
    """Name is not one of these values, or is empty."""

    name_contains: str
    """Name contains this text, without regard to case."""

    name_starts_with: str
    """Name starts with this text, without regard to case."""

    object: Sequence[ViewObject]
    """Object is one of these values."""

    object_not: Sequence[ViewObject]
    """Object is not one of these values, or is empty."""

    visibility: Sequence[ViewVisibility]
    """Visibility is one of these values."""

    visibility_not: Sequence[ViewVisibility]
    """Visibility is not one of these values, or is empty."""

    created_at_gt: str
    """Created is greater than this value. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this value. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this value. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this value. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is greater than this value. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this value. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this value. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this value. A time, a day, or a duration from now."""
