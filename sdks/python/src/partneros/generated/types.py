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
"""What kind of writer an actor is."""

ActorVia: TypeAlias = Literal["job"]
"""By which way an actor acts."""

AggregateOperator: TypeAlias = Literal["count", "sum", "avg", "min", "max"]
"""What a metric computes."""

AgreementId: TypeAlias = str
"""An id: `agr_` and 26 base32 characters of a UUIDv7."""

AnyValue: TypeAlias = Any
"""Any JSON value."""

ApiKeyId: TypeAlias = str
"""An id: `key_` and 26 base32 characters of a UUIDv7."""

ContactId: TypeAlias = str
"""An id: `ctc_` and 26 base32 characters of a UUIDv7."""

CredentialKind: TypeAlias = Literal["user", "api_key"]
"""What kind of credential is asking."""

CurrencyExponent: TypeAlias = int
"""How many decimal digits the minor unit of a currency stands for."""

DealBatchAction: TypeAlias = Literal["create", "update", "upsert", "delete"]
"""What an operation of a batch does."""

DealBatchMatch: TypeAlias = Literal["id", "external_id"]
"""By what an operation of a batch finds its deal."""

DealConflictMatch: TypeAlias = Literal["same", "similar"]
"""How alike the accounts of two deals are."""

DealId: TypeAlias = str
"""An id: `deal_` and 26 base32 characters of a UUIDv7."""

DealMotion: TypeAlias = Literal["service", "product", "other"]
"""What is sold."""

DealRejectionReason: TypeAlias = str | None
"""Why a deal is rejected; null when no reason is given."""

DealStatus: TypeAlias = Literal[
    "submitted",
    "under_review",
    "approved",
    "rejected",
    "expired",
    "won",
    "lost",
]
"""Where a deal stands."""

EventData: TypeAlias = dict[str, Any]
"""What changed: `changes` by field with `from` and `to`, and facts by type of event."""

EventId: TypeAlias = str
"""An id: `evt_` and 26 base32 characters of a UUIDv7."""

EventOrder: TypeAlias = Literal["asc", "desc"]
"""In which order events are listed."""

EventSchema: TypeAlias = dict[str, Any]
"""A JSON Schema (2020-12)."""

ExportFormat: TypeAlias = Literal["csv", "jsonl"]
"""How it is written down."""

ExportObject: TypeAlias = Literal["partner", "contact", "deal"]
"""What is exported."""

FieldClass: TypeAlias = Literal["profile", "computed", "ai", "system", "relation", "user_only"]
"""Who may write a field. `profile` and `relation`: people and automation. `computed`: calculated
from deals; people may override it. `ai`: scoring. `system`: the system. `user_only`: people,
never automation.
"""

FieldReference: TypeAlias = Literal["tag", "tier", "member", "contact", "deal"]
"""What a field refers to."""

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
"""What kind of values a field holds."""

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
"""The field of the partner or of its contact that an answer feeds."""

ImportDateFormat: TypeAlias = Literal["ymd", "dmy", "mdy"]
"""In which order dates are written."""

ImportDecimal: TypeAlias = Literal["point", "comma"]
"""Which character stands before decimals."""

ImportDefaults: TypeAlias = dict[str, Any]
"""Values of fields for rows that do not bring one."""

ImportEncoding: TypeAlias = str
"""How the bytes of a file are read: an encoding of the WHATWG Encoding Standard, by its name in
lower case.
"""

ImportMapping: TypeAlias = dict[str, str]
"""Which column feeds which field. Beside the fields of the record a column may feed `id`, for
`match: id`. The row of a partner may also have a contact (`contact_name`, or
`contact_first_name` and `contact_last_name`; `contact_email`, `contact_phone`,
`contact_title`), which is created or updated, and the e-mail address of a member as its manager
(`partner_manager_email`). The name of a contact may come as `first_name` and `last_name`.
"""

ImportMatch: TypeAlias = Literal["domain", "external_id", "id", "none"]
"""How a row finds the partner that it is about."""

ImportMoneyUnit: TypeAlias = Literal["minor", "major"]
"""What amounts of money count."""

ImportObject: TypeAlias = Literal["partner", "contact", "deal"]
"""What the rows of the file are."""

ImportOnDuplicateRow: TypeAlias = Literal["skip", "update"]
"""What becomes of a row whose key stood in an earlier row of the file."""

ImportOnMatch: TypeAlias = Literal["update", "skip"]
"""What becomes of a row that matches."""

ImportOnNameDiffers: TypeAlias = Literal["skip", "update"]
"""What becomes of a row that matches a partner by domain and gives it another name."""

JobId: TypeAlias = str
"""An id: `job_` and 26 base32 characters of a UUIDv7."""

JobInput: TypeAlias = dict[str, Any]
"""The input of a job as it was given, without the file."""

JobItemAction: TypeAlias = Literal["created", "updated", "unchanged"]
"""What became of the record of a row of an import."""

JobItemStatus: TypeAlias = Literal["succeeded", "failed", "skipped"]
"""What became of one item of a job."""

JobStatus: TypeAlias = Literal["queued", "running", "succeeded", "failed", "canceled"]
"""Where a job stands."""

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
"""What a job does."""

ListInclude: TypeAlias = Literal["total_count", "deleted"]
"""What a list adds when asked."""

LogoSource: TypeAlias = Literal["uploaded", "fetched"]
"""Where the logo came from."""

MemberId: TypeAlias = str
"""An id: `mem_` and 26 base32 characters of a UUIDv7."""

MemberStatus: TypeAlias = Literal["invited", "active", "suspended"]
"""Whether a member can sign in."""

NotificationChannel: TypeAlias = Literal["email", "slack"]
"""By which way it goes out of the application."""

NotificationDeliveryId: TypeAlias = str
"""An id: `ntd_` and 26 base32 characters of a UUIDv7."""

NotificationDeliveryStatus: TypeAlias = Literal["pending", "succeeded", "failed"]
"""What became of a delivery."""

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
"""What a notification tells: the type of the event that caused it."""

OpenApiDocument: TypeAlias = dict[str, Any]
"""An OpenAPI 3.1 document."""

OrganizationId: TypeAlias = str
"""An id: `org_` and 26 base32 characters of a UUIDv7."""

PageInclude: TypeAlias = Literal["total_count"]
"""What a list adds when it is asked for."""

PartnerBatchAction: TypeAlias = Literal["create", "update", "upsert", "delete"]
"""What an operation of a batch does."""

PartnerBatchMatch: TypeAlias = Literal["id", "external_id", "domain"]
"""By what an operation of a batch finds its partner."""

PartnerCategory: TypeAlias = Literal["solution", "technology", "sales"]
"""What the partnership is about."""

PartnerCreatedVia: TypeAlias = Literal["manual", "import", "application", "api"]
"""How the partner came to be."""

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
"""Where the relationship stands."""

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
"""What kind of partner it is."""

PlanItemId: TypeAlias = str
"""An id: `plan_` and 26 base32 characters of a UUIDv7."""

PlanItemKind: TypeAlias = Literal["affiliate", "integration", "workflow"]
"""What kind of collaboration it is."""

PlanItemStatus: TypeAlias = Literal["proposed", "in_progress", "live", "paused", "dropped"]
"""How far it has come."""

PlanQuarter: TypeAlias = Literal["q1", "q2", "q3", "q4"]
"""A quarter of the fiscal year."""

QuestionBound: TypeAlias = Any
"""A bound: a number for `number` and for how many options of a `multi_select` may be chosen, a
date for `date`.
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
"""What kind of answer a question takes."""

Role: TypeAlias = Literal["viewer", "member", "admin", "owner"]
"""What a member may do; each role includes the ones before it."""

ScoreDimension: TypeAlias = Literal[
    "capacity",
    "capability",
    "commitment",
    "customer_alignment",
    "health",
]
"""What a piece of evidence moved: one of the four C's, or the health of the relationship."""

ScoreEngine: TypeAlias = Literal["rules", "model"]
"""Who judges: the rules alone, or a language model that starts from what the rules found."""

ScoreId: TypeAlias = str
"""An id: `scr_` and 26 base32 characters of a UUIDv7."""

SessionId: TypeAlias = str
"""An id: `ses_` and 26 base32 characters of a UUIDv7."""

SharedDomain: TypeAlias = str
"""A domain that tells no company from another."""

SlackId: TypeAlias = str
"""The id of a channel or user in Slack."""

SlackTargetKind: TypeAlias = Literal["channel", "user"]
"""What messages can be sent to."""

SubmissionId: TypeAlias = str
"""An id: `sub_` and 26 base32 characters of a UUIDv7."""

SubmissionStatus: TypeAlias = Literal["new", "in_review", "accepted", "rejected", "spam"]
"""Where the review of a submission stands."""

TagCategory: TypeAlias = Literal["services", "products", "regions"]
"""What a tag is about."""

TagId: TypeAlias = str
"""An id: `tag_` and 26 base32 characters of a UUIDv7."""

TierChangeId: TypeAlias = str
"""An id: `tch_` and 26 base32 characters of a UUIDv7."""

TierId: TypeAlias = str
"""An id: `tier_` and 26 base32 characters of a UUIDv7."""

TierMode: TypeAlias = Literal["automatic", "manual"]
"""Who decides on tiers: `automatic` the rules whenever the policy says so, `manual` people and
integrations.
"""

TierSource: TypeAlias = Literal["automatic", "manual"]
"""Who decided on the tier."""

TierTrigger: TypeAlias = Literal["partner_updated", "deal_closed", "scores_updated", "daily"]
"""When tiers are evaluated: after a change of the partner (its creation too), of its deals, of its
scores, every day.
"""

Timestamp: TypeAlias = str
"""An instant in UTC with six digits of a second."""

UserId: TypeAlias = str
"""An id: `usr_` and 26 base32 characters of a UUIDv7."""

ViewId: TypeAlias = str
"""An id: `view_` and 26 base32 characters of a UUIDv7."""

ViewObject: TypeAlias = Literal["partner", "deal", "contact"]
"""What a view lists."""

ViewVisibility: TypeAlias = Literal["private", "organization"]
"""Who sees a view."""

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
    """What an acceptance leads to."""

    partner: Partner
    """The partner."""

    submission: Submission
    """The submission."""


class Actor(TypedDict):
    """Who did it. Written into every event and override, so it stays readable when the user or key
    is gone.
    """

    type: ActorType | str

    id: str | None
    """`usr_` or `key_` id; null for the system."""

    name: str
    """The name at the time of the act."""

    via: ActorVia | str | None
    """Through what; null when the actor did it in a request."""


class AggregateGroup(TypedDict):
    """One group: the values that make it, and its numbers."""

    keys: dict[str, Any]
    """By field of `group_by`; null stands for no value."""

    values: dict[str, Any]
    """By metric: `count`, `sum_revenue`."""


class AggregateMetric(TypedDict):
    """One number to compute for each group."""

    op: AggregateOperator
    """What to compute."""

    field: NotRequired[str | None]
    """Of which field; `count` needs none."""


class AggregateRequest(TypedDict):
    """What to count, over which partners."""

    filter: NotRequired[FilterNode | None]
    """Which partners; null for all."""

    q: NotRequired[str | None]
    """Search in name, domain and description."""

    view_id: NotRequired[ViewId | None]
    """A saved view whose filter and search are ANDed with the others."""

    group_by: NotRequired[list[str]]
    """Fields whose values make the groups; none for one group of all."""

    metrics: NotRequired[list[AggregateMetric]]
    """What to compute; a count unless given."""


class AggregateResult(TypedDict):
    """Counts and sums."""

    currency: str
    """The currency of every amount."""

    groups: list[AggregateGroup]
    """The groups, largest first; at most 500."""

    truncated: bool
    """Whether there are more groups than these."""


class Agreement(TypedDict):
    """Something to agree to."""

    id: AgreementId
    """The id; given by the server, kept when the agreement is edited."""

    text: str
    """What is agreed to. Submissions record the SHA-256 of it."""

    url: str | None
    """Where more is to be read; https."""

    required: bool
    """Whether nobody can apply without it."""


class AgreementUpdate(TypedDict):
    """An agreement as it is saved: with the id of one that is there, or without for a new one."""

    id: NotRequired[AgreementId]
    """The id; given by the server, kept when the agreement is edited."""

    text: str
    """What is agreed to. Submissions record the SHA-256 of it."""

    url: NotRequired[str | None]
    """Where more is to be read; https."""

    required: NotRequired[bool]
    """Whether nobody can apply without it."""


class ApiKey(TypedDict):
    """An API key, without its secret."""

    id: ApiKeyId
    """The id."""

    version: int
    """Rises with every change; also the ETag."""

    created_at: Timestamp
    """When it was created."""

    updated_at: Timestamp
    """When it last changed."""

    name: str
    """What it is for; the name of the actor in events."""

    prefix: str
    """How the secret begins, to tell keys apart."""

    scopes: list[AccessScope | str]
    """What it may do."""

    default_write_mode: WriteMode | str
    """How it writes partner fields unless a request says otherwise. `manual` needs the scope
    `partners:override`.
    """

    allowed_cidrs: list[str]
    """From where it may be used; from everywhere when empty."""

    expires_at: Timestamp | None
    """When it stops working; never when null."""

    last_used_at: Timestamp | None
    """When it was last used, to the minute."""

    created_by: Actor
    """Who created it."""

    revoked_at: Timestamp | None
    """When it was revoked."""


class ApiKeyCreate(TypedDict):
    """A new API key."""

    name: str
    """What it is for; the name of the actor in events."""

    scopes: list[AccessScope]
    """What it may do."""

    default_write_mode: NotRequired[WriteMode]
    """How it writes partner fields unless a request says otherwise. `manual` needs the scope
    `partners:override`.
    """

    allowed_cidrs: NotRequired[list[str]]
    """From where it may be used; from everywhere when empty."""

    expires_at: NotRequired[Timestamp | None]
    """When it stops working; never when null."""


class ApiKeyPage(TypedDict):
    """One page of ApiKey rows."""

    data: list[ApiKey]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""

    total_count: int | None
    """Exact count of all rows; only with `include=total_count`, else null."""


class ApiKeyRotation(TypedDict):
    """How a key is replaced by a new one."""

    overlap_seconds: int
    """For how many seconds the old key still works."""


class ApiKeyUpdate(TypedDict):
    """What may change about an API key. What is absent stays."""

    name: NotRequired[str]
    """What it is for; the name of the actor in events."""

    scopes: NotRequired[list[AccessScope]]
    """What it may do."""

    default_write_mode: NotRequired[WriteMode]
    """How it writes partner fields unless a request says otherwise. `manual` needs the scope
    `partners:override`.
    """

    allowed_cidrs: NotRequired[list[str]]
    """From where it may be used; from everywhere when empty."""

    expires_at: NotRequired[Timestamp | None]
    """When it stops working; never when null."""


class ApiKeyWithSecret(TypedDict):
    """A new key with its secret, which is shown this once."""

    api_key: ApiKey
    """The key."""

    secret: str
    """Send it as `Authorization: Bearer ...`. It cannot be shown again."""


class Applicant(TypedDict):
    """Who applied, out of the answers."""

    name: str | None
    """The person's name."""

    email: str | None
    """The person's e-mail address."""

    company: str | None
    """The company's name."""


class ApplicationForm(TypedDict):
    """One version of the organization's application form."""

    version: int
    """Rises with every change; also the ETag, and the `form_version` of submissions."""

    created_at: Timestamp
    """When the organization got its form."""

    updated_at: Timestamp
    """When this version was made."""

    title: str
    """The title."""

    intro: str | None
    """What stands above the questions."""

    is_open: bool
    """Whether the public link shows it and takes submissions. What is saved is live at once."""

    public_token: str
    """The secret of the public link; replaced by `POST /application-form/public-token-rotations`.
    """

    questions: list[Question]
    """The questions, in the order in which they are shown."""

    agreements: list[Agreement]
    """What is to be agreed to, in the order in which it is shown."""

    submission_count: int
    """How many submissions there are, spam included."""


class ApplicationFormUpdate(TypedDict):
    """The new form: what is absent stays; questions and agreements are replaced whole, and their
    order is the order shown.
    """

    title: NotRequired[str]
    """The title."""

    intro: NotRequired[str | None]
    """What stands above the questions."""

    is_open: NotRequired[bool]
    """Whether the public link shows it and takes submissions. What is saved is live at once."""

    questions: NotRequired[list[QuestionUpdate]]
    """The questions, in the order in which they are shown."""

    agreements: NotRequired[list[AgreementUpdate]]
    """What is to be agreed to, in the order in which it is shown."""


class AttainmentInsight(TypedDict):
    """Targets against what was won."""

    fiscal_year: int
    """The fiscal year, by the calendar year in which it ends."""

    currency: str
    """The currency of every amount."""

    total: AttainmentRow
    """All partners together."""

    top: list[AttainmentRow]
    """The five that attained most of their target, best first."""

    bottom: list[AttainmentRow]
    """The five that attained least of it, worst first."""

    data: list[AttainmentRow]
    """The partners of this page, by name."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""

    total_count: int | None
    """Exact count of all partners; only with `include=total_count`, else null."""


class AttainmentRow(TypedDict):
    """Target and won revenue of a fiscal year: of one partner, or of all."""

    partner_id: PartnerId | None
    """The partner; null in the total."""

    name: str | None
    """Its name; null in the total."""

    target: int | None
    """The target for a year, in minor units; null without one."""

    quarterly_targets: QuarterlyAmounts | None
    """The target of each quarter."""

    won_revenue: int
    """Won in the fiscal year, in minor units."""

    quarterly_revenue: QuarterlyAmounts
    """Won in each quarter."""

    attainment_bp: int | None
    """Won against the target, in basis points; null without a target."""


class Contact(TypedDict):
    """A person at a partner."""

    id: ContactId
    """The id."""

    version: int
    """Rises with every change; also the ETag."""

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
    """What colleagues should know."""


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
    """What colleagues should know."""

    make_primary: NotRequired[bool]
    """Whether it becomes the partner's primary contact."""


class ContactPage(TypedDict):
    """One page of Contact rows."""

    data: list[Contact]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""

    total_count: int | None
    """Exact count of all rows; only with `include=total_count`, else null."""

    last_sequence: int | None
    """The highest event `sequence` below which nothing can still appear: after the last page, send
    it as `changed_after` to go on. Only with `changed_after`, else null.
    """

    erased_ids: list[str]
    """The ids of rows that are gone for good, in the order of their changes among the rows of this
    page. Only with `changed_after` and `include=deleted`, else empty.
    """


class ContactUpdate(TypedDict):
    """An edit of a contact: absent keeps, null clears. With another partner it moves there and is
    primary no more.
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
    """What colleagues should know."""


class Deal(TypedDict):
    """A deal registration."""

    partner_id: PartnerId
    """The partner who registered it."""

    external_id: str | None
    """The integrator's own id; unique within the organization."""

    name: str
    """What it is about."""

    account_name: str
    """The company that would buy."""

    account_domain: str | None
    """The domain of that company, normalised. Deals with an equal domain or an equal normalised
    name are for one account.
    """

    status: DealStatus | str
    """Where it stands. Closing needs `closed_on`; only the daily job makes a deal `expired`."""

    stage: str | None
    """Where the sale stands, in the organization's own words."""

    motion: DealMotion | str
    """What is sold."""

    value: int
    """What it is worth, in minor units."""

    registered_on: str
    """When it was registered; today unless given."""

    expected_close_on: str | None
    """When it is expected to close."""

    expires_on: str | None
    """The first day on which an approved deal is protected no more."""

    closed_on: str | None
    """When it was won or lost; not before `registered_on`."""

    lost_reason: str | None
    """Why it was lost."""

    rejection_reason: DealRejectionReason
    """Why it was rejected."""

    decided_by: Actor | None
    """Who approved or rejected it last."""

    decided_at: Timestamp | None
    """When it was approved or rejected last."""

    owner_id: MemberId | None
    """The member who looks after it."""

    notes: str | None
    """What colleagues should know."""

    id: DealId
    """The id."""

    version: int
    """Rises with every change; also the ETag."""

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
    """The first day on which it is protected no more; a later one than today. The organization's
    `deal_protection_days` from today unless given.
    """

    allow_conflict: NotRequired[bool]
    """Whether another partner may have an approved deal for the same account."""


class DealBatch(TypedDict):
    """Many writes of deals."""

    operations: list[DealBatchOperation]
    """What to do, in this order."""

    atomic: NotRequired[bool]
    """Whether the failure of one undoes them all."""


class DealBatchData(TypedDict):
    """The values of a deal in a batch; a new one needs `partner_id`, `name` and `account_name`."""

    partner_id: NotRequired[PartnerId]
    """The partner who registered it."""

    external_id: NotRequired[str | None]
    """The integrator's own id; unique within the organization."""

    name: NotRequired[str]
    """What it is about."""

    account_name: NotRequired[str]
    """The company that would buy."""

    account_domain: NotRequired[str | None]
    """The domain of that company, normalised. Deals with an equal domain or an equal normalised
    name are for one account.
    """

    status: NotRequired[DealStatus]
    """Where it stands. Closing needs `closed_on`; only the daily job makes a deal `expired`."""

    stage: NotRequired[str | None]
    """Where the sale stands, in the organization's own words."""

    motion: NotRequired[DealMotion]
    """What is sold."""

    value: NotRequired[int]
    """What it is worth, in minor units."""

    registered_on: NotRequired[str]
    """When it was registered; today unless given."""

    expected_close_on: NotRequired[str | None]
    """When it is expected to close."""

    expires_on: NotRequired[str | None]
    """The first day on which an approved deal is protected no more."""

    closed_on: NotRequired[str | None]
    """When it was won or lost; not before `registered_on`."""

    lost_reason: NotRequired[str | None]
    """Why it was lost."""

    rejection_reason: NotRequired[DealRejectionReason]
    """Why it was rejected."""

    owner_id: NotRequired[MemberId | None]
    """The member who looks after it."""

    notes: NotRequired[str | None]
    """What colleagues should know."""

    allow_conflict: NotRequired[bool]
    """Whether it may be approved although another partner has an approved deal for the same
    account.
    """

    currency: NotRequired[str]
    """The currency of its value: the organization's."""


class DealBatchItem(TypedDict):
    """What became of one operation."""

    index: int
    """The place of the operation in the request, from 0."""

    status: int
    """The status that the operation would have had alone; 424 when another one failed and all were
    undone.
    """

    deal: Deal | None
    """The deal after the operation; null when it failed or deleted."""

    skipped_fields: list[str]
    """Always empty: fields of deals are not overridden."""

    problem: Problem | None
    """Why it failed, as the operation would have answered it alone; null when it did not."""


class DealBatchOperation(TypedDict):
    """One operation of a batch."""

    action: DealBatchAction
    """What to do."""

    id: NotRequired[DealId | None]
    """The deal, when it is matched by id."""

    match: NotRequired[DealBatchMatch | None]
    """By what the deal is found; the id unless given."""

    version: NotRequired[int | None]
    """The version that the deal must have."""

    data: NotRequired[DealBatchData | None]
    """Its values. What is wrong with them is the problem of this operation alone."""


class DealBatchResult(TypedDict):
    """What became of a batch."""

    results: list[DealBatchItem]
    """One result for every operation, in their order."""

    succeeded: int
    """How many were done."""

    failed: int
    """How many were not."""


class DealConflict(TypedDict):
    """Another partner's approved deal for the same account, or for one that may be the same."""

    match: DealConflictMatch | str
    """How alike the accounts are. The same ones refuse an approval, similar ones do not."""

    reason: str
    """Why, for people."""

    deal: Deal
    """The other deal."""


class DealConflictPage(TypedDict):
    """One page of DealConflict rows."""

    data: list[DealConflict]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""

    total_count: int | None
    """Exact count of all rows; only with `include=total_count`, else null."""


class DealCreate(TypedDict):
    """A new deal. Registered by a person it is `approved` unless the body says otherwise, by an
    API key `submitted`.
    """

    partner_id: PartnerId
    """The partner who registered it."""

    external_id: NotRequired[str | None]
    """The integrator's own id; unique within the organization."""

    name: str
    """What it is about."""

    account_name: str
    """The company that would buy."""

    account_domain: NotRequired[str | None]
    """The domain of that company, normalised. Deals with an equal domain or an equal normalised
    name are for one account.
    """

    status: NotRequired[DealStatus]
    """Where it stands. Closing needs `closed_on`; only the daily job makes a deal `expired`."""

    stage: NotRequired[str | None]
    """Where the sale stands, in the organization's own words."""

    motion: NotRequired[DealMotion]
    """What is sold."""

    value: NotRequired[int]
    """What it is worth, in minor units."""

    registered_on: NotRequired[str]
    """When it was registered; today unless given."""

    expected_close_on: NotRequired[str | None]
    """When it is expected to close."""

    expires_on: NotRequired[str | None]
    """The first day on which an approved deal is protected no more."""

    closed_on: NotRequired[str | None]
    """When it was won or lost; not before `registered_on`."""

    lost_reason: NotRequired[str | None]
    """Why it was lost."""

    rejection_reason: NotRequired[DealRejectionReason]
    """Why it was rejected."""

    owner_id: NotRequired[MemberId | None]
    """The member who looks after it."""

    notes: NotRequired[str | None]
    """What colleagues should know."""

    allow_conflict: NotRequired[bool]
    """Whether it may be approved although another partner has an approved deal for the same
    account.
    """


class DealPage(TypedDict):
    """One page of Deal rows."""

    data: list[Deal]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""

    total_count: int | None
    """Exact count of all rows; only with `include=total_count`, else null."""

    last_sequence: int | None
    """The highest event `sequence` below which nothing can still appear: after the last page, send
    it as `changed_after` to go on. Only with `changed_after`, else null.
    """

    erased_ids: list[str]
    """The ids of rows that are gone for good, in the order of their changes among the rows of this
    page. Only with `changed_after` and `include=deleted`, else empty.
    """


class DealQuery(TypedDict):
    """Which deals, in which order. Filters may name fields of the partner, `partner.tier`."""

    filter: NotRequired[FilterNode | None]
    """Which rows; null for all."""

    q: NotRequired[str | None]
    """Search in name, domain and description: prefixes, parts of words, with typing errors."""

    view_id: NotRequired[ViewId | None]
    """A saved view whose filter and search are ANDed with the others; its sort holds unless `sort`
    is given.
    """

    sort: NotRequired[list[str]]
    """Fields to sort by, `-` in front for descending; nulls last."""

    limit: NotRequired[int | None]
    """Rows of a page; 50 unless given."""

    cursor: NotRequired[str | None]
    """`next_cursor` of the page before."""

    include: NotRequired[list[ListInclude]]
    """What to add."""

    changed_after: NotRequired[int | None]
    """Only rows whose last change has a higher event `sequence` than this, in the order of their
    changes: send the `last_sequence` of an earlier walk. Cannot be combined with `sort` and
    `q`.
    """


class DealRejection(TypedDict):
    """The rejection of a deal."""

    reason: NotRequired[DealRejectionReason]
    """Why it is rejected."""


class DealUpdate(TypedDict):
    """An edit of a deal: absent keeps, null clears. With another partner it moves there."""

    partner_id: NotRequired[PartnerId]
    """The partner who registered it."""

    external_id: NotRequired[str | None]
    """The integrator's own id; unique within the organization."""

    name: NotRequired[str]
    """What it is about."""

    account_name: NotRequired[str]
    """The company that would buy."""

    account_domain: NotRequired[str | None]
    """The domain of that company, normalised. Deals with an equal domain or an equal normalised
    name are for one account.
    """

    status: NotRequired[DealStatus]
    """Where it stands. Closing needs `closed_on`; only the daily job makes a deal `expired`."""

    stage: NotRequired[str | None]
    """Where the sale stands, in the organization's own words."""

    motion: NotRequired[DealMotion]
    """What is sold."""

    value: NotRequired[int]
    """What it is worth, in minor units."""

    registered_on: NotRequired[str]
    """When it was registered; today unless given."""

    expected_close_on: NotRequired[str | None]
    """When it is expected to close."""

    expires_on: NotRequired[str | None]
    """The first day on which an approved deal is protected no more."""

    closed_on: NotRequired[str | None]
    """When it was won or lost; not before `registered_on`."""

    lost_reason: NotRequired[str | None]
    """Why it was lost."""

    rejection_reason: NotRequired[DealRejectionReason]
    """Why it was rejected."""

    owner_id: NotRequired[MemberId | None]
    """The member who looks after it."""

    notes: NotRequired[str | None]
    """What colleagues should know."""

    allow_conflict: NotRequired[bool]
    """Whether it may be approved although another partner has an approved deal for the same
    account.
    """


class EnrichmentRequest(TypedDict):
    """Which partners to enrich: those selected in one way."""

    partner_ids: NotRequired[list[PartnerId] | None]
    """These partners."""

    filter: NotRequired[FilterNode | None]
    """The partners that it finds."""

    view_id: NotRequired[ViewId | None]
    """The partners that a saved view finds."""

    force: NotRequired[bool]
    """Ask the sources anew, whatever they said in the last seven days."""


class Event(TypedDict):
    """One entry of the log."""

    id: EventId

    sequence: int
    """Rises per organization in the order of commits: whoever has read up to n has missed nothing
    before n.
    """

    type: str
    """The type of the event, see `GET /event-types`."""

    timestamp: Timestamp
    """When it was written."""

    actor: Actor
    """Who did it."""

    subject: Subject
    """What it is about."""

    data: EventData
    """What changed, by type of event."""

    request_id: str
    """The request that caused it."""


class EventPage(TypedDict):
    """One page of Event rows."""

    data: list[Event]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""

    total_count: int | None
    """Exact count of all rows; only with `include=total_count`, else null."""

    last_sequence: int
    """The highest `sequence` below which nothing can still appear, whatever the conditions of this
    list. After the last page of an ascending list, go on from it with `sequence_gt`.
    """


class EventType(TypedDict):
    """One row of `GET /event-types`."""

    type: str
    """The name, as it stands in an event's `type`."""

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
    """Send it as `cursor` for the next page; null on the last one."""

    total_count: int | None
    """Exact count of all rows; only with `include=total_count`, else null."""


class ExportRequest(TypedDict):
    """What to export."""

    object: ExportObject
    """Which kind of records."""

    filter: NotRequired[FilterNode | None]
    """Which of them; null for all."""

    view_id: NotRequired[ViewId | None]
    """A saved view: its filter and search are ANDed with `filter`, its columns hold unless
    `columns` are given.
    """

    columns: NotRequired[list[str] | None]
    """Which fields, in this order; those of the view, else all in display order when absent."""

    format: ExportFormat
    """How it is written down."""


class Fault(TypedDict):
    """One fault and its place: exactly one of `pointer`, `parameter` and `header` is not null."""

    code: str
    """The stable word for programs; new ones may come."""

    detail: str
    """A sentence for people."""

    pointer: str | None
    """A JSON Pointer fragment into the body."""

    parameter: str | None
    """The query or path parameter."""

    header: str | None
    """The request header."""

    meta: dict[str, Any]
    """Facts for programs, by code."""


class FieldLimits(TypedDict):
    """The limits of a field; what is null has no limit."""

    min: int | None
    """Lowest number."""

    max: int | None
    """Highest number."""

    max_length: int | None
    """Longest text in characters; of each item of an array."""

    max_items: int | None
    """Most items of an array."""


class FieldOverride(TypedDict):
    """One field that people decided, with what automation would have written."""

    field: str
    """The field."""

    value: AnyValue
    """Its value."""

    pending_value: AnyValue
    """What automation would have written last; null also when it would have written null."""

    has_pending_value: bool
    """Whether there is a pending value."""

    actor: Actor
    """Who decided."""

    overridden_at: Timestamp
    """When the field was first marked."""


class FieldOverridePage(TypedDict):
    """One page of FieldOverride rows."""

    data: list[FieldOverride]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""

    total_count: int | None
    """Exact count of all rows; only with `include=total_count`, else null."""


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
    """The field of a leaf; members of objects with a dot."""

    value: NotRequired[Any]
    """What a leaf compares with: one value; a list for `in`, `not_in`, `any`, `all`, `none`; two
    values for `between`; a boolean for `is_null`. Times may be durations before now, `-P30D`.
    """

    count: NotRequired[int | None]
    """How many members of `at_least` must hold."""

    filters: NotRequired[list[FilterNode] | None]
    """The members of a group."""


class FourCBreakdown(TypedDict):
    """The four dimensions of fit, each 0 to 100."""

    capacity: int
    """Can they deliver at scale?"""

    capability: int
    """Do they have what we need?"""

    commitment: int
    """Do they act?"""

    customer_alignment: int
    """Do they reach our customers?"""


class FourCWeights(TypedDict):
    """How much each of the four C's counts, in basis points; together 10000."""

    capacity: int
    """Can they deliver at scale?"""

    capability: int
    """Do they have what we need?"""

    commitment: int
    """Do they act?"""

    customer_alignment: int
    """Do they reach our customers?"""


class FourCWeightsUpdate(TypedDict):
    """A change of the weights: dimensions that are absent keep theirs. All four must add up to
    10000 afterwards.
    """

    capacity: NotRequired[int]
    """Can they deliver at scale?"""

    capability: NotRequired[int]
    """Do they have what we need?"""

    commitment: NotRequired[int]
    """Do they act?"""

    customer_alignment: NotRequired[int]
    """Do they reach our customers?"""


class IdealPartnerCriterion(TypedDict):
    """A condition that a partner is judged by."""

    key: str
    """Its word for programs, unique within the profile; evidence names it."""

    label: str
    """A sentence about a partner that meets it."""

    dimension: FitDimension | str
    """Which of the four C's it is about."""

    weight: int
    """How much it counts among the criteria of its dimension."""

    filter: FilterNode
    """What a partner must be to meet it. Every field but the scores themselves may be named."""


class IdealPartnerProfile(TypedDict):
    """Whom the organization looks for: the criteria of fit and their weights."""

    version: int
    """Rises with every change; also the ETag."""

    created_at: Timestamp
    """When it was created."""

    updated_at: Timestamp
    """When it last changed."""

    weights: FourCWeights
    """How much each of the four C's counts."""

    criteria: list[IdealPartnerCriterion]
    """What partners are judged by, in the order of the evidence."""

    narrative: str | None
    """The ideal partner in words, for the language model."""


class IdealPartnerProfileUpdate(TypedDict):
    """The new profile: what is absent stays."""

    weights: NotRequired[FourCWeightsUpdate]
    """How much each of the four C's counts."""

    criteria: NotRequired[list[IdealPartnerCriterion]]
    """What partners are judged by, in the order of the evidence."""

    narrative: NotRequired[str | None]
    """The ideal partner in words, for the language model."""


class ImportForm(TypedDict):
    """The form of an import, for the document."""

    file: FileContent
    """The file: CSV, a JSON array, or JSON lines; at most 25 MiB."""

    options: ImportOptions
    """How it is read, as JSON."""


class ImportGuess(TypedDict):
    """An option that was left open, and what the file says about it."""

    option: str
    """The option."""

    value: AnyValue
    """What it is taken for; null where nothing decides."""

    reason: str
    """Why, for people."""


class ImportOptions(TypedDict):
    """How a file is imported."""

    object: ImportObject
    """What the rows are."""

    mapping: NotRequired[ImportMapping | None]
    """Which column feeds which field; guessed from the headers when absent."""

    match: NotRequired[ImportMatch]
    """How a row finds the record that it is about; `domain` when absent. Unless by `id`, contacts
    are found by e-mail address or name, deals by external id, or where the row has none by
    partner, account and name.
    """

    on_match: NotRequired[ImportOnMatch]
    """What becomes of a row that matches; `update` when absent."""

    on_name_differs: NotRequired[ImportOnNameDiffers]
    """What becomes of a row that matches a partner by domain and gives it another name; `skip`
    when absent.
    """

    on_duplicate_row: NotRequired[ImportOnDuplicateRow]
    """What becomes of a second row for the same partner, contact or deal; `skip` when absent."""

    money_unit: NotRequired[ImportMoneyUnit | None]
    """What amounts count: `major` when absent for CSV, `minor` for JSON. A header such as
    `company_revenue (minor)`, as our own exports write it, holds for its column whatever is
    said here.
    """

    header_row: NotRequired[int | None]
    """The line of a CSV file on which the header stands, counted from 1; 0 when there is none and
    columns are called `Column 1`, `Column 2` and so on. Guessed when absent.
    """

    encoding: NotRequired[str | None]
    """How the bytes of the file are read: a label of the WHATWG Encoding Standard, such as
    `utf-8`, `windows-1252`, `windows-1251`, `shift_jis` or `gbk`. Guessed when absent; a byte
    order mark holds in any case.
    """

    date_format: NotRequired[ImportDateFormat | None]
    """In which order dates are written where they do not begin with the year. Guessed from the
    file when absent; dates that remain in doubt are not read.
    """

    decimal: NotRequired[ImportDecimal | None]
    """Which character stands before decimals. Guessed from the file when absent; numbers that
    remain in doubt are not read.
    """

    allow_conflict: NotRequired[bool | None]
    """For deals: whether rows may break channel conflict."""

    dry_run: NotRequired[bool]
    """Only tell what would happen."""

    defaults: NotRequired[ImportDefaults | None]
    """Values for new records whose row brings none."""


class ImportPreview(TypedDict):
    """What a file holds, before anything is written."""

    object: ImportObject | str
    """What its rows are."""

    columns: list[ImportPreviewColumn]
    """Its columns in their order."""

    rows: list[ImportPreviewRow]
    """Its first rows, at most 20."""

    row_count: int
    """How many rows it has; empty ones are not counted."""

    encoding: ImportEncoding
    """How its bytes are read."""

    separator: str | None
    """What separates its cells; null for JSON."""

    guesses: list[ImportGuess]
    """The options that were left open: what each is taken for, and why."""


class ImportPreviewColumn(TypedDict):
    """A column of the file."""

    name: str
    """Its header."""

    suggested_field: str | None
    """The field that it feeds: as the mapping says, or as it is guessed."""

    samples: list[str]
    """Some of its values."""


class ImportPreviewForm(TypedDict):
    """The form of a preview, for the document."""

    file: FileContent
    """The file: CSV, a JSON array, or JSON lines; at most 25 MiB."""

    options: NotRequired[ImportPreviewOptions]
    """How it is read, as JSON; everything is guessed when absent."""


class ImportPreviewOptions(TypedDict):
    """How a file is read: the options of an import, all of them optional. What is absent is
    guessed.
    """

    object: NotRequired[ImportObject]
    """What the rows are."""

    mapping: NotRequired[ImportMapping | None]
    """Which column feeds which field; guessed from the headers when absent."""

    match: NotRequired[ImportMatch]
    """How a row finds the record that it is about; `domain` when absent. Unless by `id`, contacts
    are found by e-mail address or name, deals by external id, or where the row has none by
    partner, account and name.
    """

    on_match: NotRequired[ImportOnMatch]
    """What becomes of a row that matches; `update` when absent."""

    on_name_differs: NotRequired[ImportOnNameDiffers]
    """What becomes of a row that matches a partner by domain and gives it another name; `skip`
    when absent.
    """

    on_duplicate_row: NotRequired[ImportOnDuplicateRow]
    """What becomes of a second row for the same partner, contact or deal; `skip` when absent."""

    money_unit: NotRequired[ImportMoneyUnit | None]
    """What amounts count: `major` when absent for CSV, `minor` for JSON. A header such as
    `company_revenue (minor)`, as our own exports write it, holds for its column whatever is
    said here.
    """

    header_row: NotRequired[int | None]
    """The line of a CSV file on which the header stands, counted from 1; 0 when there is none and
    columns are called `Column 1`, `Column 2` and so on. Guessed when absent.
    """

    encoding: NotRequired[str | None]
    """How the bytes of the file are read: a label of the WHATWG Encoding Standard, such as
    `utf-8`, `windows-1252`, `windows-1251`, `shift_jis` or `gbk`. Guessed when absent; a byte
    order mark holds in any case.
    """

    date_format: NotRequired[ImportDateFormat | None]
    """In which order dates are written where they do not begin with the year. Guessed from the
    file when absent; dates that remain in doubt are not read.
    """

    decimal: NotRequired[ImportDecimal | None]
    """Which character stands before decimals. Guessed from the file when absent; numbers that
    remain in doubt are not read.
    """

    allow_conflict: NotRequired[bool | None]
    """For deals: whether rows may break channel conflict."""

    dry_run: NotRequired[bool]
    """Only tell what would happen."""

    defaults: NotRequired[ImportDefaults | None]
    """Values for new records whose row brings none."""


class ImportPreviewRow(TypedDict):
    """One of the first rows, as the import would read it."""

    row: int
    """Its number in the file; the first record after the header is 1."""

    data: AnyValue
    """Values by field."""

    warnings: list[JobItemWarning]
    """What was not taken as it stands."""


class InsightCount(TypedDict):
    """How many partners have a value."""

    key: str | None
    """The value; null stands for none."""

    count: int
    """Partners that have it."""


class InvitationAcceptance(TypedDict):
    """How an invited person joins."""

    token: str
    """The token: the last part of the invitation's link."""

    name: str
    """The person's name."""

    password: str
    """The person's password; not one of those that are guessed first."""


class InvitedMember(TypedDict):
    """A new invitation. The link is shown this once."""

    member: Member
    """The member, with status `invited`."""

    invitation_url: str
    """The page on which the person joins. Whoever has it can join."""

    expires_at: Timestamp
    """When the link stops working."""


class Job(TypedDict):
    """Long work: its state, progress and outcome. Kept for 7 days."""

    id: JobId
    """The id."""

    version: int
    """Rises with every change; also the ETag."""

    created_at: Timestamp
    """When it was accepted."""

    updated_at: Timestamp
    """When it last changed."""

    type: JobType | str
    """What it does."""

    status: JobStatus | str
    """Where it stands."""

    progress: JobProgress
    """How far it has come."""

    dry_run: bool
    """Whether it only tells what it would do."""

    actor: Actor
    """Who started it."""

    input: JobInput
    """What was asked for."""

    result: JobResult | None
    """What it left behind."""

    problem: Problem | None
    """Why it failed."""

    started_at: Timestamp | None
    """When it began to run."""

    finished_at: Timestamp | None
    """When it ended."""

    expires_at: Timestamp
    """When it and its items are erased."""


class JobItem(TypedDict):
    """What became of one row or one partner."""

    index: int
    """Its place among the items, from 0."""

    ref: str | None
    """The id, or the number of the row in the file (the first record after the header is 1)."""

    status: JobItemStatus | str
    """What became of it."""

    action: JobItemAction | str | None
    """Of a row of an import that succeeded: what became of its record. Null for all others."""

    resource_id: str | None
    """What was written."""

    skipped_fields: list[str]
    """Fields that were left alone because people had decided on them."""

    before: AnyValue
    """The fields that change, as they were."""

    after: AnyValue
    """The fields that change, as they are now; of an enrichment also the `title` of the website.
    """

    warnings: list[JobItemWarning]
    """What did not stop it."""

    problem: Problem | None
    """Why it failed or was skipped."""


class JobItemPage(TypedDict):
    """One page of JobItem rows."""

    data: list[JobItem]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""

    total_count: int | None
    """Exact count of all rows; only with `include=total_count`, else null."""


class JobItemWarning(TypedDict):
    """Something about an item that did not stop it."""

    code: str
    """What it is, for programs."""

    detail: str
    """What it is, for people."""

    field: str | None
    """The field it is about."""

    meta: dict[str, Any]
    """What programs may want to know of it, such as `existing_id`."""


class JobPage(TypedDict):
    """One page of Job rows."""

    data: list[Job]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""

    total_count: int | None
    """Exact count of all rows; only with `include=total_count`, else null."""


class JobProgress(TypedDict):
    """How far a job has come."""

    total: int | None
    """How many items there are; null until that is known."""

    done: int
    """Items that have been looked at."""

    succeeded: int
    """Items that succeeded."""

    failed: int
    """Items that failed."""

    skipped: int
    """Items that were left alone."""


class JobResult(TypedDict):
    """What a job leaves behind."""

    download_url: str | None
    """Where the file can be fetched, with the same credential."""

    expires_at: Timestamp | None
    """Until when."""

    created: int | None
    """Of an import: how many records it created, or would create in a dry run."""

    updated: int | None
    """Of an import: how many records it changed."""

    unchanged: int | None
    """Of an import: how many records were there already as their row says."""


class JointPlan(TypedDict):
    """The plan of a partner for a fiscal year. Target and weights hold for every year that is
    asked for.
    """

    partner_id: PartnerId
    """The partner."""

    version: int
    """The partner's version; also the ETag."""

    fiscal_year: int
    """The fiscal year, by the calendar year in which it ends."""

    currency: str
    """The currency of every amount."""

    annual_revenue_target: int | None
    """The target for a year, in minor units."""

    quarterly_weights: QuarterlyWeights
    """How the target spreads over the quarters."""

    quarterly_targets: QuarterlyAmounts | None
    """The target of each quarter; together exactly the annual one."""

    quarterly_revenue: QuarterlyAmounts
    """Deals won in each quarter of the fiscal year, by the day on which they closed."""

    attainment_bp: int | None
    """What was won in the fiscal year against the target, in basis points; null without a target.
    """

    item_counts: PlanItemCounts
    """How many items the plan has."""

    skipped_fields: list[str]
    """What this very write left alone because people had decided on it; empty on reads."""


class JointPlanUpdate(TypedDict):
    """An edit of target and weights: fields of the partner, and its rules of overrides hold."""

    annual_revenue_target: NotRequired[int | None]
    """The target for a year, in minor units."""

    quarterly_weights: NotRequired[QuarterlyWeightsUpdate]
    """How the target spreads over the quarters."""


class KeyStakeholder(TypedDict):
    """A person at the partner who matters."""

    name: str
    """The name."""

    role: NotRequired[str | None]
    """What the person does there."""

    contact_id: NotRequired[ContactId | None]
    """The contact that this is, when there is one."""


LifecycleConversion = TypedDict(
    "LifecycleConversion",
    {
        "from": "PartnerStage | str",
        "to": "PartnerStage | str",
        "count": "int",
        "share_bp": "int",
    },
)
"""A way from one stage to another."""


class LifecycleInsight(TypedDict):
    """How partners move through the stages, by the stage history."""

    since: str
    """The first day of the window."""

    until: str
    """The last day of the window."""

    stages: list[LifecycleStage]
    """Every stage, in their order."""

    conversions: list[LifecycleConversion]
    """Every way that was taken."""


class LifecycleStage(TypedDict):
    """What happened at one stage."""

    stage: PartnerStage | str
    """The stage."""

    count: int
    """Partners that are there now."""

    entered: int
    """How often it was entered in the window; being created counts."""

    left: int
    """How often it was left in the window."""

    median_days: float | None
    """The median of the stays that ended in the window, in days with two decimals."""


class Liveness(TypedDict):
    """Whether the process lives."""

    status: str
    """`ok`"""


class Me(TypedDict):
    """The credential of this request: a user with its member and role, or an API key."""

    kind: CredentialKind | str
    """What kind of credential it is."""

    user: User | None
    """The person; null for a key."""

    member: Member | None
    """The person's place in the organization; null for a key."""

    api_key: ApiKey | None
    """The key; null for a person."""

    organization: Organization
    """The organization."""

    role: Role | str | None
    """The role; null for a key."""

    scopes: list[AccessScope | str]
    """What it may do: the scopes of the key, or what the role is worth."""


class MeUpdate(TypedDict):
    """What people may change about themselves. What is absent stays."""

    name: NotRequired[str]
    """The name."""

    locale: NotRequired[str]
    """The language of mails, as a BCP 47 tag."""

    email_notifications: NotRequired[bool]
    """Whether notifications come by mail too."""


class Member(TypedDict):
    """A person's place in the organization."""

    id: MemberId
    """The id."""

    version: int
    """Rises with every change; also the ETag."""

    created_at: Timestamp
    """When the person was invited or registered."""

    updated_at: Timestamp
    """When it last changed."""

    user_id: UserId | None
    """The user that signs in; null until the invitation is accepted."""

    name: str
    """The name."""

    email: str
    """The e-mail address, which is also what the person signs in with."""

    role: Role | str
    """What the member may do."""

    status: MemberStatus | str
    """Whether the member can sign in."""

    last_seen_at: Timestamp | None
    """When the member last signed in or renewed an access token."""


class MemberInvite(TypedDict):
    """Somebody to invite."""

    email: str
    """The e-mail address, which is also what the person signs in with."""

    name: NotRequired[str]
    """The name."""

    role: Role
    """What the member may do."""


class MemberPage(TypedDict):
    """One page of Member rows."""

    data: list[Member]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""

    total_count: int | None
    """Exact count of all rows; only with `include=total_count`, else null."""


class MemberUpdate(TypedDict):
    """What may change about a member. What is absent stays."""

    role: NotRequired[Role]
    """What the member may do."""

    status: NotRequired[MemberStatus]
    """Whether the member can sign in."""


class Notification(TypedDict):
    """An entry in the list of what a member was told."""

    id: NotificationId
    """The id."""

    type: NotificationType | str
    """What it tells."""

    title: str
    """One line."""

    body: str
    """The rest; may be empty."""

    subject: NotificationSubject
    """What it is about."""

    event_id: EventId
    """The event that caused it."""

    read_at: Timestamp | None
    """When it was read."""

    created_at: Timestamp
    """When it was made."""


class NotificationDelivery(TypedDict):
    """A mail or a message in Slack, and what became of it. Kept for 30 days."""

    id: NotificationDeliveryId
    """The id; also in the Message-ID of a mail, so that a repeated one can be recognised."""

    notification_id: NotificationId | None
    """The entry that it carries on; null for invitations and for Slack."""

    event_id: EventId | None
    """The event that caused it."""

    channel: NotificationChannel | str
    """By which way."""

    target: str
    """To whom: an e-mail address, or the id of a channel or user of Slack."""

    status: NotificationDeliveryStatus | str
    """What became of it."""

    attempts: int
    """How often it was tried."""

    last_error: str | None
    """Why the last attempt failed."""

    next_attempt_at: Timestamp | None
    """When it is tried next; null when it is not tried any more."""

    created_at: Timestamp
    """When it was made."""


class NotificationDeliveryPage(TypedDict):
    """One page of NotificationDelivery rows."""

    data: list[NotificationDelivery]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""

    total_count: int | None
    """Exact count of all rows; only with `include=total_count`, else null."""


class NotificationPage(TypedDict):
    """One page of Notification rows."""

    data: list[Notification]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""

    total_count: int | None
    """Exact count of all rows; only with `include=total_count`, else null."""


class NotificationSettings(TypedDict):
    """Who hears of a new submission of the application form: each member once, however many
    reasons there are.
    """

    version: int
    """Rises with every change; also the ETag."""

    created_at: Timestamp
    """When it was created."""

    updated_at: Timestamp
    """When it last changed."""

    member_ids: list[MemberId]
    """These members."""

    roles: list[Role | str]
    """All members with these roles."""

    slack_channel_ids: list[SlackId]
    """These channels of Slack."""

    slack_user_ids: list[SlackId]
    """These people in Slack."""

    email: bool
    """Whether the members also get a mail, unless they have switched mails off for themselves."""


class NotificationSettingsUpdate(TypedDict):
    """New settings: what is absent stays."""

    member_ids: NotRequired[list[MemberId]]
    """These members."""

    roles: NotRequired[list[Role]]
    """All members with these roles."""

    slack_channel_ids: NotRequired[list[SlackId]]
    """These channels of Slack."""

    slack_user_ids: NotRequired[list[SlackId]]
    """These people in Slack."""

    email: NotRequired[bool]
    """Whether the members also get a mail, unless they have switched mails off for themselves."""


class NotificationSubject(TypedDict):
    """What a notification is about."""

    type: str
    """The kind of resource, `deal`."""

    id: str
    """The id of the resource."""


class Organization(TypedDict):
    """The organization that the credential belongs to."""

    id: OrganizationId
    """The id."""

    version: int
    """Rises with every change; also the ETag."""

    created_at: Timestamp
    """When it registered."""

    updated_at: Timestamp
    """When it last changed."""

    name: str
    """Its name."""

    currency: str
    """The one currency of all amounts, as an ISO 4217 code. Fixed once any amount exists."""

    currency_exponent: CurrencyExponent
    """How many decimal digits the currency's minor unit stands for: an amount of 12345 is 123.45
    with exponent 2.
    """

    fiscal_year_start_month: int
    """The month in which the fiscal year starts."""

    timezone: str
    """The time zone that decides which day it is, by its name in the IANA database."""

    deal_protection_days: int
    """How many days an approved deal is protected unless the approval says otherwise."""

    auto_score: bool
    """Whether scores are computed without being asked for."""

    logo_url: str | None
    """Where the logo is; https."""

    shared_domains: list[SharedDomain]
    """Domains that many of its partners share, such as those of a market place: in imports and
    applications they and what lies under them count as no domain, as those of social networks
    and mail providers do anyway.
    """


class OrganizationUpdate(TypedDict):
    """What may change about the organization. What is absent stays."""

    name: NotRequired[str]
    """Its name."""

    currency: NotRequired[str]
    """The one currency of all amounts, as an ISO 4217 code. Fixed once any amount exists."""

    fiscal_year_start_month: NotRequired[int]
    """The month in which the fiscal year starts."""

    timezone: NotRequired[str]
    """The time zone that decides which day it is, by its name in the IANA database."""

    deal_protection_days: NotRequired[int]
    """How many days an approved deal is protected unless the approval says otherwise."""

    auto_score: NotRequired[bool]
    """Whether scores are computed without being asked for."""

    logo_url: NotRequired[str | None]
    """Where the logo is; https."""

    shared_domains: NotRequired[list[SharedDomain]]
    """Domains that many of its partners share, such as those of a market place: in imports and
    applications they and what lies under them count as no domain, as those of social networks
    and mail providers do anyway.
    """


class Partner(TypedDict):
    """A partner: one profile per company."""

    id: PartnerId
    """The id."""

    version: int
    """Rises with every change; also the ETag."""

    created_at: Timestamp
    """When it was created."""

    updated_at: Timestamp
    """When it last changed."""

    deleted_at: Timestamp | None
    """When it was deleted; it can be restored for 30 days."""

    created_via: PartnerCreatedVia | str
    """How it came to be."""

    currency: str
    """The currency of every amount: the organization's."""

    external_id: str | None
    """The integrator's own id; unique within the organization."""

    name: str
    """The company's name."""

    domain: str | None
    """The company's domain, normalised; unique within the organization among live partners."""

    logo_url: str | None
    """Where this API serves the logo; a new logo has a new address."""

    logo_source: LogoSource | str | None
    """Where the logo came from."""

    industry: str | None
    """The industry, free text."""

    employees: int | None
    """Head count."""

    company_revenue: int | None
    """The company's revenue a year, in minor units."""

    regions: list[str]
    """Where the company works."""

    services: list[str]
    """The services it offers."""

    products: list[str]
    """The products it offers."""

    languages: list[str]
    """The languages it works in, BCP 47."""

    type: PartnerType | str
    """What kind of partner it is."""

    subtype: str | None
    """A finer kind, free text."""

    category: PartnerCategory | str | None
    """What the partnership is about."""

    tier: str | None
    """The key of its tier."""

    tier_source: TierSource | str
    """Who decided on the tier."""

    tier_changed_at: Timestamp | None
    """When the tier last changed."""

    tier_at_risk_since: Timestamp | None
    """Since when the rules give a lower tier than the one held."""

    tag_ids: list[TagId]
    """Its tags."""

    status: PartnerStatus | str
    """Whether the record is live."""

    stage: PartnerStage | str
    """Where the relationship stands."""

    stage_changed_at: Timestamp
    """When the stage last changed."""

    in_intelligence: bool
    """Whether it appears in insights and strategy outputs."""

    partner_manager_id: MemberId | None
    """The member who looks after it."""

    primary_contact_id: ContactId | None
    """The contact to turn to; a contact of this partner."""

    pipeline: int
    """Sum of its approved deals, in minor units."""

    revenue: int
    """Sum of its won deals, in minor units."""

    product_revenue: int
    """Sum of its won deals for products, in minor units."""

    active_deals: int
    """Deals that are submitted, under review or approved."""

    closed_deals: int
    """Deals that were won."""

    customers: int
    """Distinct accounts of its won deals."""

    annual_revenue_target: int | None
    """The target for a year, in minor units."""

    quarterly_weights: QuarterlyWeights
    """How the target spreads over the quarters."""

    fit_score: int | None
    """How well it fits the ideal partner profile, 0 to 100; null until scored."""

    health_score: int | None
    """How well the relationship does, 0 to 100; null until scored."""

    four_c_breakdown: FourCBreakdown | None
    """The four dimensions of the fit score."""

    key_strengths: list[str]
    """Its key strengths, strongest first."""

    scored_at: Timestamp | None
    """When it was last scored."""

    scores_stale: bool
    """Whether something the scores rest on has changed since: the partner, its deals and contacts,
    or the ideal partner profile. It may change without a new version.
    """

    overridden_fields: list[str]
    """Fields that people decided; automation leaves them alone."""

    skipped_fields: list[str]
    """What this very write left alone because people had decided on it; empty on reads."""

    description: str | None
    """What the company does."""

    key_stakeholders: list[KeyStakeholder]
    """People at the partner who matter."""

    joint_value_proposition: str | None
    """Why customers buy from both together."""

    executive_summary: str | None
    """The relationship in a few sentences."""

    ai_summary: str | None
    """The scorer's summary."""


class PartnerBatch(TypedDict):
    """Many writes of partners."""

    operations: list[PartnerBatchOperation]
    """What to do, in this order."""

    atomic: NotRequired[bool]
    """Whether the failure of one undoes them all."""


class PartnerBatchItem(TypedDict):
    """What became of one operation."""

    index: int
    """The place of the operation in the request, from 0."""

    status: int
    """The status that the operation would have had alone; 424 when another one failed and all were
    undone.
    """

    partner: Partner | None
    """The partner after the operation; null when it failed or deleted."""

    skipped_fields: list[str]
    """What the operation left alone because people had decided on it."""

    problem: Problem | None
    """Why it failed, as the operation would have answered it alone; null when it did not."""


class PartnerBatchOperation(TypedDict):
    """One operation of a batch."""

    action: PartnerBatchAction
    """What to do."""

    id: NotRequired[PartnerId | None]
    """The partner, when it is matched by id."""

    match: NotRequired[PartnerBatchMatch | None]
    """By what the partner is found; the id unless given."""

    version: NotRequired[int | None]
    """The version that the partner must have."""

    data: NotRequired[PartnerUpdate | None]
    """Its values; a creation needs `name` and `type`. What is wrong with them is the problem of
    this operation alone.
    """


class PartnerBatchResult(TypedDict):
    """What became of a batch."""

    results: list[PartnerBatchItem]
    """One result for every operation, in their order."""

    succeeded: int
    """How many were done."""

    failed: int
    """How many were not."""


class PartnerCreate(TypedDict):
    """A new partner: `name`, `type` and whatever is known."""

    name: str
    """The company's name."""

    domain: NotRequired[str | None]
    """The company's domain, normalised; unique within the organization among live partners."""

    industry: NotRequired[str | None]
    """The industry, free text."""

    description: NotRequired[str | None]
    """What the company does."""

    employees: NotRequired[int | None]
    """Head count."""

    company_revenue: NotRequired[int | None]
    """The company's revenue a year, in minor units."""

    regions: NotRequired[list[str]]
    """Where the company works."""

    languages: NotRequired[list[str]]
    """The languages it works in, BCP 47."""

    services: NotRequired[list[str]]
    """The services it offers."""

    products: NotRequired[list[str]]
    """The products it offers."""

    type: PartnerType
    """What kind of partner it is."""

    subtype: NotRequired[str | None]
    """A finer kind, free text."""

    category: NotRequired[PartnerCategory | None]
    """What the partnership is about."""

    tier: NotRequired[str | None]
    """The key of its tier."""

    tag_ids: NotRequired[list[TagId]]
    """Its tags."""

    status: NotRequired[PartnerStatus]
    """Whether the record is live."""

    stage: NotRequired[PartnerStage]
    """Where the relationship stands."""

    in_intelligence: NotRequired[bool]
    """Whether it appears in insights and strategy outputs."""

    partner_manager_id: NotRequired[MemberId | None]
    """The member who looks after it."""

    key_stakeholders: NotRequired[list[KeyStakeholder]]
    """People at the partner who matter."""

    joint_value_proposition: NotRequired[str | None]
    """Why customers buy from both together."""

    executive_summary: NotRequired[str | None]
    """The relationship in a few sentences."""

    pipeline: NotRequired[int]
    """Sum of its approved deals, in minor units."""

    revenue: NotRequired[int]
    """Sum of its won deals, in minor units."""

    product_revenue: NotRequired[int]
    """Sum of its won deals for products, in minor units."""

    active_deals: NotRequired[int]
    """Deals that are submitted, under review or approved."""

    closed_deals: NotRequired[int]
    """Deals that were won."""

    customers: NotRequired[int]
    """Distinct accounts of its won deals."""

    annual_revenue_target: NotRequired[int | None]
    """The target for a year, in minor units."""

    quarterly_weights: NotRequired[QuarterlyWeights]
    """How the target spreads over the quarters."""

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
"""One field of partners: what it is, who writes it, what can be done with it."""


class PartnerFieldPage(TypedDict):
    """One page of PartnerField rows."""

    data: list[PartnerField]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""

    total_count: int | None
    """Exact count of all rows; only with `include=total_count`, else null."""


class PartnerQuery(TypedDict):
    """The body of a query. GET parameters are read into it too, but for their conditions."""

    filter: NotRequired[FilterNode | None]
    """Which rows; null for all."""

    q: NotRequired[str | None]
    """Search in name, domain and description: prefixes, parts of words, with typing errors."""

    view_id: NotRequired[ViewId | None]
    """A saved view whose filter and search are ANDed with the others; its sort holds unless `sort`
    is given.
    """

    sort: NotRequired[list[str]]
    """Fields to sort by, `-` in front for descending; nulls last."""

    limit: NotRequired[int | None]
    """Rows of a page; 50 unless given."""

    cursor: NotRequired[str | None]
    """`next_cursor` of the page before."""

    include: NotRequired[list[ListInclude]]
    """What to add."""

    changed_after: NotRequired[int | None]
    """Only rows whose last change has a higher event `sequence` than this, in the order of their
    changes: send the `last_sequence` of an earlier walk. Cannot be combined with `sort` and
    `q`.
    """


class PartnerSummary(TypedDict):
    """A partner as lists show it: every property but the long ones."""

    id: PartnerId
    """The id."""

    version: int
    """Rises with every change; also the ETag."""

    created_at: Timestamp
    """When it was created."""

    updated_at: Timestamp
    """When it last changed."""

    deleted_at: Timestamp | None
    """When it was deleted; it can be restored for 30 days."""

    created_via: PartnerCreatedVia | str
    """How it came to be."""

    currency: str
    """The currency of every amount: the organization's."""

    external_id: str | None
    """The integrator's own id; unique within the organization."""

    name: str
    """The company's name."""

    domain: str | None
    """The company's domain, normalised; unique within the organization among live partners."""

    logo_url: str | None
    """Where this API serves the logo; a new logo has a new address."""

    logo_source: LogoSource | str | None
    """Where the logo came from."""

    industry: str | None
    """The industry, free text."""

    employees: int | None
    """Head count."""

    company_revenue: int | None
    """The company's revenue a year, in minor units."""

    regions: list[str]
    """Where the company works."""

    services: list[str]
    """The services it offers."""

    products: list[str]
    """The products it offers."""

    languages: list[str]
    """The languages it works in, BCP 47."""

    type: PartnerType | str
    """What kind of partner it is."""

    subtype: str | None
    """A finer kind, free text."""

    category: PartnerCategory | str | None
    """What the partnership is about."""

    tier: str | None
    """The key of its tier."""

    tier_source: TierSource | str
    """Who decided on the tier."""

    tier_changed_at: Timestamp | None
    """When the tier last changed."""

    tier_at_risk_since: Timestamp | None
    """Since when the rules give a lower tier than the one held."""

    tag_ids: list[TagId]
    """Its tags."""

    status: PartnerStatus | str
    """Whether the record is live."""

    stage: PartnerStage | str
    """Where the relationship stands."""

    stage_changed_at: Timestamp
    """When the stage last changed."""

    in_intelligence: bool
    """Whether it appears in insights and strategy outputs."""

    partner_manager_id: MemberId | None
    """The member who looks after it."""

    primary_contact_id: ContactId | None
    """The contact to turn to; a contact of this partner."""

    pipeline: int
    """Sum of its approved deals, in minor units."""

    revenue: int
    """Sum of its won deals, in minor units."""

    product_revenue: int
    """Sum of its won deals for products, in minor units."""

    active_deals: int
    """Deals that are submitted, under review or approved."""

    closed_deals: int
    """Deals that were won."""

    customers: int
    """Distinct accounts of its won deals."""

    annual_revenue_target: int | None
    """The target for a year, in minor units."""

    quarterly_weights: QuarterlyWeights
    """How the target spreads over the quarters."""

    fit_score: int | None
    """How well it fits the ideal partner profile, 0 to 100; null until scored."""

    health_score: int | None
    """How well the relationship does, 0 to 100; null until scored."""

    four_c_breakdown: FourCBreakdown | None
    """The four dimensions of the fit score."""

    key_strengths: list[str]
    """Its key strengths, strongest first."""

    scored_at: Timestamp | None
    """When it was last scored."""

    scores_stale: bool
    """Whether something the scores rest on has changed since: the partner, its deals and contacts,
    or the ideal partner profile. It may change without a new version.
    """

    overridden_fields: list[str]
    """Fields that people decided; automation leaves them alone."""

    skipped_fields: list[str]
    """What this very write left alone because people had decided on it; empty on reads."""


class PartnerSummaryPage(TypedDict):
    """One page of PartnerSummary rows."""

    data: list[PartnerSummary]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""

    total_count: int | None
    """Exact count of all rows; only with `include=total_count`, else null."""

    last_sequence: int | None
    """The highest event `sequence` below which nothing can still appear: after the last page, send
    it as `changed_after` to go on. Only with `changed_after`, else null.
    """

    erased_ids: list[str]
    """The ids of rows that are gone for good, in the order of their changes among the rows of this
    page. Only with `changed_after` and `include=deleted`, else empty.
    """


class PartnerUpdate(TypedDict):
    """An edit of a partner: absent keeps, null clears, objects are merged, arrays replace whole.
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
    """Head count."""

    company_revenue: NotRequired[int | None]
    """The company's revenue a year, in minor units."""

    regions: NotRequired[list[str]]
    """Where the company works."""

    languages: NotRequired[list[str]]
    """The languages it works in, BCP 47."""

    services: NotRequired[list[str]]
    """The services it offers."""

    products: NotRequired[list[str]]
    """The products it offers."""

    type: NotRequired[PartnerType]
    """What kind of partner it is."""

    subtype: NotRequired[str | None]
    """A finer kind, free text."""

    category: NotRequired[PartnerCategory | None]
    """What the partnership is about."""

    tier: NotRequired[str | None]
    """The key of its tier."""

    tag_ids: NotRequired[list[TagId]]
    """Its tags."""

    status: NotRequired[PartnerStatus]
    """Whether the record is live."""

    stage: NotRequired[PartnerStage]
    """Where the relationship stands."""

    in_intelligence: NotRequired[bool]
    """Whether it appears in insights and strategy outputs."""

    partner_manager_id: NotRequired[MemberId | None]
    """The member who looks after it."""

    primary_contact_id: NotRequired[ContactId | None]
    """The contact to turn to; a contact of this partner."""

    key_stakeholders: NotRequired[list[KeyStakeholder]]
    """People at the partner who matter."""

    joint_value_proposition: NotRequired[str | None]
    """Why customers buy from both together."""

    executive_summary: NotRequired[str | None]
    """The relationship in a few sentences."""

    pipeline: NotRequired[int]
    """Sum of its approved deals, in minor units."""

    revenue: NotRequired[int]
    """Sum of its won deals, in minor units."""

    product_revenue: NotRequired[int]
    """Sum of its won deals for products, in minor units."""

    active_deals: NotRequired[int]
    """Deals that are submitted, under review or approved."""

    closed_deals: NotRequired[int]
    """Deals that were won."""

    customers: NotRequired[int]
    """Distinct accounts of its won deals."""

    annual_revenue_target: NotRequired[int | None]
    """The target for a year, in minor units."""

    quarterly_weights: NotRequired[QuarterlyWeightsUpdate]
    """How the target spreads over the quarters."""

    external_id: NotRequired[str | None]
    """The integrator's own id; unique within the organization."""


class PasswordChange(TypedDict):
    """A new password, by the token of a reset link or, signed in, by the current password: one of
    the two.
    """

    token: NotRequired[str | None]
    """The token of a reset link."""

    current_password: NotRequired[str | None]
    """The password that holds until now."""

    new_password: str
    """The password that holds from now on; not one of those that are guessed first."""


class PasswordResetRequest(TypedDict):
    """Whose password was forgotten."""

    email: str
    """The e-mail address of the person."""


class PlanItem(TypedDict):
    """One thing that a partner and the organization do together."""

    id: PlanItemId
    """The id."""

    version: int
    """Rises with every change; also the ETag."""

    created_at: Timestamp
    """When it was created."""

    updated_at: Timestamp
    """When it last changed."""

    partner_id: PartnerId
    """The partner."""

    kind: PlanItemKind | str
    """What kind of collaboration it is."""

    title: str
    """What it is called."""

    description: str | None
    """What it is about."""

    status: PlanItemStatus | str
    """How far it has come."""

    quarter: PlanQuarter | str | None
    """The quarter of the fiscal year in which it is planned."""

    owner_id: MemberId | None
    """The member who looks after it."""

    url: str | None
    """Where more is to be read; https."""

    due_on: str | None
    """The day on which it is due."""

    position: int
    """Its place in the plan: items are listed by it."""


class PlanItemCounts(TypedDict):
    """How many items a plan has, by kind."""

    affiliate: int
    """Affiliates."""

    integration: int
    """Integrations."""

    workflow: int
    """Workflows."""


class PlanItemCreate(TypedDict):
    """A new plan item; it comes last."""

    kind: PlanItemKind
    """What kind of collaboration it is."""

    title: str
    """What it is called."""

    description: NotRequired[str | None]
    """What it is about."""

    status: NotRequired[PlanItemStatus]
    """How far it has come."""

    quarter: NotRequired[PlanQuarter | None]
    """The quarter of the fiscal year in which it is planned."""

    owner_id: NotRequired[MemberId | None]
    """The member who looks after it."""

    url: NotRequired[str | None]
    """Where more is to be read; https."""

    due_on: NotRequired[str | None]
    """The day on which it is due."""


class PlanItemPage(TypedDict):
    """One page of PlanItem rows."""

    data: list[PlanItem]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""

    total_count: int | None
    """Exact count of all rows; only with `include=total_count`, else null."""


class PlanItemUpdate(TypedDict):
    """An edit of a plan item: absent keeps, null clears."""

    kind: NotRequired[PlanItemKind]
    """What kind of collaboration it is."""

    title: NotRequired[str]
    """What it is called."""

    description: NotRequired[str | None]
    """What it is about."""

    status: NotRequired[PlanItemStatus]
    """How far it has come."""

    quarter: NotRequired[PlanQuarter | None]
    """The quarter of the fiscal year in which it is planned."""

    owner_id: NotRequired[MemberId | None]
    """The member who looks after it."""

    url: NotRequired[str | None]
    """Where more is to be read; https."""

    due_on: NotRequired[str | None]
    """The day on which it is due."""

    before_id: NotRequired[PlanItemId | None]
    """Moves it in front of this item of the same plan; null moves it to the end."""


class PortfolioAverages(TypedDict):
    """Means over the partners that have a score, with one decimal."""

    fit_score: float | None
    """Of the fit scores."""

    health_score: float | None
    """Of the health scores."""

    scored_count: int
    """Partners with a fit score."""


class PortfolioInsight(TypedDict):
    """What the partners are, and what they come to."""

    currency: str
    """The currency of every amount."""

    partner_count: int
    """Partners that are counted."""

    by_type: list[InsightCount]
    """Partners by type."""

    by_category: list[InsightCount]
    """By category."""

    by_tier: list[InsightCount]
    """By tier, lowest rank first."""

    by_stage: list[InsightCount]
    """By stage."""

    by_status: list[InsightCount]
    """By status."""

    by_region: list[InsightCount]
    """By region of the profile, most partners first; a partner counts once in each of its regions.
    """

    totals: PortfolioTotals
    """Sums."""

    averages: PortfolioAverages
    """Means."""


class PortfolioTotals(TypedDict):
    """Sums over partners, amounts in minor units."""

    pipeline: int
    """Approved deals."""

    revenue: int
    """Won deals."""

    product_revenue: int
    """Won deals for products."""

    annual_revenue_target: int
    """Targets for a year."""

    active_deals: int
    """Open deal registrations."""

    closed_deals: int
    """Won deals."""

    customers: int
    """Customers, each counted once per partner."""


class PrimaryContact(TypedDict):
    """The contact that a new partner starts with."""

    name: str
    """The name."""

    email: NotRequired[str | None]
    """The e-mail address."""

    phone: NotRequired[str | None]
    """The phone number, E.164."""

    title: NotRequired[str | None]
    """The job title."""


class Problem(TypedDict):
    """What went wrong (RFC 9457)."""

    type: str
    """The address that explains the code."""

    title: str
    """What the code means."""

    status: int
    """The HTTP status."""

    detail: str
    """A sentence about this occurrence."""

    instance: str
    """The path of the request."""

    code: str
    """The stable word for programs; new ones may come."""

    request_id: str
    """The id of the request; mention it when you report a problem."""

    meta: dict[str, Any]
    """Facts for programs, by code."""

    errors: list[Fault]
    """Every fault of the request."""


class PublicAnswer(TypedDict):
    """An answer as it is sent."""

    question_id: QuestionId
    """The question."""

    value: AnyValue
    """A text, a number, a date as text, a boolean, the value of an option, or a list of such
    values, as the question asks. Null and the empty text are no answer.
    """


class PublicForm(TypedDict):
    """The form as applicants see it: what a front end needs to render it, and nothing else."""

    title: str
    """The title."""

    intro: str | None
    """What stands above the questions."""

    organization_name: str
    """Whose form it is."""

    logo_url: str | None
    """Where the organization's logo is."""

    form_version: int
    """The version that a submission names."""

    questions: list[PublicQuestion]
    """The questions, in the order in which they are shown."""

    agreements: list[Agreement]
    """What is to be agreed to, in the order in which it is shown."""


class PublicQuestion(TypedDict):
    """A question as applicants see it."""

    id: QuestionId
    """The id, for the answer."""

    type: QuestionType | str
    """What kind of answer it takes."""

    label: str
    """The question."""

    help: str | None
    """Words of help beside it."""

    required: bool
    """Whether it must be answered."""

    options: list[QuestionOption]
    """The answers to choose among, of selects; empty for all others."""

    min: QuestionBound
    """The lowest number, the earliest date, or the least number of chosen options."""

    max: QuestionBound
    """The highest number, the latest date, or the largest number of chosen options."""

    max_length: int | None
    """The longest answer in characters, of texts."""


class PublicSubmission(TypedDict):
    """An application of a prospective partner."""

    form_version: int
    """The `form_version` of the form that was filled in."""

    answers: list[PublicAnswer]
    """The answers, in any order."""

    accepted_agreement_ids: NotRequired[list[AgreementId]]
    """What was agreed to."""

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
    """How the annual target spreads over the quarters, in basis points; together 10000."""

    q1: int
    """Share of quarter 1 in basis points."""

    q2: int
    """Share of quarter 2 in basis points."""

    q3: int
    """Share of quarter 3 in basis points."""

    q4: int
    """Share of quarter 4 in basis points."""


class QuarterlyWeightsUpdate(TypedDict):
    """A change of the quarterly weights: quarters that are absent keep their share. All four must
    add up to 10000 afterwards.
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
    """The id; given by the server, kept when the question is edited or moved."""

    type: QuestionType | str
    """What kind of answer it takes."""

    label: str
    """The question."""

    help: str | None
    """Words of help beside it."""

    required: bool
    """Whether it must be answered."""

    options: list[QuestionOption]
    """The answers to choose among, of selects; empty for all others."""

    min: QuestionBound
    """The lowest number, the earliest date, or the least number of chosen options."""

    max: QuestionBound
    """The highest number, the latest date, or the largest number of chosen options."""

    max_length: int | None
    """The longest answer in characters, of texts: up to 500 for short ones (200 unless given),
    10,000 for long ones (5,000 unless given). A field that the answer feeds may allow less.
    """

    maps_to: FormMapping | str | None
    """What its answer becomes when a submission is accepted."""


class QuestionOption(TypedDict):
    """One answer to choose."""

    value: str
    """What stands in answers; unique within the question."""

    label: str
    """What people read."""


class QuestionUpdate(TypedDict):
    """A question as it is saved: with the id of one that is there, or without for a new one."""

    id: NotRequired[QuestionId]
    """The id; given by the server, kept when the question is edited or moved."""

    type: QuestionType
    """What kind of answer it takes."""

    label: str
    """The question."""

    help: NotRequired[str | None]
    """Words of help beside it."""

    required: NotRequired[bool]
    """Whether it must be answered."""

    options: NotRequired[list[QuestionOption]]
    """The answers to choose among, of selects; empty for all others."""

    min: NotRequired[QuestionBound]
    """The lowest number, the earliest date, or the least number of chosen options."""

    max: NotRequired[QuestionBound]
    """The highest number, the latest date, or the largest number of chosen options."""

    max_length: NotRequired[int | None]
    """The longest answer in characters, of texts: up to 500 for short ones (200 unless given),
    10,000 for long ones (5,000 unless given). A field that the answer feeds may allow less.
    """

    maps_to: NotRequired[FormMapping | None]
    """What its answer becomes when a submission is accepted."""


class Readiness(TypedDict):
    """Whether requests can be answered."""

    status: str
    """`ok` or `unavailable`"""

    checks: list[ReadinessCheck]
    """What was looked at."""


class ReadinessCheck(TypedDict):
    """One thing that requests need."""

    name: str
    """`database`, `migrations`, `queue`, `revocations` or `storage`"""

    status: str
    """`ok` or `unavailable`"""

    duration_ms: float
    """How long the look took, in milliseconds."""


class Registration(TypedDict):
    """A new organization and its first owner."""

    organization_name: str
    """The name of the organization."""

    currency: str
    """The one currency of all amounts, as an ISO 4217 code."""

    name: str
    """The owner's name."""

    email: str
    """The owner's e-mail address."""

    password: str
    """The owner's password; not one of those that are guessed first."""


class RegistrationConfirmation(TypedDict):
    """The confirmation of a registration."""

    token: str
    """The token: the last part of the link in the mail."""

    password: NotRequired[str | None]
    """The password from now on, whatever was typed at the registration. Pages should ask for it:
    only then it is certain that who confirms and who registered are one person. Without it the
    password of the registration stays when the confirmation comes from the network of the
    registration; from elsewhere it does not, and a link to choose a password is mailed.
    """


class SavedView(TypedDict):
    """A saved view, as the caller sees it."""

    id: ViewId
    """The id."""

    version: int
    """Rises with every change; also the ETag."""

    created_at: Timestamp
    """When it was saved."""

    updated_at: Timestamp
    """When it last changed."""

    name: str
    """The name; unique among the views of its owner."""

    object: ViewObject | str
    """What it lists."""

    filter: FilterNode | None
    """Which rows; null for all."""

    q: str | None
    """What to search for."""

    sort: list[str]
    """Fields to sort by, `-` in front for descending; empty for the order of the list."""

    columns: list[str]
    """Fields to show, in this order; empty for the client's own choice."""

    visibility: ViewVisibility | str
    """Who sees it."""

    owner_id: str
    """The member or API key that saved it."""

    is_default: bool
    """Whether it is the caller's default for its object."""

    warnings: list[ViewWarning]
    """What the filter names and no longer exists. It equals nothing: `in` finds by the others,
    `ne` and `not_in` hold.
    """


class SavedViewCreate(TypedDict):
    """A new view."""

    name: str
    """The name; unique among the views of its owner."""

    object: ViewObject
    """What it lists."""

    filter: NotRequired[FilterNode | None]
    """Which rows; null for all."""

    q: NotRequired[str | None]
    """What to search for."""

    sort: NotRequired[list[str]]
    """Fields to sort by, `-` in front for descending; empty for the order of the list."""

    columns: NotRequired[list[str]]
    """Fields to show, in this order; empty for the client's own choice."""

    visibility: NotRequired[ViewVisibility]
    """Who sees it."""


class SavedViewPage(TypedDict):
    """One page of SavedView rows."""

    data: list[SavedView]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""

    total_count: int | None
    """Exact count of all rows; only with `include=total_count`, else null."""


class SavedViewUpdate(TypedDict):
    """An edit of a view: absent keeps, null clears, arrays replace whole."""

    name: NotRequired[str]
    """The name; unique among the views of its owner."""

    object: NotRequired[ViewObject]
    """What it lists."""

    filter: NotRequired[FilterNode | None]
    """Which rows; null for all."""

    q: NotRequired[str | None]
    """What to search for."""

    sort: NotRequired[list[str]]
    """Fields to sort by, `-` in front for descending; empty for the order of the list."""

    columns: NotRequired[list[str]]
    """Fields to show, in this order; empty for the client's own choice."""

    visibility: NotRequired[ViewVisibility]
    """Who sees it."""


class Score(TypedDict):
    """A judgement of a partner, with the evidence. Never changed."""

    id: ScoreId
    """The id."""

    partner_id: PartnerId
    """The partner."""

    created_at: Timestamp
    """When it was made."""

    fit_score: int
    """How well the partner fits the ideal partner profile."""

    health_score: int
    """How well the relationship does."""

    four_c_breakdown: FourCBreakdown
    """The four dimensions of the fit score."""

    key_strengths: list[str]
    """What speaks for the partner, strongest first."""

    ai_summary: str | None
    """The judgement in a few sentences."""

    evidence: list[ScoreEvidence]
    """Why: 50 and the effects of a dimension are together its score."""

    engine: str
    """Who judged: `rules/1` or `model/NAME`."""

    fallback_reason: str | None
    """Why the rules had to step in for the language model."""

    input_hash: str
    """SHA-256 of everything that decided: the same hash is the same judgement."""


class ScoreEvidence(TypedDict):
    """One reason for a score: 50 and the effects of a dimension are together its score."""

    dimension: ScoreDimension | str
    """What it moved."""

    effect: int
    """By how many points. 0: it was looked at and is not known."""

    reason: str
    """Why, in words."""

    field: str | None
    """The field of the partner that it is about, when it is about one."""

    criterion_key: str | None
    """The criterion of the ideal partner profile, when it is one."""


class ScorePage(TypedDict):
    """One page of Score rows."""

    data: list[Score]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""

    total_count: int | None
    """Exact count of all rows; only with `include=total_count`, else null."""


class ScoreRefreshRequest(TypedDict):
    """Which partners to judge anew, and how. Exactly one of `partner_ids`, `filter` and `view_id`.
    """

    partner_ids: NotRequired[list[PartnerId] | None]
    """These partners."""

    filter: NotRequired[FilterNode | None]
    """The partners that it finds."""

    view_id: NotRequired[ViewId | None]
    """The partners that a saved view finds."""

    engine: NotRequired[ScoreEngine | None]
    """Who judges; absent: the language model where there is one, else the rules."""

    force: NotRequired[bool | None]
    """Also partners of whom nothing has changed since they were judged. Absent: true for
    `partner_ids`, else false.
    """

    dry_run: NotRequired[bool]
    """Only tell what the rules would say."""


class ServerVersion(TypedDict):
    """What this server is."""

    version: str
    """The version of the server."""

    commit: str
    """The commit that it was built from."""

    built_at: str
    """When it was built."""

    contract: str
    """The version of the API, which its paths begin with."""


class Session(TypedDict):
    """One sign-in on one device."""

    id: SessionId
    """The id."""

    user_agent: str
    """The program that signed in, as it named itself."""

    ip: str
    """The address that signed in."""

    created_at: Timestamp
    """When it signed in."""

    last_seen_at: Timestamp
    """When it last renewed its access token."""

    expires_at: Timestamp
    """When it ends unless it is used before."""

    current: bool
    """Whether this very request belongs to it."""


class SessionPage(TypedDict):
    """One page of Session rows."""

    data: list[Session]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""

    total_count: int | None
    """Exact count of all rows; only with `include=total_count`, else null."""


class SignIn(TypedDict):
    """An e-mail address and its password."""

    email: str
    """The e-mail address."""

    password: str
    """The password."""


class SlackConnection(TypedDict):
    """How to connect."""

    bot_token: str
    """The token of a bot of the workspace, with the scopes `chat:write`, `channels:read`,
    `groups:read` and `users:read`. It is tried out, kept encrypted, and never shown again.
    """


class SlackIntegration(TypedDict):
    """Whether the organization is connected to a workspace of Slack. The token is never shown."""

    connected: bool
    """Whether there is a connection."""

    workspace: str | None
    """The name of the workspace."""

    connected_at: Timestamp | None
    """Since when."""


class SlackTarget(TypedDict):
    """A channel or a person that messages can be sent to."""

    id: str
    """The id in Slack."""

    kind: SlackTargetKind | str
    """What it is."""

    name: str
    """What it is called."""


class SlackTargetPage(TypedDict):
    """One page of SlackTarget rows."""

    data: list[SlackTarget]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""

    total_count: int | None
    """Exact count of all rows; only with `include=total_count`, else null."""


class StrengthRow(TypedDict):
    """A strength and who has it."""

    label: str
    """What it is called, in its most frequent spelling."""

    partner_count: int
    """Partners that have it."""

    average_fit: float | None
    """The mean of their fit scores, with one decimal."""


class StrengthsInsight(TypedDict):
    """The strengths of the partners, those of most partners first; at most 100."""

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
    """Rises with every change; also the ETag."""

    created_at: Timestamp
    """When it was created."""

    updated_at: Timestamp
    """When it last changed."""

    form_version: int
    """The version of the form that was filled in."""

    status: SubmissionStatus | str
    """Where its review stands."""

    answers: list[SubmissionAnswer]
    """The answers, in the order of the questions; those not given are not listed."""

    agreements: list[SubmissionAgreement]
    """What the applicant agreed to."""

    applicant: Applicant
    """Who applied, out of the answers."""

    notes: str | None
    """What colleagues should know."""

    reviewer_id: MemberId | None
    """The member who reviews it."""

    reviewed_at: Timestamp | None
    """When it was accepted, rejected or found to be spam."""

    partner_id: PartnerId | None
    """The partner that it became."""

    duplicate_partner_id: PartnerId | None
    """Another partner with the same domain."""

    submitted_at: Timestamp
    """When it was sent."""


class SubmissionAcceptance(TypedDict):
    """The reviewer's word on what becomes of a submission."""

    data: NotRequired[PartnerUpdate | None]
    """Values that the reviewer decides on, in place of what was answered."""

    partner_id: NotRequired[PartnerId | None]
    """The partner that the answers fill in; absent for a new one."""


class SubmissionAgreement(TypedDict):
    """Something that the applicant agreed to."""

    id: AgreementId
    """The agreement."""

    text_sha256: str
    """SHA-256 of its text as it was shown, in hexadecimal; the text stands in the form's version.
    """

    accepted_at: Timestamp
    """When."""


class SubmissionAnswer(TypedDict):
    """An answer as it was given, with the question as it was asked."""

    question_id: QuestionId
    """The question."""

    label: str
    """What was asked."""

    type: QuestionType | str
    """What kind of answer was asked for."""

    value: AnyValue
    """The answer: of selects the value of an option, or a list of such values."""

    maps_to: FormMapping | str | None
    """What it becomes when the submission is accepted."""


class SubmissionPage(TypedDict):
    """One page of Submission rows."""

    data: list[Submission]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""

    total_count: int | None
    """Exact count of all rows; only with `include=total_count`, else null."""


class SubmissionReceipt(TypedDict):
    """What an applicant gets: the same for the same application within a day."""

    receipt: str
    """A word to refer to when asking about it."""


class SubmissionUpdate(TypedDict):
    """A review of a submission: absent keeps, null clears."""

    status: NotRequired[SubmissionStatus]
    """Where its review stands."""

    notes: NotRequired[str | None]
    """What colleagues should know."""

    reviewer_id: NotRequired[MemberId | None]
    """The member who reviews it."""


class Tag(TypedDict):
    """A label for partners."""

    id: TagId
    """The id."""

    version: int
    """Rises with every change; also the ETag."""

    created_at: Timestamp
    """When it was created."""

    updated_at: Timestamp
    """When it last changed."""

    category: TagCategory | str
    """What it is about; fixed."""

    name: str
    """The label; unique per category ignoring case."""

    color: str | None
    """Its colour, `#rrggbb`."""

    partner_count: int
    """How many partners have it."""


class TagCreate(TypedDict):
    """A new tag."""

    category: TagCategory
    """What it is about; fixed."""

    name: str
    """The label; unique per category ignoring case."""

    color: NotRequired[str | None]
    """Its colour, `#rrggbb`."""


class TagPage(TypedDict):
    """One page of Tag rows."""

    data: list[Tag]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""

    total_count: int | None
    """Exact count of all rows; only with `include=total_count`, else null."""


class TagUpdate(TypedDict):
    """An edit of a tag: absent keeps, null clears."""

    name: NotRequired[str]
    """The label; unique per category ignoring case."""

    color: NotRequired[str | None]
    """Its colour, `#rrggbb`."""


class Tier(TypedDict):
    """A rung of the program."""

    id: TierId
    """The id."""

    version: int
    """Rises with every change; also the ETag."""

    created_at: Timestamp
    """When it was created."""

    updated_at: Timestamp
    """When it last changed."""

    key: str
    """The word that partners carry as their `tier`; fixed."""

    name: str
    """The name for people."""

    rank: int
    """Its place, unique; higher is better."""

    description: str | None
    """What it means."""

    requirement: FilterNode | None
    """What a partner must fulfil; null: only by hand, or as the default."""

    is_default: bool
    """Whether partners get it who fulfil no requirement; exactly one tier is the default."""

    color: str | None
    """Its colour, `#rrggbb`."""

    partner_count: int
    """How many partners have it."""


class TierAssessment(TypedDict):
    """Where a partner stands among the tiers."""

    partner_id: PartnerId
    """The partner."""

    tier: str | None
    """The tier that it has."""

    tier_source: TierSource | str
    """Who decided on it."""

    automatic_tier: str | None
    """What the rules give now."""

    at_risk_since: Timestamp | None
    """Since when the rules give less than the tier held."""

    demotion_on: str | None
    """The first day on which it falls, in the organization's time zone."""

    present: TierCheck | None
    """The tier that it has."""

    next: TierCheck | None
    """The next higher tier that has a requirement."""


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
"""A change of a partner's tier. Never changed, kept for ever."""


class TierChangePage(TypedDict):
    """One page of TierChange rows."""

    data: list[TierChange]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""

    total_count: int | None
    """Exact count of all rows; only with `include=total_count`, else null."""


class TierCheck(TypedDict):
    """The requirement of a tier, held against a partner."""

    tier: str
    """The key of the tier."""

    met: bool
    """Whether the whole requirement holds; one that there is not holds."""

    leaves: list[TierLeaf]
    """Its conditions one by one."""


class TierCreate(TypedDict):
    """A new tier."""

    key: str
    """The word that partners carry as their `tier`; fixed."""

    name: str
    """The name for people."""

    rank: int
    """Its place, unique; higher is better."""

    description: NotRequired[str | None]
    """What it means."""

    requirement: NotRequired[FilterNode | None]
    """What a partner must fulfil; null: only by hand, or as the default."""

    is_default: NotRequired[bool]
    """Whether partners get it who fulfil no requirement; exactly one tier is the default."""

    color: NotRequired[str | None]
    """Its colour, `#rrggbb`."""


class TierEvaluationRequest(TypedDict):
    """Which partners to evaluate: those selected in one way, or all."""

    partner_ids: NotRequired[list[PartnerId] | None]
    """These partners."""

    filter: NotRequired[FilterNode | None]
    """The partners that it finds."""

    view_id: NotRequired[ViewId | None]
    """The partners that a saved view finds."""

    dry_run: NotRequired[bool]
    """Only tell what would change."""


class TierLeaf(TypedDict):
    """One condition of a requirement, held against a partner."""

    pointer: str
    """Where it stands in the requirement, a JSON Pointer fragment."""

    op: str
    """How it compares."""

    field: str
    """The field that it looks at."""

    actual: AnyValue
    """The partner's value."""

    needed: AnyValue
    """What it is compared with."""

    met: bool
    """Whether this condition alone holds."""

    gap: int | None
    """How far the value is from the bound: 0 when the condition holds, null when the value is
    unknown or no number.
    """


class TierPage(TypedDict):
    """One page of Tier rows."""

    data: list[Tier]
    """The rows of this page."""

    next_cursor: str | None
    """Send it as `cursor` for the next page; null on the last one."""

    total_count: int | None
    """Exact count of all rows; only with `include=total_count`, else null."""


class TierPolicy(TypedDict):
    """When and how tiers are evaluated."""

    version: int
    """Rises with every change; also the ETag."""

    created_at: Timestamp
    """When it was created."""

    updated_at: Timestamp
    """When it last changed."""

    mode: TierMode | str
    """Who decides on tiers."""

    evaluate_on: list[TierTrigger | str]
    """What makes a partner be evaluated."""

    demotion_grace_days: int
    """For so many days a partner keeps a tier that the rules would take away."""

    evaluated_at: Timestamp | None
    """When all partners were evaluated last."""


class TierPolicyUpdate(TypedDict):
    """The new policy: what is absent stays."""

    mode: NotRequired[TierMode]
    """Who decides on tiers."""

    evaluate_on: NotRequired[list[TierTrigger]]
    """What makes a partner be evaluated."""

    demotion_grace_days: NotRequired[int]
    """For so many days a partner keeps a tier that the rules would take away."""


class TierUpdate(TypedDict):
    """An edit of a tier: absent keeps, null clears."""

    name: NotRequired[str]
    """The name for people."""

    rank: NotRequired[int]
    """Its place, unique; higher is better."""

    description: NotRequired[str | None]
    """What it means."""

    requirement: NotRequired[FilterNode | None]
    """What a partner must fulfil; null: only by hand, or as the default."""

    is_default: NotRequired[bool]
    """Whether partners get it who fulfil no requirement; exactly one tier is the default."""

    color: NotRequired[str | None]
    """Its colour, `#rrggbb`."""


class TokenGrant(TypedDict):
    """What a sign-in answers; the refresh token is in the cookie `__Host-prm_refresh`."""

    access_token: str
    """Send it as `Authorization: Bearer ...`."""

    token_type: str
    """Always `Bearer`."""

    expires_in: int
    """For how many seconds the access token is good."""

    session_id: SessionId
    """The session that was opened or continued."""

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
    """Whether notifications come by mail too."""


class ViewWarning(TypedDict):
    """Something that a view names and that is gone."""

    pointer: str
    """Where it stands in the view."""

    code: str
    """`not_found_reference`."""


class EventFilters(TypedDict, total=False):
    """Conditions as parameters of a list; all of them must be met."""

    sequence: Sequence[int]
    """Sequence is one of these values."""

    sequence_gt: int
    """Sequence is more than this."""

    sequence_gte: int
    """Sequence is at least this."""

    sequence_lt: int
    """Sequence is less than this."""

    sequence_lte: int
    """Sequence is at most this."""

    type: Sequence[str]
    """Type is one of these values."""

    type_not: Sequence[str]
    """Type is none of these values, or is empty."""

    subject_id: Sequence[str]
    """Subject is one of these values."""

    subject_id_not: Sequence[str]
    """Subject is none of these values, or is empty."""

    actor_id: Sequence[str]
    """Actor is one of these values."""

    actor_id_not: Sequence[str]
    """Actor is none of these values, or is empty."""

    actor_id_null: bool
    """Actor is empty (`true`) or is not empty (`false`)."""

    timestamp_gt: str
    """Time is more than this. A time, a day, or a duration from now."""

    timestamp_gte: str
    """Time is at least this. A time, a day, or a duration from now."""

    timestamp_lt: str
    """Time is less than this. A time, a day, or a duration from now."""

    timestamp_lte: str
    """Time is at most this. A time, a day, or a duration from now."""

    types: Sequence[str]
    """Only events of these types."""


class PartnerFilters(TypedDict, total=False):
    """Conditions as parameters of a list; all of them must be met."""

    id: Sequence[PartnerId]
    """ID is one of these values."""

    name: Sequence[str]
    """Name is one of these values."""

    name_not: Sequence[str]
    """Name is none of these values, or is empty."""

    name_contains: str
    """Name contains this text, ignoring case."""

    name_starts_with: str
    """Name starts with this text, ignoring case."""

    domain: Sequence[str]
    """Domain is one of these values."""

    domain_not: Sequence[str]
    """Domain is none of these values, or is empty."""

    domain_contains: str
    """Domain contains this text, ignoring case."""

    domain_starts_with: str
    """Domain starts with this text, ignoring case."""

    domain_null: bool
    """Domain is empty (`true`) or is not empty (`false`)."""

    industry: Sequence[str]
    """Industry is one of these values."""

    industry_not: Sequence[str]
    """Industry is none of these values, or is empty."""

    industry_contains: str
    """Industry contains this text, ignoring case."""

    industry_starts_with: str
    """Industry starts with this text, ignoring case."""

    industry_null: bool
    """Industry is empty (`true`) or is not empty (`false`)."""

    employees: Sequence[int]
    """Employees is one of these values."""

    employees_gt: int
    """Employees is more than this."""

    employees_gte: int
    """Employees is at least this."""

    employees_lt: int
    """Employees is less than this."""

    employees_lte: int
    """Employees is at most this."""

    employees_null: bool
    """Employees is empty (`true`) or is not empty (`false`)."""

    company_revenue: Sequence[int]
    """Company revenue is one of these values."""

    company_revenue_gt: int
    """Company revenue is more than this."""

    company_revenue_gte: int
    """Company revenue is at least this."""

    company_revenue_lt: int
    """Company revenue is less than this."""

    company_revenue_lte: int
    """Company revenue is at most this."""

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
    """Type is none of these values, or is empty."""

    subtype: Sequence[str]
    """Subtype is one of these values."""

    subtype_not: Sequence[str]
    """Subtype is none of these values, or is empty."""

    subtype_contains: str
    """Subtype contains this text, ignoring case."""

    subtype_starts_with: str
    """Subtype starts with this text, ignoring case."""

    subtype_null: bool
    """Subtype is empty (`true`) or is not empty (`false`)."""

    category: Sequence[PartnerCategory]
    """Category is one of these values."""

    category_not: Sequence[PartnerCategory]
    """Category is none of these values, or is empty."""

    category_null: bool
    """Category is empty (`true`) or is not empty (`false`)."""

    tier: Sequence[str]
    """Tier is one of these values."""

    tier_not: Sequence[str]
    """Tier is none of these values, or is empty."""

    tier_gt: str
    """Tier is more than this."""

    tier_gte: str
    """Tier is at least this."""

    tier_lt: str
    """Tier is less than this."""

    tier_lte: str
    """Tier is at most this."""

    tier_null: bool
    """Tier is empty (`true`) or is not empty (`false`)."""

    tier_source: Sequence[TierSource]
    """Tier source is one of these values."""

    tier_source_not: Sequence[TierSource]
    """Tier source is none of these values, or is empty."""

    tier_changed_at_gt: str
    """Tier changed is more than this. A time, a day, or a duration from now."""

    tier_changed_at_gte: str
    """Tier changed is at least this. A time, a day, or a duration from now."""

    tier_changed_at_lt: str
    """Tier changed is less than this. A time, a day, or a duration from now."""

    tier_changed_at_lte: str
    """Tier changed is at most this. A time, a day, or a duration from now."""

    tier_changed_at_null: bool
    """Tier changed is empty (`true`) or is not empty (`false`)."""

    tier_at_risk_since_gt: str
    """Tier at risk since is more than this. A time, a day, or a duration from now."""

    tier_at_risk_since_gte: str
    """Tier at risk since is at least this. A time, a day, or a duration from now."""

    tier_at_risk_since_lt: str
    """Tier at risk since is less than this. A time, a day, or a duration from now."""

    tier_at_risk_since_lte: str
    """Tier at risk since is at most this. A time, a day, or a duration from now."""

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
    """Status is none of these values, or is empty."""

    stage: Sequence[PartnerStage]
    """Stage is one of these values."""

    stage_not: Sequence[PartnerStage]
    """Stage is none of these values, or is empty."""

    stage_changed_at_gt: str
    """Stage changed is more than this. A time, a day, or a duration from now."""

    stage_changed_at_gte: str
    """Stage changed is at least this. A time, a day, or a duration from now."""

    stage_changed_at_lt: str
    """Stage changed is less than this. A time, a day, or a duration from now."""

    stage_changed_at_lte: str
    """Stage changed is at most this. A time, a day, or a duration from now."""

    in_intelligence: bool
    """Appears in intelligence: yes or no."""

    partner_manager_id: Sequence[MemberId]
    """Partner manager is one of these values."""

    partner_manager_id_not: Sequence[MemberId]
    """Partner manager is none of these values, or is empty."""

    partner_manager_id_null: bool
    """Partner manager is empty (`true`) or is not empty (`false`)."""

    primary_contact_id: Sequence[ContactId]
    """Primary contact is one of these values."""

    primary_contact_id_not: Sequence[ContactId]
    """Primary contact is none of these values, or is empty."""

    primary_contact_id_null: bool
    """Primary contact is empty (`true`) or is not empty (`false`)."""

    pipeline: Sequence[int]
    """Pipeline is one of these values."""

    pipeline_gt: int
    """Pipeline is more than this."""

    pipeline_gte: int
    """Pipeline is at least this."""

    pipeline_lt: int
    """Pipeline is less than this."""

    pipeline_lte: int
    """Pipeline is at most this."""

    revenue: Sequence[int]
    """Revenue is one of these values."""

    revenue_gt: int
    """Revenue is more than this."""

    revenue_gte: int
    """Revenue is at least this."""

    revenue_lt: int
    """Revenue is less than this."""

    revenue_lte: int
    """Revenue is at most this."""

    product_revenue: Sequence[int]
    """Product revenue is one of these values."""

    product_revenue_gt: int
    """Product revenue is more than this."""

    product_revenue_gte: int
    """Product revenue is at least this."""

    product_revenue_lt: int
    """Product revenue is less than this."""

    product_revenue_lte: int
    """Product revenue is at most this."""

    active_deals: Sequence[int]
    """Active deals is one of these values."""

    active_deals_gt: int
    """Active deals is more than this."""

    active_deals_gte: int
    """Active deals is at least this."""

    active_deals_lt: int
    """Active deals is less than this."""

    active_deals_lte: int
    """Active deals is at most this."""

    closed_deals: Sequence[int]
    """Closed deals is one of these values."""

    closed_deals_gt: int
    """Closed deals is more than this."""

    closed_deals_gte: int
    """Closed deals is at least this."""

    closed_deals_lt: int
    """Closed deals is less than this."""

    closed_deals_lte: int
    """Closed deals is at most this."""

    customers: Sequence[int]
    """Customers is one of these values."""

    customers_gt: int
    """Customers is more than this."""

    customers_gte: int
    """Customers is at least this."""

    customers_lt: int
    """Customers is less than this."""

    customers_lte: int
    """Customers is at most this."""

    annual_revenue_target: Sequence[int]
    """Annual revenue target is one of these values."""

    annual_revenue_target_gt: int
    """Annual revenue target is more than this."""

    annual_revenue_target_gte: int
    """Annual revenue target is at least this."""

    annual_revenue_target_lt: int
    """Annual revenue target is less than this."""

    annual_revenue_target_lte: int
    """Annual revenue target is at most this."""

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
    """Scored is more than this. A time, a day, or a duration from now."""

    scored_at_gte: str
    """Scored is at least this. A time, a day, or a duration from now."""

    scored_at_lt: str
    """Scored is less than this. A time, a day, or a duration from now."""

    scored_at_lte: str
    """Scored is at most this. A time, a day, or a duration from now."""

    scored_at_null: bool
    """Scored is empty (`true`) or is not empty (`false`)."""

    scores_stale: bool
    """Scores stale: yes or no."""

    external_id: Sequence[str]
    """External ID is one of these values."""

    external_id_not: Sequence[str]
    """External ID is none of these values, or is empty."""

    external_id_contains: str
    """External ID contains this text, ignoring case."""

    external_id_starts_with: str
    """External ID starts with this text, ignoring case."""

    created_via: Sequence[PartnerCreatedVia]
    """Created via is one of these values."""

    created_via_not: Sequence[PartnerCreatedVia]
    """Created via is none of these values, or is empty."""

    overridden_fields: Sequence[str]
    """Overridden fields contains at least one of these values."""

    overridden_fields_all: Sequence[str]
    """Overridden fields contains all of these values."""

    overridden_fields_none: Sequence[str]
    """Overridden fields contains none of these values."""


class ListApiKeysQuery(TypedDict, total=False):
    """The parameters of `list_api_keys`."""

    sort: Sequence[str]
    """Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
    answered with those that are.
    """

    limit: int
    """Rows of a page; 50 unless given."""

    cursor: str
    """`next_cursor` of the page before."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    id: Sequence[ApiKeyId]
    """ID is one of these values."""

    name: Sequence[str]
    """Name is one of these values."""

    name_not: Sequence[str]
    """Name is none of these values, or is empty."""

    name_contains: str
    """Name contains this text, ignoring case."""

    name_starts_with: str
    """Name starts with this text, ignoring case."""

    default_write_mode: Sequence[WriteMode]
    """Write mode is one of these values."""

    default_write_mode_not: Sequence[WriteMode]
    """Write mode is none of these values, or is empty."""

    created_at_gt: str
    """Created is more than this. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this. A time, a day, or a duration from now."""

    expires_at_gt: str
    """Expires is more than this. A time, a day, or a duration from now."""

    expires_at_gte: str
    """Expires is at least this. A time, a day, or a duration from now."""

    expires_at_lt: str
    """Expires is less than this. A time, a day, or a duration from now."""

    expires_at_lte: str
    """Expires is at most this. A time, a day, or a duration from now."""

    expires_at_null: bool
    """Expires is empty (`true`) or is not empty (`false`)."""

    last_used_at_gt: str
    """Last used is more than this. A time, a day, or a duration from now."""

    last_used_at_gte: str
    """Last used is at least this. A time, a day, or a duration from now."""

    last_used_at_lt: str
    """Last used is less than this. A time, a day, or a duration from now."""

    last_used_at_lte: str
    """Last used is at most this. A time, a day, or a duration from now."""

    last_used_at_null: bool
    """Last used is empty (`true`) or is not empty (`false`)."""

    revoked_at_gt: str
    """Revoked is more than this. A time, a day, or a duration from now."""

    revoked_at_gte: str
    """Revoked is at least this. A time, a day, or a duration from now."""

    revoked_at_lt: str
    """Revoked is less than this. A time, a day, or a duration from now."""

    revoked_at_lte: str
    """Revoked is at most this. A time, a day, or a duration from now."""

    revoked_at_null: bool
    """Revoked is empty (`true`) or is not empty (`false`)."""


class ListSubmissionsQuery(TypedDict, total=False):
    """The parameters of `list_submissions`."""

    q: str
    """What to search for: prefixes, parts of words, with typing errors."""

    sort: Sequence[str]
    """Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
    answered with those that are.
    """

    limit: int
    """Rows of a page; 50 unless given."""

    cursor: str
    """`next_cursor` of the page before."""

    include: Sequence[ListInclude]
    """`total_count` counts all rows; `deleted` adds deleted ones (a search finds live ones only).
    """

    status: Sequence[SubmissionStatus]
    """Status is one of these values."""

    status_not: Sequence[SubmissionStatus]
    """Status is none of these values, or is empty."""

    reviewer_id: Sequence[MemberId]
    """Reviewer is one of these values."""

    reviewer_id_not: Sequence[MemberId]
    """Reviewer is none of these values, or is empty."""

    reviewer_id_null: bool
    """Reviewer is empty (`true`) or is not empty (`false`)."""

    form_version: Sequence[int]
    """Form version is one of these values."""

    form_version_gt: int
    """Form version is more than this."""

    form_version_gte: int
    """Form version is at least this."""

    form_version_lt: int
    """Form version is less than this."""

    form_version_lte: int
    """Form version is at most this."""

    partner_id: Sequence[PartnerId]
    """Partner is one of these values."""

    partner_id_not: Sequence[PartnerId]
    """Partner is none of these values, or is empty."""

    partner_id_null: bool
    """Partner is empty (`true`) or is not empty (`false`)."""

    submitted_at_gt: str
    """Submitted is more than this. A time, a day, or a duration from now."""

    submitted_at_gte: str
    """Submitted is at least this. A time, a day, or a duration from now."""

    submitted_at_lt: str
    """Submitted is less than this. A time, a day, or a duration from now."""

    submitted_at_lte: str
    """Submitted is at most this. A time, a day, or a duration from now."""

    reviewed_at_gt: str
    """Reviewed is more than this. A time, a day, or a duration from now."""

    reviewed_at_gte: str
    """Reviewed is at least this. A time, a day, or a duration from now."""

    reviewed_at_lt: str
    """Reviewed is less than this. A time, a day, or a duration from now."""

    reviewed_at_lte: str
    """Reviewed is at most this. A time, a day, or a duration from now."""

    reviewed_at_null: bool
    """Reviewed is empty (`true`) or is not empty (`false`)."""

    created_at_gt: str
    """Created is more than this. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is more than this. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this. A time, a day, or a duration from now."""


class ListSessionsQuery(TypedDict, total=False):
    """The parameters of `list_sessions`."""

    sort: Sequence[str]
    """Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
    answered with those that are.
    """

    limit: int
    """Rows of a page; 50 unless given."""

    cursor: str
    """`next_cursor` of the page before."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    id: Sequence[SessionId]
    """ID is one of these values."""

    user_agent: Sequence[str]
    """Program is one of these values."""

    user_agent_not: Sequence[str]
    """Program is none of these values, or is empty."""

    user_agent_contains: str
    """Program contains this text, ignoring case."""

    user_agent_starts_with: str
    """Program starts with this text, ignoring case."""

    ip: Sequence[str]
    """Address is one of these values."""

    ip_not: Sequence[str]
    """Address is none of these values, or is empty."""

    ip_contains: str
    """Address contains this text, ignoring case."""

    ip_starts_with: str
    """Address starts with this text, ignoring case."""

    created_at_gt: str
    """Created is more than this. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this. A time, a day, or a duration from now."""

    last_seen_at_gt: str
    """Last seen is more than this. A time, a day, or a duration from now."""

    last_seen_at_gte: str
    """Last seen is at least this. A time, a day, or a duration from now."""

    last_seen_at_lt: str
    """Last seen is less than this. A time, a day, or a duration from now."""

    last_seen_at_lte: str
    """Last seen is at most this. A time, a day, or a duration from now."""

    expires_at_gt: str
    """Expires is more than this. A time, a day, or a duration from now."""

    expires_at_gte: str
    """Expires is at least this. A time, a day, or a duration from now."""

    expires_at_lt: str
    """Expires is less than this. A time, a day, or a duration from now."""

    expires_at_lte: str
    """Expires is at most this. A time, a day, or a duration from now."""


class ListContactsQuery(TypedDict, total=False):
    """The parameters of `list_contacts`."""

    q: str
    """What to search for: prefixes, parts of words, with typing errors."""

    sort: Sequence[str]
    """Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
    answered with those that are.
    """

    limit: int
    """Rows of a page; 50 unless given."""

    cursor: str
    """`next_cursor` of the page before."""

    include: Sequence[ListInclude]
    """`total_count` counts all rows; `deleted` adds deleted ones (a search finds live ones only).
    """

    view_id: ViewId
    """A saved view whose filter and search are ANDed with the others; its sort holds unless `sort`
    is given.
    """

    changed_after: int
    """Only rows whose last change has a higher event `sequence` than this, in the order of their
    changes: send the `last_sequence` of an earlier walk, or 0 for all. Conditions apply; `sort`
    and `q` cannot be combined with it. With `include=deleted` rows that were deleted come as
    well, and `erased_ids` names those that are gone for good.
    """

    id: Sequence[ContactId]
    """ID is one of these values."""

    partner_id: Sequence[PartnerId]
    """Partner is one of these values."""

    partner_id_not: Sequence[PartnerId]
    """Partner is none of these values, or is empty."""

    name: Sequence[str]
    """Name is one of these values."""

    name_not: Sequence[str]
    """Name is none of these values, or is empty."""

    name_contains: str
    """Name contains this text, ignoring case."""

    name_starts_with: str
    """Name starts with this text, ignoring case."""

    email: Sequence[str]
    """E-mail is one of these values."""

    email_not: Sequence[str]
    """E-mail is none of these values, or is empty."""

    email_contains: str
    """E-mail contains this text, ignoring case."""

    email_starts_with: str
    """E-mail starts with this text, ignoring case."""

    email_null: bool
    """E-mail is empty (`true`) or is not empty (`false`)."""

    phone: Sequence[str]
    """Phone is one of these values."""

    phone_not: Sequence[str]
    """Phone is none of these values, or is empty."""

    phone_contains: str
    """Phone contains this text, ignoring case."""

    phone_starts_with: str
    """Phone starts with this text, ignoring case."""

    phone_null: bool
    """Phone is empty (`true`) or is not empty (`false`)."""

    title: Sequence[str]
    """Title is one of these values."""

    title_not: Sequence[str]
    """Title is none of these values, or is empty."""

    title_contains: str
    """Title contains this text, ignoring case."""

    title_starts_with: str
    """Title starts with this text, ignoring case."""

    title_null: bool
    """Title is empty (`true`) or is not empty (`false`)."""

    is_primary: bool
    """Primary contact: yes or no."""

    created_at_gt: str
    """Created is more than this. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is more than this. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this. A time, a day, or a duration from now."""


class ListDealsQuery(TypedDict, total=False):
    """The parameters of `list_deals`."""

    q: str
    """What to search for: prefixes, parts of words, with typing errors."""

    sort: Sequence[str]
    """Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
    answered with those that are.
    """

    limit: int
    """Rows of a page; 50 unless given."""

    cursor: str
    """`next_cursor` of the page before."""

    include: Sequence[ListInclude]
    """`total_count` counts all rows; `deleted` adds deleted ones (a search finds live ones only).
    """

    view_id: ViewId
    """A saved view whose filter and search are ANDed with the others; its sort holds unless `sort`
    is given.
    """

    changed_after: int
    """Only rows whose last change has a higher event `sequence` than this, in the order of their
    changes: send the `last_sequence` of an earlier walk, or 0 for all. Conditions apply; `sort`
    and `q` cannot be combined with it. With `include=deleted` rows that were deleted come as
    well, and `erased_ids` names those that are gone for good.
    """

    id: Sequence[DealId]
    """ID is one of these values."""

    name: Sequence[str]
    """Name is one of these values."""

    name_not: Sequence[str]
    """Name is none of these values, or is empty."""

    name_contains: str
    """Name contains this text, ignoring case."""

    name_starts_with: str
    """Name starts with this text, ignoring case."""

    partner_id: Sequence[PartnerId]
    """Partner is one of these values."""

    partner_id_not: Sequence[PartnerId]
    """Partner is none of these values, or is empty."""

    account_name: Sequence[str]
    """Account is one of these values."""

    account_name_not: Sequence[str]
    """Account is none of these values, or is empty."""

    account_name_contains: str
    """Account contains this text, ignoring case."""

    account_name_starts_with: str
    """Account starts with this text, ignoring case."""

    account_domain: Sequence[str]
    """Account domain is one of these values."""

    account_domain_not: Sequence[str]
    """Account domain is none of these values, or is empty."""

    account_domain_contains: str
    """Account domain contains this text, ignoring case."""

    account_domain_starts_with: str
    """Account domain starts with this text, ignoring case."""

    account_domain_null: bool
    """Account domain is empty (`true`) or is not empty (`false`)."""

    status: Sequence[DealStatus]
    """Status is one of these values."""

    status_not: Sequence[DealStatus]
    """Status is none of these values, or is empty."""

    stage: Sequence[str]
    """Stage is one of these values."""

    stage_not: Sequence[str]
    """Stage is none of these values, or is empty."""

    stage_contains: str
    """Stage contains this text, ignoring case."""

    stage_starts_with: str
    """Stage starts with this text, ignoring case."""

    stage_null: bool
    """Stage is empty (`true`) or is not empty (`false`)."""

    motion: Sequence[DealMotion]
    """Motion is one of these values."""

    motion_not: Sequence[DealMotion]
    """Motion is none of these values, or is empty."""

    value: Sequence[int]
    """Value is one of these values."""

    value_gt: int
    """Value is more than this."""

    value_gte: int
    """Value is at least this."""

    value_lt: int
    """Value is less than this."""

    value_lte: int
    """Value is at most this."""

    registered_on_gt: str
    """Registered is more than this. A day, or a duration from now."""

    registered_on_gte: str
    """Registered is at least this. A day, or a duration from now."""

    registered_on_lt: str
    """Registered is less than this. A day, or a duration from now."""

    registered_on_lte: str
    """Registered is at most this. A day, or a duration from now."""

    expected_close_on_gt: str
    """Expected close is more than this. A day, or a duration from now."""

    expected_close_on_gte: str
    """Expected close is at least this. A day, or a duration from now."""

    expected_close_on_lt: str
    """Expected close is less than this. A day, or a duration from now."""

    expected_close_on_lte: str
    """Expected close is at most this. A day, or a duration from now."""

    expected_close_on_null: bool
    """Expected close is empty (`true`) or is not empty (`false`)."""

    expires_on_gt: str
    """Expires is more than this. A day, or a duration from now."""

    expires_on_gte: str
    """Expires is at least this. A day, or a duration from now."""

    expires_on_lt: str
    """Expires is less than this. A day, or a duration from now."""

    expires_on_lte: str
    """Expires is at most this. A day, or a duration from now."""

    expires_on_null: bool
    """Expires is empty (`true`) or is not empty (`false`)."""

    closed_on_gt: str
    """Closed is more than this. A day, or a duration from now."""

    closed_on_gte: str
    """Closed is at least this. A day, or a duration from now."""

    closed_on_lt: str
    """Closed is less than this. A day, or a duration from now."""

    closed_on_lte: str
    """Closed is at most this. A day, or a duration from now."""

    closed_on_null: bool
    """Closed is empty (`true`) or is not empty (`false`)."""

    decided_by_null: bool
    """Decided by is empty (`true`) or is not empty (`false`)."""

    decided_at_gt: str
    """Decided is more than this. A time, a day, or a duration from now."""

    decided_at_gte: str
    """Decided is at least this. A time, a day, or a duration from now."""

    decided_at_lt: str
    """Decided is less than this. A time, a day, or a duration from now."""

    decided_at_lte: str
    """Decided is at most this. A time, a day, or a duration from now."""

    decided_at_null: bool
    """Decided is empty (`true`) or is not empty (`false`)."""

    owner_id: Sequence[MemberId]
    """Owner is one of these values."""

    owner_id_not: Sequence[MemberId]
    """Owner is none of these values, or is empty."""

    owner_id_null: bool
    """Owner is empty (`true`) or is not empty (`false`)."""

    external_id: Sequence[str]
    """External ID is one of these values."""

    external_id_not: Sequence[str]
    """External ID is none of these values, or is empty."""

    external_id_contains: str
    """External ID contains this text, ignoring case."""

    external_id_starts_with: str
    """External ID starts with this text, ignoring case."""

    external_id_null: bool
    """External ID is empty (`true`) or is not empty (`false`)."""

    created_at_gt: str
    """Created is more than this. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is more than this. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this. A time, a day, or a duration from now."""


class ListDealConflictsQuery(TypedDict, total=False):
    """The parameters of `list_deal_conflicts`."""

    sort: Sequence[str]
    """Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
    answered with those that are.
    """

    limit: int
    """Rows of a page; all unless given."""

    cursor: str
    """`next_cursor` of the page before."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    match: Sequence[DealConflictMatch]
    """Match is one of these values."""

    match_not: Sequence[DealConflictMatch]
    """Match is none of these values, or is empty."""


class ListEventTypesQuery(TypedDict, total=False):
    """The parameters of `list_event_types`."""

    sort: Sequence[str]
    """Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
    answered with those that are.
    """

    limit: int
    """Rows of a page; all unless given."""

    cursor: str
    """`next_cursor` of the page before."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    type: Sequence[str]
    """Type is one of these values."""

    type_not: Sequence[str]
    """Type is none of these values, or is empty."""

    group: Sequence[str]
    """Group is one of these values."""

    group_not: Sequence[str]
    """Group is none of these values, or is empty."""


class ListEventsQuery(EventFilters, total=False):
    """The parameters of `list_events`."""

    order: EventOrder
    """`desc` for the newest first; ascending unless given. The same as `sort=-sequence`."""

    sort: Sequence[str]
    """Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
    answered with those that are.
    """

    limit: int
    """Rows of a page; 50 unless given."""

    cursor: str
    """`next_cursor` of the page before."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""


class GetAttainmentInsightQuery(PartnerFilters, total=False):
    """The parameters of `get_attainment_insight`."""

    fiscal_year: int
    """The fiscal year, by the calendar year in which it ends; the present one unless given."""

    q: str
    """What to search for: prefixes, parts of words, with typing errors."""

    sort: Sequence[str]
    """Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
    answered with those that are.
    """

    limit: int
    """Rows of a page; 50 unless given."""

    cursor: str
    """`next_cursor` of the page before."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    view_id: ViewId
    """A saved view whose filter and search are ANDed with the others; its sort holds unless `sort`
    is given.
    """

    fit_score: Sequence[int]
    """Fit score is one of these values."""

    fit_score_gt: int
    """Fit score is more than this."""

    fit_score_gte: int
    """Fit score is at least this."""

    fit_score_lt: int
    """Fit score is less than this."""

    fit_score_lte: int
    """Fit score is at most this."""

    health_score: Sequence[int]
    """Health score is one of these values."""

    health_score_gt: int
    """Health score is more than this."""

    health_score_gte: int
    """Health score is at least this."""

    health_score_lt: int
    """Health score is less than this."""

    health_score_lte: int
    """Health score is at most this."""

    external_id_null: bool
    """External ID is empty (`true`) or is not empty (`false`)."""

    created_at_gt: str
    """Created is more than this. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is more than this. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this. A time, a day, or a duration from now."""


class GetLifecycleInsightQuery(PartnerFilters, total=False):
    """The parameters of `get_lifecycle_insight`."""

    since: str
    """The first day; 365 days before the last one unless given."""

    until: str
    """The last day; today unless given."""

    q: str
    """What to search for: prefixes, parts of words, with typing errors."""

    view_id: ViewId
    """A saved view whose filter and search are ANDed with the others; its sort holds unless `sort`
    is given.
    """

    fit_score: Sequence[int]
    """Fit score is one of these values."""

    fit_score_gt: int
    """Fit score is more than this."""

    fit_score_gte: int
    """Fit score is at least this."""

    fit_score_lt: int
    """Fit score is less than this."""

    fit_score_lte: int
    """Fit score is at most this."""

    health_score: Sequence[int]
    """Health score is one of these values."""

    health_score_gt: int
    """Health score is more than this."""

    health_score_gte: int
    """Health score is at least this."""

    health_score_lt: int
    """Health score is less than this."""

    health_score_lte: int
    """Health score is at most this."""

    external_id_null: bool
    """External ID is empty (`true`) or is not empty (`false`)."""

    created_at_gt: str
    """Created is more than this. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is more than this. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this. A time, a day, or a duration from now."""


class GetPortfolioInsightQuery(PartnerFilters, total=False):
    """The parameters of `get_portfolio_insight`."""

    q: str
    """What to search for: prefixes, parts of words, with typing errors."""

    view_id: ViewId
    """A saved view whose filter and search are ANDed with the others; its sort holds unless `sort`
    is given.
    """

    fit_score: Sequence[int]
    """Fit score is one of these values."""

    fit_score_gt: int
    """Fit score is more than this."""

    fit_score_gte: int
    """Fit score is at least this."""

    fit_score_lt: int
    """Fit score is less than this."""

    fit_score_lte: int
    """Fit score is at most this."""

    health_score: Sequence[int]
    """Health score is one of these values."""

    health_score_gt: int
    """Health score is more than this."""

    health_score_gte: int
    """Health score is at least this."""

    health_score_lt: int
    """Health score is less than this."""

    health_score_lte: int
    """Health score is at most this."""

    external_id_null: bool
    """External ID is empty (`true`) or is not empty (`false`)."""

    created_at_gt: str
    """Created is more than this. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is more than this. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this. A time, a day, or a duration from now."""


class GetStrengthsInsightQuery(PartnerFilters, total=False):
    """The parameters of `get_strengths_insight`."""

    q: str
    """What to search for: prefixes, parts of words, with typing errors."""

    view_id: ViewId
    """A saved view whose filter and search are ANDed with the others; its sort holds unless `sort`
    is given.
    """

    fit_score: Sequence[int]
    """Fit score is one of these values."""

    fit_score_gt: int
    """Fit score is more than this."""

    fit_score_gte: int
    """Fit score is at least this."""

    fit_score_lt: int
    """Fit score is less than this."""

    fit_score_lte: int
    """Fit score is at most this."""

    health_score: Sequence[int]
    """Health score is one of these values."""

    health_score_gt: int
    """Health score is more than this."""

    health_score_gte: int
    """Health score is at least this."""

    health_score_lt: int
    """Health score is less than this."""

    health_score_lte: int
    """Health score is at most this."""

    external_id_null: bool
    """External ID is empty (`true`) or is not empty (`false`)."""

    created_at_gt: str
    """Created is more than this. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is more than this. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this. A time, a day, or a duration from now."""


class ListSlackTargetsQuery(TypedDict, total=False):
    """The parameters of `list_slack_targets`."""

    kind: SlackTargetKind
    """Only channels or only users."""

    q: str
    """What to search for: prefixes, parts of words, with typing errors."""

    limit: int
    """Rows of a page; 50 unless given."""

    cursor: str
    """`next_cursor` of the page before."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""


class ListJobsQuery(TypedDict, total=False):
    """The parameters of `list_jobs`."""

    sort: Sequence[str]
    """Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
    answered with those that are.
    """

    limit: int
    """Rows of a page; 50 unless given."""

    cursor: str
    """`next_cursor` of the page before."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    id: Sequence[JobId]
    """ID is one of these values."""

    type: Sequence[JobType]
    """Type is one of these values."""

    type_not: Sequence[JobType]
    """Type is none of these values, or is empty."""

    status: Sequence[JobStatus]
    """Status is one of these values."""

    status_not: Sequence[JobStatus]
    """Status is none of these values, or is empty."""

    dry_run: bool
    """Dry run: yes or no."""

    created_at_gt: str
    """Created is more than this. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this. A time, a day, or a duration from now."""

    started_at_gt: str
    """Started is more than this. A time, a day, or a duration from now."""

    started_at_gte: str
    """Started is at least this. A time, a day, or a duration from now."""

    started_at_lt: str
    """Started is less than this. A time, a day, or a duration from now."""

    started_at_lte: str
    """Started is at most this. A time, a day, or a duration from now."""

    started_at_null: bool
    """Started is empty (`true`) or is not empty (`false`)."""

    finished_at_gt: str
    """Finished is more than this. A time, a day, or a duration from now."""

    finished_at_gte: str
    """Finished is at least this. A time, a day, or a duration from now."""

    finished_at_lt: str
    """Finished is less than this. A time, a day, or a duration from now."""

    finished_at_lte: str
    """Finished is at most this. A time, a day, or a duration from now."""

    finished_at_null: bool
    """Finished is empty (`true`) or is not empty (`false`)."""


class ListJobItemsQuery(TypedDict, total=False):
    """The parameters of `list_job_items`."""

    sort: Sequence[str]
    """Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
    answered with those that are.
    """

    limit: int
    """Rows of a page; 50 unless given."""

    cursor: str
    """`next_cursor` of the page before."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    index: Sequence[int]
    """Index is one of these values."""

    index_gt: int
    """Index is more than this."""

    index_gte: int
    """Index is at least this."""

    index_lt: int
    """Index is less than this."""

    index_lte: int
    """Index is at most this."""

    ref: Sequence[str]
    """Reference is one of these values."""

    ref_not: Sequence[str]
    """Reference is none of these values, or is empty."""

    ref_contains: str
    """Reference contains this text, ignoring case."""

    ref_starts_with: str
    """Reference starts with this text, ignoring case."""

    ref_null: bool
    """Reference is empty (`true`) or is not empty (`false`)."""

    status: Sequence[JobItemStatus]
    """Status is one of these values."""

    status_not: Sequence[JobItemStatus]
    """Status is none of these values, or is empty."""

    action: Sequence[JobItemAction]
    """Action is one of these values."""

    action_not: Sequence[JobItemAction]
    """Action is none of these values, or is empty."""

    action_null: bool
    """Action is empty (`true`) or is not empty (`false`)."""

    resource_id: Sequence[str]
    """Resource is one of these values."""

    resource_id_not: Sequence[str]
    """Resource is none of these values, or is empty."""

    resource_id_null: bool
    """Resource is empty (`true`) or is not empty (`false`)."""


class ListMembersQuery(TypedDict, total=False):
    """The parameters of `list_members`."""

    sort: Sequence[str]
    """Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
    answered with those that are.
    """

    limit: int
    """Rows of a page; 50 unless given."""

    cursor: str
    """`next_cursor` of the page before."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    id: Sequence[MemberId]
    """ID is one of these values."""

    name: Sequence[str]
    """Name is one of these values."""

    name_not: Sequence[str]
    """Name is none of these values, or is empty."""

    name_contains: str
    """Name contains this text, ignoring case."""

    name_starts_with: str
    """Name starts with this text, ignoring case."""

    email: Sequence[str]
    """E-mail is one of these values."""

    email_not: Sequence[str]
    """E-mail is none of these values, or is empty."""

    email_contains: str
    """E-mail contains this text, ignoring case."""

    email_starts_with: str
    """E-mail starts with this text, ignoring case."""

    role: Sequence[Role]
    """Role is one of these values."""

    role_not: Sequence[Role]
    """Role is none of these values, or is empty."""

    status: Sequence[MemberStatus]
    """Status is one of these values."""

    status_not: Sequence[MemberStatus]
    """Status is none of these values, or is empty."""

    created_at_gt: str
    """Created is more than this. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is more than this. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this. A time, a day, or a duration from now."""


class ListNotificationDeliveriesQuery(TypedDict, total=False):
    """The parameters of `list_notification_deliveries`."""

    sort: Sequence[str]
    """Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
    answered with those that are.
    """

    limit: int
    """Rows of a page; 50 unless given."""

    cursor: str
    """`next_cursor` of the page before."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    id: Sequence[NotificationDeliveryId]
    """ID is one of these values."""

    channel: Sequence[NotificationChannel]
    """Channel is one of these values."""

    channel_not: Sequence[NotificationChannel]
    """Channel is none of these values, or is empty."""

    status: Sequence[NotificationDeliveryStatus]
    """Status is one of these values."""

    status_not: Sequence[NotificationDeliveryStatus]
    """Status is none of these values, or is empty."""

    target: Sequence[str]
    """Target is one of these values."""

    target_not: Sequence[str]
    """Target is none of these values, or is empty."""

    target_contains: str
    """Target contains this text, ignoring case."""

    target_starts_with: str
    """Target starts with this text, ignoring case."""

    attempts: Sequence[int]
    """Attempts is one of these values."""

    attempts_gt: int
    """Attempts is more than this."""

    attempts_gte: int
    """Attempts is at least this."""

    attempts_lt: int
    """Attempts is less than this."""

    attempts_lte: int
    """Attempts is at most this."""

    next_attempt_at_gt: str
    """Next attempt is more than this. A time, a day, or a duration from now."""

    next_attempt_at_gte: str
    """Next attempt is at least this. A time, a day, or a duration from now."""

    next_attempt_at_lt: str
    """Next attempt is less than this. A time, a day, or a duration from now."""

    next_attempt_at_lte: str
    """Next attempt is at most this. A time, a day, or a duration from now."""

    next_attempt_at_null: bool
    """Next attempt is empty (`true`) or is not empty (`false`)."""

    created_at_gt: str
    """Created is more than this. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this. A time, a day, or a duration from now."""


class ListNotificationsQuery(TypedDict, total=False):
    """The parameters of `list_notifications`."""

    sort: Sequence[str]
    """Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
    answered with those that are.
    """

    limit: int
    """Rows of a page; 50 unless given."""

    cursor: str
    """`next_cursor` of the page before."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    id: Sequence[NotificationId]
    """ID is one of these values."""

    type: Sequence[NotificationType]
    """Type is one of these values."""

    type_not: Sequence[NotificationType]
    """Type is none of these values, or is empty."""

    read_at_gt: str
    """Read is more than this. A time, a day, or a duration from now."""

    read_at_gte: str
    """Read is at least this. A time, a day, or a duration from now."""

    read_at_lt: str
    """Read is less than this. A time, a day, or a duration from now."""

    read_at_lte: str
    """Read is at most this. A time, a day, or a duration from now."""

    read_at_null: bool
    """Read is empty (`true`) or is not empty (`false`)."""

    created_at_gt: str
    """Created is more than this. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this. A time, a day, or a duration from now."""

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
    """What to search for: prefixes, parts of words, with typing errors."""

    sort: Sequence[str]
    """Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
    answered with those that are.
    """

    limit: int
    """Rows of a page; 50 unless given."""

    cursor: str
    """`next_cursor` of the page before."""

    include: Sequence[ListInclude]
    """`total_count` counts all rows; `deleted` adds deleted ones (a search finds live ones only).
    """

    view_id: ViewId
    """A saved view whose filter and search are ANDed with the others; its sort holds unless `sort`
    is given.
    """

    changed_after: int
    """Only rows whose last change has a higher event `sequence` than this, in the order of their
    changes: send the `last_sequence` of an earlier walk, or 0 for all. Conditions apply; `sort`
    and `q` cannot be combined with it. With `include=deleted` rows that were deleted come as
    well, and `erased_ids` names those that are gone for good.
    """

    fit_score: Sequence[int]
    """Fit score is one of these values."""

    fit_score_gt: int
    """Fit score is more than this."""

    fit_score_gte: int
    """Fit score is at least this."""

    fit_score_lt: int
    """Fit score is less than this."""

    fit_score_lte: int
    """Fit score is at most this."""

    health_score: Sequence[int]
    """Health score is one of these values."""

    health_score_gt: int
    """Health score is more than this."""

    health_score_gte: int
    """Health score is at least this."""

    health_score_lt: int
    """Health score is less than this."""

    health_score_lte: int
    """Health score is at most this."""

    external_id_null: bool
    """External ID is empty (`true`) or is not empty (`false`)."""

    created_at_gt: str
    """Created is more than this. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is more than this. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this. A time, a day, or a duration from now."""


class CreatePartnerQuery(TypedDict, total=False):
    """The parameters of `create_partner`."""

    write_mode: WriteMode
    """Whether a person decided on the values; keys need the scope `partners:override` for
    `manual`.
    """


class BatchPartnersQuery(TypedDict, total=False):
    """The parameters of `batch_partners`."""

    write_mode: WriteMode
    """Whether a person decided on the values; keys need the scope `partners:override` for
    `manual`.
    """


class UpdatePartnerQuery(TypedDict, total=False):
    """The parameters of `update_partner`."""

    write_mode: WriteMode
    """Whether a person decided on the values; keys need the scope `partners:override` for
    `manual`.
    """


class ListPartnerEventsQuery(EventFilters, total=False):
    """The parameters of `list_partner_events`."""

    order: EventOrder
    """`desc` for the newest first; ascending unless given. The same as `sort=-sequence`."""

    sort: Sequence[str]
    """Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
    answered with those that are.
    """

    limit: int
    """Rows of a page; 50 unless given."""

    cursor: str
    """`next_cursor` of the page before."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""


class GetJointPlanQuery(TypedDict, total=False):
    """The parameters of `get_joint_plan`."""

    fiscal_year: int
    """The fiscal year, by the calendar year in which it ends; the present one unless given."""


class UpdateJointPlanQuery(TypedDict, total=False):
    """The parameters of `update_joint_plan`."""

    write_mode: WriteMode
    """Whether a person decided on the values; keys need the scope `partners:override` for
    `manual`.
    """


class GetPartnerLogoQuery(TypedDict, total=False):
    """The parameters of `get_partner_logo`."""

    v: str
    """Names the very bytes, as `logo_url` does: with it the answer can be kept for ever; without
    it, it is the logo of now.
    """


class ListPartnerOverridesQuery(TypedDict, total=False):
    """The parameters of `list_partner_overrides`."""

    sort: Sequence[str]
    """Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
    answered with those that are.
    """

    limit: int
    """Rows of a page; all unless given."""

    cursor: str
    """`next_cursor` of the page before."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    field: Sequence[str]
    """Field is one of these values."""

    field_not: Sequence[str]
    """Field is none of these values, or is empty."""

    has_pending_value: bool
    """Pending: yes or no."""

    overridden_at_gt: str
    """Overridden is more than this. A time, a day, or a duration from now."""

    overridden_at_gte: str
    """Overridden is at least this. A time, a day, or a duration from now."""

    overridden_at_lt: str
    """Overridden is less than this. A time, a day, or a duration from now."""

    overridden_at_lte: str
    """Overridden is at most this. A time, a day, or a duration from now."""


class ListPlanItemsQuery(TypedDict, total=False):
    """The parameters of `list_plan_items`."""

    sort: Sequence[str]
    """Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
    answered with those that are.
    """

    limit: int
    """Rows of a page; 50 unless given."""

    cursor: str
    """`next_cursor` of the page before."""

    include: Sequence[ListInclude]
    """`total_count` counts all rows; `deleted` adds deleted ones (a search finds live ones only).
    """

    kind: Sequence[PlanItemKind]
    """Kind is one of these values."""

    kind_not: Sequence[PlanItemKind]
    """Kind is none of these values, or is empty."""

    title: Sequence[str]
    """Title is one of these values."""

    title_not: Sequence[str]
    """Title is none of these values, or is empty."""

    title_contains: str
    """Title contains this text, ignoring case."""

    title_starts_with: str
    """Title starts with this text, ignoring case."""

    status: Sequence[PlanItemStatus]
    """Status is one of these values."""

    status_not: Sequence[PlanItemStatus]
    """Status is none of these values, or is empty."""

    quarter: Sequence[PlanQuarter]
    """Quarter is one of these values."""

    quarter_not: Sequence[PlanQuarter]
    """Quarter is none of these values, or is empty."""

    quarter_null: bool
    """Quarter is empty (`true`) or is not empty (`false`)."""

    owner_id: Sequence[MemberId]
    """Owner is one of these values."""

    owner_id_not: Sequence[MemberId]
    """Owner is none of these values, or is empty."""

    owner_id_null: bool
    """Owner is empty (`true`) or is not empty (`false`)."""

    position: Sequence[int]
    """Position is one of these values."""

    position_gt: int
    """Position is more than this."""

    position_gte: int
    """Position is at least this."""

    position_lt: int
    """Position is less than this."""

    position_lte: int
    """Position is at most this."""

    created_at_gt: str
    """Created is more than this. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is more than this. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this. A time, a day, or a duration from now."""


class ListPartnerScoresQuery(TypedDict, total=False):
    """The parameters of `list_partner_scores`."""

    sort: Sequence[str]
    """Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
    answered with those that are.
    """

    limit: int
    """Rows of a page; 50 unless given."""

    cursor: str
    """`next_cursor` of the page before."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    fit_score: Sequence[int]
    """Fit score is one of these values."""

    fit_score_gt: int
    """Fit score is more than this."""

    fit_score_gte: int
    """Fit score is at least this."""

    fit_score_lt: int
    """Fit score is less than this."""

    fit_score_lte: int
    """Fit score is at most this."""

    health_score: Sequence[int]
    """Health score is one of these values."""

    health_score_gt: int
    """Health score is more than this."""

    health_score_gte: int
    """Health score is at least this."""

    health_score_lt: int
    """Health score is less than this."""

    health_score_lte: int
    """Health score is at most this."""

    engine: Sequence[str]
    """Engine is one of these values."""

    engine_not: Sequence[str]
    """Engine is none of these values, or is empty."""

    engine_contains: str
    """Engine contains this text, ignoring case."""

    engine_starts_with: str
    """Engine starts with this text, ignoring case."""

    fallback_reason: Sequence[str]
    """Fallback reason is one of these values."""

    fallback_reason_not: Sequence[str]
    """Fallback reason is none of these values, or is empty."""

    fallback_reason_contains: str
    """Fallback reason contains this text, ignoring case."""

    fallback_reason_starts_with: str
    """Fallback reason starts with this text, ignoring case."""

    fallback_reason_null: bool
    """Fallback reason is empty (`true`) or is not empty (`false`)."""

    created_at_gt: str
    """Created is more than this. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this. A time, a day, or a duration from now."""


class AddPartnerTagQuery(TypedDict, total=False):
    """The parameters of `add_partner_tag`."""

    write_mode: WriteMode
    """Whether a person decided on the values; keys need the scope `partners:override` for
    `manual`.
    """


class RemovePartnerTagQuery(TypedDict, total=False):
    """The parameters of `remove_partner_tag`."""

    write_mode: WriteMode
    """Whether a person decided on the values; keys need the scope `partners:override` for
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
    """What to search for: prefixes, parts of words, with typing errors."""

    sort: Sequence[str]
    """Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
    answered with those that are.
    """

    limit: int
    """Rows of a page; 50 unless given."""

    cursor: str
    """`next_cursor` of the page before."""

    include: Sequence[ListInclude]
    """`total_count` counts all rows; `deleted` adds deleted ones (a search finds live ones only).
    """

    id: Sequence[TagId]
    """ID is one of these values."""

    category: Sequence[TagCategory]
    """Category is one of these values."""

    category_not: Sequence[TagCategory]
    """Category is none of these values, or is empty."""

    name: Sequence[str]
    """Name is one of these values."""

    name_not: Sequence[str]
    """Name is none of these values, or is empty."""

    name_contains: str
    """Name contains this text, ignoring case."""

    name_starts_with: str
    """Name starts with this text, ignoring case."""

    partner_count: Sequence[int]
    """Partners is one of these values."""

    partner_count_gt: int
    """Partners is more than this."""

    partner_count_gte: int
    """Partners is at least this."""

    partner_count_lt: int
    """Partners is less than this."""

    partner_count_lte: int
    """Partners is at most this."""

    created_at_gt: str
    """Created is more than this. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is more than this. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this. A time, a day, or a duration from now."""


class ListTiersQuery(TypedDict, total=False):
    """The parameters of `list_tiers`."""

    sort: Sequence[str]
    """Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
    answered with those that are.
    """

    limit: int
    """Rows of a page; 50 unless given."""

    cursor: str
    """`next_cursor` of the page before."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    id: Sequence[TierId]
    """ID is one of these values."""

    key: Sequence[str]
    """Key is one of these values."""

    key_not: Sequence[str]
    """Key is none of these values, or is empty."""

    name: Sequence[str]
    """Name is one of these values."""

    name_not: Sequence[str]
    """Name is none of these values, or is empty."""

    name_contains: str
    """Name contains this text, ignoring case."""

    name_starts_with: str
    """Name starts with this text, ignoring case."""

    rank: Sequence[int]
    """Rank is one of these values."""

    rank_gt: int
    """Rank is more than this."""

    rank_gte: int
    """Rank is at least this."""

    rank_lt: int
    """Rank is less than this."""

    rank_lte: int
    """Rank is at most this."""

    is_default: bool
    """Default: yes or no."""

    created_at_gt: str
    """Created is more than this. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is more than this. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this. A time, a day, or a duration from now."""


class DeleteTierQuery(TypedDict, total=False):
    """The parameters of `delete_tier`."""

    replace_with: str
    """The key of the tier that they get instead."""


class ListViewsQuery(TypedDict, total=False):
    """The parameters of `list_views`."""

    sort: Sequence[str]
    """Up to 3 fields, `-` in front for descending; nulls last, ties by id. A name that is none is
    answered with those that are.
    """

    limit: int
    """Rows of a page; 50 unless given."""

    cursor: str
    """`next_cursor` of the page before."""

    include: Sequence[PageInclude]
    """`total_count` counts all rows exactly."""

    id: Sequence[ViewId]
    """ID is one of these values."""

    name: Sequence[str]
    """Name is one of these values."""

    name_not: Sequence[str]
    """Name is none of these values, or is empty."""

    name_contains: str
    """Name contains this text, ignoring case."""

    name_starts_with: str
    """Name starts with this text, ignoring case."""

    object: Sequence[ViewObject]
    """Object is one of these values."""

    object_not: Sequence[ViewObject]
    """Object is none of these values, or is empty."""

    visibility: Sequence[ViewVisibility]
    """Visibility is one of these values."""

    visibility_not: Sequence[ViewVisibility]
    """Visibility is none of these values, or is empty."""

    created_at_gt: str
    """Created is more than this. A time, a day, or a duration from now."""

    created_at_gte: str
    """Created is at least this. A time, a day, or a duration from now."""

    created_at_lt: str
    """Created is less than this. A time, a day, or a duration from now."""

    created_at_lte: str
    """Created is at most this. A time, a day, or a duration from now."""

    updated_at_gt: str
    """Updated is more than this. A time, a day, or a duration from now."""

    updated_at_gte: str
    """Updated is at least this. A time, a day, or a duration from now."""

    updated_at_lt: str
    """Updated is less than this. A time, a day, or a duration from now."""

    updated_at_lte: str
    """Updated is at most this. A time, a day, or a duration from now."""
