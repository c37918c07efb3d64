// Generated from openapi/openapi.json by sdks/generate.py. Do not edit.
import type { List } from "../list.js";
import { Transport, segment } from "../transport.js";
import type { FileContent, Keyed, Matching, Options, Unless } from "../values.js";
import type * as types from "./types.js";

/** Every operation of the API; the name of a method is the `operationId` of the document. */
export abstract class Operations extends Transport {
  /**
   * Check that the process is alive.
   *
   * Looks at nothing else. Restart the process when this fails.
   */
  getLiveness(options: Options = {}): Promise<types.Liveness> {
    return this.call("GET", "/healthz", options);
  }

  /**
   * Whether requests can be answered.
   *
   * Looks at the database, its migrations, the queue of tasks, whether this instance hears of
   * revoked sessions and keys, and, once a write has failed for want of space, whether there is
   * space again. Send requests here only while this is 200.
   *
   * Errors: `unavailable`.
   */
  getReadiness(options: Options = {}): Promise<types.Readiness> {
    return this.call("GET", "/readyz", options);
  }

  /**
   * List API keys.
   *
   * Includes revoked keys. Secrets are never shown.
   *
   * Role: admin.
   *
   * Errors: `invalid_cursor`.
   */
  listApiKeys(options: types.ListApiKeysQuery & Options = {}): List<types.ApiKey, types.ApiKeyPage> {
    return this.list("GET", "/v1/api-keys", options);
  }

  /**
   * Create an API key.
   *
   * The answer is the only place where the secret is shown.
   *
   * Role: admin.
   */
  createApiKey(body: types.ApiKeyCreate, options: Options & Keyed = {}): Promise<types.ApiKeyWithSecret> {
    return this.call("POST", "/v1/api-keys", options, { body, repeat: "key" });
  }

  /**
   * Get an API key.
   *
   * Without its secret, of which only a hash is stored.
   *
   * Role: admin.
   */
  getApiKey(id: types.ApiKeyId, options?: Options): Promise<types.ApiKey>;
  getApiKey(id: types.ApiKeyId, options: Options & Unless): Promise<types.ApiKey | null>;
  getApiKey(id: types.ApiKeyId, options: Options & Partial<Unless> = {}): Promise<types.ApiKey | null> {
    return this.call("GET", `/v1/api-keys/${segment(id)}`, options);
  }

  /**
   * Change an API key.
   *
   * The change takes effect at once on every server.
   *
   * Role: admin.
   */
  updateApiKey(id: types.ApiKeyId, body: types.ApiKeyUpdate, options: Options & Partial<Matching> = {}): Promise<types.ApiKey> {
    return this.call("PATCH", `/v1/api-keys/${segment(id)}`, options, { body, type: "application/merge-patch+json" });
  }

  /**
   * Revoke an API key.
   *
   * The key stops working at once on every server.
   *
   * Role: admin.
   */
  revokeApiKey(id: types.ApiKeyId, options: Options & Partial<Matching> = {}): Promise<void> {
    return this.call("DELETE", `/v1/api-keys/${segment(id)}`, options, { repeat: "delete" });
  }

  /**
   * Rotate an API key.
   *
   * Creates a new key with the same rights. The old key keeps working for `overlap_seconds`.
   *
   * Role: admin.
   */
  rotateApiKey(id: types.ApiKeyId, body: types.ApiKeyRotation, options: Options & Keyed = {}): Promise<types.ApiKeyWithSecret> {
    return this.call("POST", `/v1/api-keys/${segment(id)}/rotations`, options, { body, repeat: "key" });
  }

  /**
   * Get the application form.
   *
   * Every organization has one. At first it is closed, and asks for company, website, name and
   * e-mail address.
   *
   * Role: viewer; scopes: applications:read.
   */
  getApplicationForm(options?: Options): Promise<types.ApplicationForm>;
  getApplicationForm(options: Options & Unless): Promise<types.ApplicationForm | null>;
  getApplicationForm(options: Options & Partial<Unless> = {}): Promise<types.ApplicationForm | null> {
    return this.call("GET", "/v1/application-form", options);
  }

  /**
   * Update the application form.
   *
   * The whole document, as a front end saves it while somebody works on it. Questions and
   * agreements that are sent with their id are the ones that were there; their order is the order
   * shown. Every save that changes something is a new version, live at once while the form is open.
   *
   * Role: admin; scopes: applications:write.
   *
   * Errors: `if_match_required`, `form_needs_name_question`, `mapping_type_mismatch`,
   * `not_found_reference`.
   */
  updateApplicationForm(body: types.ApplicationFormUpdate, options: Options & Matching): Promise<types.ApplicationForm> {
    return this.call("PATCH", "/v1/application-form", options, { body, type: "application/merge-patch+json" });
  }

  /**
   * Get form notification settings.
   *
   * Members by name and by role, channels and people in Slack. Until somebody changes it: admins
   * and owners, by mail too.
   *
   * Role: admin; scopes: applications:read.
   */
  getFormNotifications(options?: Options): Promise<types.NotificationSettings>;
  getFormNotifications(options: Options & Unless): Promise<types.NotificationSettings | null>;
  getFormNotifications(options: Options & Partial<Unless> = {}): Promise<types.NotificationSettings | null> {
    return this.call("GET", "/v1/application-form/notifications", options);
  }

  /**
   * Update form notification settings.
   *
   * What is absent stays. Everybody who is named is told once, however many reasons there are; only
   * active members are.
   *
   * Role: admin; scopes: applications:write.
   *
   * Errors: `if_match_required`, `slack_not_connected`, `not_found_reference`.
   */
  updateFormNotifications(body: types.NotificationSettingsUpdate, options: Options & Matching): Promise<types.NotificationSettings> {
    return this.call("PATCH", "/v1/application-form/notifications", options, { body, type: "application/merge-patch+json" });
  }

  /**
   * Replace the public link.
   *
   * The old link stops working at once, also for people who are filling in the form.
   *
   * Role: admin.
   */
  rotateFormToken(options: Options & Keyed = {}): Promise<types.ApplicationForm> {
    return this.call("POST", "/v1/application-form/public-token-rotations", options, { repeat: "key" });
  }

  /**
   * Get a version of the application form.
   *
   * Every version is kept, with the public link that it had.
   *
   * Role: viewer; scopes: applications:read.
   */
  getApplicationFormVersion(n: number, options?: Options): Promise<types.ApplicationForm>;
  getApplicationFormVersion(n: number, options: Options & Unless): Promise<types.ApplicationForm | null>;
  getApplicationFormVersion(n: number, options: Options & Partial<Unless> = {}): Promise<types.ApplicationForm | null> {
    return this.call("GET", `/v1/application-form/versions/${segment(n)}`, options);
  }

  /**
   * List submissions.
   *
   * Newest first unless sorted otherwise. `q` finds parts of the applicant's name, e-mail address
   * and company.
   *
   * Role: viewer; scopes: applications:read.
   *
   * Errors: `invalid_cursor`.
   */
  listSubmissions(options: types.ListSubmissionsQuery & Options = {}): List<types.Submission, types.SubmissionPage> {
    return this.list("GET", "/v1/application-submissions", options);
  }

  /**
   * Get a submission.
   *
   * `duplicate_partner_id` is the partner with the same domain, if there is one.
   *
   * Role: viewer; scopes: applications:read.
   */
  getSubmission(id: types.SubmissionId, options?: Options): Promise<types.Submission>;
  getSubmission(id: types.SubmissionId, options: Options & Unless): Promise<types.Submission | null>;
  getSubmission(id: types.SubmissionId, options: Options & Partial<Unless> = {}): Promise<types.Submission | null> {
    return this.call("GET", `/v1/application-submissions/${segment(id)}`, options);
  }

  /**
   * Review a submission.
   *
   * Changes status, notes and reviewer. If a submission without a reviewer is rejected, the caller
   * becomes its reviewer.
   *
   * Role: member; scopes: applications:write.
   *
   * Errors: `submission_already_accepted`, `use_acceptance`, `not_found_reference`.
   */
  updateSubmission(id: types.SubmissionId, body: types.SubmissionUpdate, options: Options & Partial<Matching> = {}): Promise<types.Submission> {
    return this.call("PATCH", `/v1/application-submissions/${segment(id)}`, options, { body, type: "application/merge-patch+json" });
  }

  /**
   * Erase a submission.
   *
   * Erases the submission and its answers permanently. A partner that was created from it is kept.
   *
   * Role: admin; scopes: applications:write.
   */
  deleteSubmission(id: types.SubmissionId, options: Options & Partial<Matching> = {}): Promise<void> {
    return this.call("DELETE", `/v1/application-submissions/${segment(id)}`, options, { repeat: "delete" });
  }

  /**
   * Accept a submission.
   *
   * Makes a partner of it with its contact (stage `prospect`, status `pending`), or fills in the
   * one that is named. Answers are an automated write; `data`, in place of what was answered, is
   * written by hand, so that it is overridden from then on (by automation for an API key without
   * `partners:override`). However often and by however many it is called: one partner.
   *
   * Role: member; scopes: applications:write, partners:write.
   *
   * Errors: `partner_exists`, `submission_already_accepted`, `external_id_taken`, `required`,
   * `not_found_reference`.
   */
  acceptSubmission(id: types.SubmissionId, body: types.SubmissionAcceptance, options: Options & Keyed = {}): Promise<types.AcceptanceResult> {
    return this.call("POST", `/v1/application-submissions/${segment(id)}/acceptance`, options, { body, repeat: "key" });
  }

  /**
   * Accept an invitation.
   *
   * Joins the organization with a name and a password, and signs in.
   *
   * Errors: `invitation_invalid`, `email_taken`.
   */
  acceptInvitation(body: types.InvitationAcceptance, options: Options = {}): Promise<types.TokenGrant> {
    return this.call("POST", "/v1/auth/invitation-acceptances", options, { body, repeat: "never", grants: true });
  }

  /**
   * Change the password.
   *
   * By the token of a reset link, or signed in by the current password. Other sessions end, and the
   * person is told by mail.
   *
   * Errors: `reset_token_invalid`, `invalid_credentials`.
   */
  changePassword(body: types.PasswordChange, options: Options = {}): Promise<void> {
    return this.call("POST", "/v1/auth/password-changes", options, { body, repeat: "never" });
  }

  /**
   * Request a password reset.
   *
   * Mails a link with which a new password can be chosen within an hour, if somebody has joined
   * with this e-mail address, at most every five minutes. Whether anybody has shows neither in the
   * answer nor in its time.
   */
  requestPasswordReset(body: types.PasswordResetRequest, options: Options = {}): Promise<void> {
    return this.call("POST", "/v1/auth/password-resets", options, { body, repeat: "never" });
  }

  /**
   * Refresh the session.
   *
   * Exchanges the refresh token of the cookie for its successor and a new access token. Needs the
   * header `X-Requested-With` and an `Origin` that this deployment knows. A token that was used
   * before ends the session; within ten seconds it gets the same successor again.
   *
   * Errors: `refresh_token_invalid`, `refresh_token_reused`, `origin_not_allowed`,
   * `member_suspended`.
   */
  refreshSession(options: Options = {}): Promise<types.TokenGrant> {
    return this.call("POST", "/v1/auth/refreshes", options, { repeat: "never", grants: true });
  }

  /**
   * Confirm a registration.
   *
   * Makes the organization and its first owner by the token of the link that was mailed, within 24
   * hours and once, and signs the owner in. Send `password` too: whoever registered chose a
   * password, and whoever reads the mail may be somebody else.
   *
   * Errors: `confirmation_invalid`.
   */
  confirmRegistration(body: types.RegistrationConfirmation, options: Options = {}): Promise<types.TokenGrant> {
    return this.call("POST", "/v1/auth/registration-confirmations", options, { body, repeat: "never", grants: true });
  }

  /**
   * Register an organization.
   *
   * Where e-mail addresses are proved, which is the default, the answer is 202 and a link is mailed
   * to the address; it is the same when the address has an account already, whose owner then gets a
   * mail that says so. `confirmRegistration` makes the organization. Where they are not proved (a
   * trial), this makes the organization and its first owner at once and signs the owner in: 201.
   *
   * Errors: `email_taken`, `registration_closed`.
   */
  register(body: types.Registration, options: Options = {}): Promise<types.TokenGrant | null> {
    return this.call("POST", "/v1/auth/registrations", options, { body, repeat: "never", grants: true });
  }

  /**
   * List my sessions.
   *
   * One session for each device on which you are signed in.
   *
   * Role: viewer.
   *
   * Errors: `invalid_cursor`.
   */
  listSessions(options: types.ListSessionsQuery & Options = {}): List<types.Session, types.SessionPage> {
    return this.list("GET", "/v1/auth/sessions", options);
  }

  /**
   * Sign in.
   *
   * The answer sets the cookie of the refresh token, and one by which this device is known at the
   * next sign-in: attempts of strangers do not use up those of a device that is known. Attempts
   * that fail are limited by network, by account and network, and, more generously, by account. A
   * device that was not seen before is told to the person by mail.
   *
   * Errors: `invalid_credentials`, `member_suspended`.
   */
  signIn(body: types.SignIn, options: Options = {}): Promise<types.TokenGrant> {
    return this.call("POST", "/v1/auth/sessions", options, { body, repeat: "never", grants: true });
  }

  /**
   * End a session.
   *
   * `current` stands for the session of this request; its cookie is cleared. Access tokens of the
   * session are refused from now on.
   *
   * Role: viewer.
   */
  endSession(session_id: string, options: Options = {}): Promise<void> {
    return this.call("DELETE", `/v1/auth/sessions/${segment(session_id)}`, options, { repeat: "delete" });
  }

  /**
   * List contacts.
   *
   * By name unless sorted otherwise. `q` finds names and e-mail addresses that contain it.
   *
   * Role: viewer; scopes: contacts:read.
   *
   * Errors: `invalid_cursor`, `not_found_reference`.
   */
  listContacts(options: types.ListContactsQuery & Options = {}): List<types.Contact, types.ContactPage> {
    return this.list("GET", "/v1/contacts", options);
  }

  /**
   * Create a contact.
   *
   * With `make_primary` it also becomes the partner's primary contact; that is a write of
   * `primary_contact_id`.
   *
   * Role: member; scopes: contacts:write.
   *
   * Errors: `contact_email_taken`.
   */
  createContact(body: types.ContactCreate, options: Options & Keyed = {}): Promise<types.Contact> {
    return this.call("POST", "/v1/contacts", options, { body, repeat: "key" });
  }

  /**
   * Get a contact.
   *
   * Returns one person at a partner.
   *
   * Role: viewer; scopes: contacts:read.
   */
  getContact(id: types.ContactId, options?: Options): Promise<types.Contact>;
  getContact(id: types.ContactId, options: Options & Unless): Promise<types.Contact | null>;
  getContact(id: types.ContactId, options: Options & Partial<Unless> = {}): Promise<types.Contact | null> {
    return this.call("GET", `/v1/contacts/${segment(id)}`, options);
  }

  /**
   * Change a contact.
   *
   * With another `partner_id` it moves there; it is then no primary contact and no stakeholder any
   * more.
   *
   * Role: member; scopes: contacts:write.
   *
   * Errors: `contact_email_taken`.
   */
  updateContact(id: types.ContactId, body: types.ContactUpdate, options: Options & Partial<Matching> = {}): Promise<types.Contact> {
    return this.call("PATCH", `/v1/contacts/${segment(id)}`, options, { body, type: "application/merge-patch+json" });
  }

  /**
   * Erase a contact.
   *
   * For good: it is personal data. Links to it as primary contact and stakeholder are cut.
   *
   * Role: member; scopes: contacts:write.
   */
  deleteContact(id: types.ContactId, options: Options & Partial<Matching> = {}): Promise<void> {
    return this.call("DELETE", `/v1/contacts/${segment(id)}`, options, { repeat: "delete" });
  }

  /**
   * List deals.
   *
   * Filter parameters are ANDed; fields of the deal's partner are for `POST /deals/query`. `q`
   * finds parts of name, account and domain of the account.
   *
   * Role: viewer; scopes: deals:read.
   *
   * Errors: `invalid_cursor`, `not_found_reference`.
   */
  listDeals(options: types.ListDealsQuery & Options = {}): List<types.Deal, types.DealPage> {
    return this.list("GET", "/v1/deals", options);
  }

  /**
   * Register a deal.
   *
   * By a person it is `approved` unless the body says otherwise, by an API key `submitted`. As
   * `approved` it is checked for channel conflict: no other partner may have an approved deal for
   * the same account. The partner's roll-ups follow in the same transaction.
   *
   * Role: member; scopes: deals:write.
   *
   * Errors: `external_id_taken`, `deal_conflict`, `closed_on_required`, `invalid_date_order`,
   * `not_applicable`.
   */
  createDeal(body: types.DealCreate, options: Options & Keyed = {}): Promise<types.Deal> {
    return this.call("POST", "/v1/deals", options, { body, repeat: "key" });
  }

  /**
   * Write many deals.
   *
   * Up to 200 operations in one transaction. Each has an outcome of its own; with `atomic` the
   * failure of one undoes them all. Rows may carry `currency`, which must be the organization's.
   *
   * Role: member; scopes: deals:write.
   *
   * Errors: `batch_too_large`.
   */
  batchDeals(body: types.DealBatch, options: Options & Keyed = {}): Promise<types.DealBatchResult> {
    return this.call("POST", "/v1/deals/batch", options, { body, repeat: "key" });
  }

  /**
   * Query deals.
   *
   * By a filter tree, which may name fields of the partner, `partner.tier`. Has no side effect.
   *
   * Role: viewer; scopes: deals:read.
   *
   * Errors: `invalid_cursor`, `invalid_filter`.
   */
  queryDeals(body: types.DealQuery, options: Options = {}): List<types.Deal, types.DealPage> {
    return this.list("POST", "/v1/deals/query", options, body);
  }

  /**
   * Get a deal.
   *
   * A deal registration.
   *
   * Role: viewer; scopes: deals:read.
   */
  getDeal(id: types.DealId, options?: Options): Promise<types.Deal>;
  getDeal(id: types.DealId, options: Options & Unless): Promise<types.Deal | null>;
  getDeal(id: types.DealId, options: Options & Partial<Unless> = {}): Promise<types.Deal | null> {
    return this.call("GET", `/v1/deals/${segment(id)}`, options);
  }

  /**
   * Change a deal.
   *
   * A merge patch. Moves its status where the life cycle allows it: `approved` sets `expires_on`
   * like the approval, and reopens what was won or lost; `won` and `lost` need `closed_on`. With
   * another `partner_id` it moves there.
   *
   * Role: member; scopes: deals:write.
   *
   * Errors: `external_id_taken`, `invalid_transition`, `deal_conflict`, `closed_on_required`,
   * `invalid_date_order`, `not_applicable`.
   */
  updateDeal(id: types.DealId, body: types.DealUpdate, options: Options & Partial<Matching> = {}): Promise<types.Deal> {
    return this.call("PATCH", `/v1/deals/${segment(id)}`, options, { body, type: "application/merge-patch+json" });
  }

  /**
   * Delete a deal.
   *
   * It can be restored within 30 days.
   *
   * Role: member; scopes: deals:write.
   */
  deleteDeal(id: types.DealId, options: Options & Partial<Matching> = {}): Promise<void> {
    return this.call("DELETE", `/v1/deals/${segment(id)}`, options, { repeat: "delete" });
  }

  /**
   * Approve a deal.
   *
   * Protects it until `expires_on`, unless another partner has an approved deal for the same
   * account. A deal that was won or lost is reopened.
   *
   * Role: member; scopes: deals:write.
   *
   * Errors: `invalid_transition`, `deal_conflict`, `invalid_date_order`.
   */
  approveDeal(id: types.DealId, body: types.DealApproval, options: Options & Keyed = {}): Promise<types.Deal> {
    return this.call("POST", `/v1/deals/${segment(id)}/approval`, options, { body, repeat: "key" });
  }

  /**
   * List the conflicts of a deal.
   *
   * Lists other partners' approved deals for the same account (an equal domain or an equal name),
   * and after them those for an account that may be the same: a name that differs in spelling or
   * legal form, or a domain of the same company. Only the same account refuses an approval.
   *
   * Role: viewer; scopes: deals:read.
   *
   * Errors: `invalid_cursor`.
   */
  listDealConflicts(id: types.DealId, options: types.ListDealConflictsQuery & Options = {}): List<types.DealConflict, types.DealConflictPage> {
    return this.list("GET", `/v1/deals/${segment(id)}/conflicts`, options);
  }

  /**
   * Reject a deal.
   *
   * Gives the reason for the rejection, if there is one.
   *
   * Role: member; scopes: deals:write.
   *
   * Errors: `invalid_transition`.
   */
  rejectDeal(id: types.DealId, body: types.DealRejection, options: Options & Keyed = {}): Promise<types.Deal> {
    return this.call("POST", `/v1/deals/${segment(id)}/rejection`, options, { body, repeat: "key" });
  }

  /**
   * Restore a deal.
   *
   * Possible within 30 days of its deletion. An approved one is checked for channel conflict again.
   *
   * Role: member; scopes: deals:write.
   *
   * Errors: `external_id_taken`, `deal_conflict`.
   */
  restoreDeal(id: types.DealId, options: Options & Keyed = {}): Promise<types.Deal> {
    return this.call("POST", `/v1/deals/${segment(id)}/restoration`, options, { repeat: "key" });
  }

  /**
   * Enrich many partners.
   *
   * Those of a selection, in a job, as when they are enriched one by one. Its items tell of each
   * partner what was found; the `title` of its website is shown in `after` and not written.
   *
   * Role: member; scopes: partners:write.
   *
   * Errors: `invalid_selection`, `invalid_filter`, `not_found_reference`.
   */
  createEnrichment(body: types.EnrichmentRequest, options: Options & Keyed = {}): Promise<types.Job> {
    return this.call("POST", "/v1/enrichments", options, { body, repeat: "key" });
  }

  /**
   * List the types of events.
   *
   * Lists every type of event that is sent, with a JSON Schema of its `data`.
   *
   * Role: viewer.
   *
   * Errors: `invalid_cursor`.
   */
  listEventTypes(options: types.ListEventTypesQuery & Options = {}): List<types.EventType, types.EventTypePage> {
    return this.list("GET", "/v1/event-types", options);
  }

  /**
   * List events.
   *
   * Ascending by `sequence`, the order of commits, unless asked for otherwise; kept for 90 days. To
   * follow changes without a gap, walk to the last page and ask again with its `last_sequence` as
   * `sequence_gt`: nothing can appear below it any more. Numbers that are missing between two
   * events belong to events that do not match the conditions or that the caller may not see
   * (security, private views); none is ever lost. When events after `sequence_gt` have been erased,
   * the answer is 410 `events_expired`: read the records anew and go on from a new mark. E-mail
   * addresses of members are null for a key without `members:read`.
   *
   * Role: viewer; scopes: events:read.
   *
   * Errors: `invalid_cursor`, `events_expired`.
   */
  listEvents(options: types.ListEventsQuery & Options = {}): List<types.Event, types.EventPage> {
    return this.list("GET", "/v1/events", options);
  }

  /**
   * Export records.
   *
   * What a filter finds, as CSV or JSON lines. The file is at the job's `result` for 24 hours. In
   * CSV, texts that a spreadsheet would take for formulas are escaped. A key needs the scope to
   * read the records beside `exports:write`.
   *
   * Role: viewer; scopes: exports:write.
   *
   * Errors: `invalid_filter`.
   */
  createExport(body: types.ExportRequest, options: Options & Keyed = {}): Promise<types.Job> {
    return this.call("POST", "/v1/exports", options, { body, repeat: "key" });
  }

  /**
   * Get the ideal partner profile.
   *
   * The criteria that fit is judged by, and what they weigh. A new organization has a default one.
   *
   * Role: viewer; scopes: scores:read.
   */
  getIdealPartnerProfile(options?: Options): Promise<types.IdealPartnerProfile>;
  getIdealPartnerProfile(options: Options & Unless): Promise<types.IdealPartnerProfile | null>;
  getIdealPartnerProfile(options: Options & Partial<Unless> = {}): Promise<types.IdealPartnerProfile | null> {
    return this.call("GET", "/v1/ideal-partner-profile", options);
  }

  /**
   * Update the ideal partner profile.
   *
   * A merge patch: absent properties keep their values; `weights` must add up to 10000 afterwards.
   * All scores become stale; refresh them when it suits you.
   *
   * Role: admin; scopes: scores:write.
   *
   * Errors: `if_match_required`, `invalid_filter`, `weights_not_100_percent`.
   */
  updateIdealPartnerProfile(body: types.IdealPartnerProfileUpdate, options: Options & Matching): Promise<types.IdealPartnerProfile> {
    return this.call("PATCH", "/v1/ideal-partner-profile", options, { body, type: "application/merge-patch+json" });
  }

  /**
   * Import a file.
   *
   * CSV, a JSON array or JSON lines. Every row becomes an item of the job with its outcome. An
   * import is an automated write: what people decided stays. The same file twice changes nothing. A
   * key needs the scope to write the records beside `imports:write`.
   *
   * Role: member; scopes: imports:write.
   *
   * Errors: `csv_unreadable`, `mapping_unknown_column`.
   */
  createImport(body: types.ImportForm, options: Options & Keyed = {}): Promise<types.Job> {
    return this.call("POST", "/v1/imports", options, { body, type: "multipart/form-data", repeat: "key" });
  }

  /**
   * Preview an import.
   *
   * Columns with the fields that they feed, and the first rows as the import would read them. It
   * takes the options of the import; what is absent is guessed, and `guesses` says why. Nothing is
   * written. A key needs the scope to write the records, as for the import.
   *
   * Role: member; scopes: imports:write.
   *
   * Errors: `csv_unreadable`, `mapping_unknown_column`.
   */
  previewImport(body: types.ImportPreviewForm, options: Options = {}): Promise<types.ImportPreview> {
    return this.call("POST", "/v1/imports/previews", options, { body, type: "multipart/form-data", repeat: "never" });
  }

  /**
   * Get target attainment.
   *
   * Targets against what was won in a fiscal year: in all, at both ends, and partner by partner.
   *
   * Role: viewer; scopes: insights:read.
   *
   * Errors: `invalid_cursor`, `not_found_reference`.
   */
  getAttainmentInsight(options: types.GetAttainmentInsightQuery & Options = {}): List<types.AttainmentRow, types.AttainmentInsight> {
    return this.list("GET", "/v1/insights/attainment", options);
  }

  /**
   * Get the partner lifecycle.
   *
   * By the stage history, between two days in the organization's time zone, both included.
   *
   * Role: viewer; scopes: insights:read.
   *
   * Errors: `not_found_reference`.
   */
  getLifecycleInsight(options: types.GetLifecycleInsightQuery & Options = {}): Promise<types.LifecycleInsight> {
    return this.call("GET", "/v1/insights/lifecycle", options);
  }

  /**
   * Get the portfolio summary.
   *
   * Counts partners by their attributes, adds up deals and revenue, and averages scores.
   *
   * Role: viewer; scopes: insights:read.
   *
   * Errors: `not_found_reference`.
   */
  getPortfolioInsight(options: types.GetPortfolioInsightQuery & Options = {}): Promise<types.PortfolioInsight> {
    return this.call("GET", "/v1/insights/portfolio", options);
  }

  /**
   * Get partner strengths.
   *
   * The strengths that scoring found, with how many partners have them; at most 100.
   *
   * Role: viewer; scopes: insights:read.
   *
   * Errors: `not_found_reference`.
   */
  getStrengthsInsight(options: types.GetStrengthsInsightQuery & Options = {}): Promise<types.StrengthsInsight> {
    return this.call("GET", "/v1/insights/strengths", options);
  }

  /**
   * Get the Slack connection.
   *
   * Says whether Slack is connected, and to which workspace. A connection whose token cannot be
   * read any more, because the deployment has another key, is none: connect again.
   *
   * Role: admin.
   */
  getSlackIntegration(options: Options = {}): Promise<types.SlackIntegration> {
    return this.call("GET", "/v1/integrations/slack", options);
  }

  /**
   * Connect to Slack.
   *
   * The token of a bot is tried out first. It is kept encrypted and never shown; another one takes
   * its place.
   *
   * Role: admin.
   *
   * Errors: `slack_rejected`.
   */
  connectSlack(body: types.SlackConnection, options: Options = {}): Promise<types.SlackIntegration> {
    return this.call("PUT", "/v1/integrations/slack", options, { body });
  }

  /**
   * Disconnect Slack.
   *
   * Channels and users of Slack are taken out of the notification settings; what is on its way to
   * them is given up.
   *
   * Role: admin.
   *
   * Errors: `not_found`.
   */
  disconnectSlack(options: Options = {}): Promise<void> {
    return this.call("DELETE", "/v1/integrations/slack", options, { repeat: "delete" });
  }

  /**
   * List channels and users of Slack.
   *
   * Channels first, then users, as Slack pages them: a page may be shorter than asked for, and is
   * the last one only when `next_cursor` is null. There is no count.
   *
   * Role: admin.
   *
   * Errors: `invalid_cursor`, `slack_not_connected`.
   */
  listSlackTargets(options: types.ListSlackTargetsQuery & Options = {}): List<types.SlackTarget, types.SlackTargetPage> {
    return this.list("GET", "/v1/integrations/slack/targets", options);
  }

  /**
   * List jobs.
   *
   * Your own jobs, newest first. Admins see the jobs of everybody.
   *
   * Role: viewer; scopes: jobs:read.
   *
   * Errors: `invalid_cursor`.
   */
  listJobs(options: types.ListJobsQuery & Options = {}): List<types.Job, types.JobPage> {
    return this.list("GET", "/v1/jobs", options);
  }

  /**
   * Get a job.
   *
   * Its state and progress. While it is not finished, `Retry-After` says when to look again.
   *
   * Role: viewer; scopes: jobs:read.
   *
   * Errors: `job_expired`.
   */
  getJob(id: types.JobId, options?: Options): Promise<types.Job>;
  getJob(id: types.JobId, options: Options & Unless): Promise<types.Job | null>;
  getJob(id: types.JobId, options: Options & Partial<Unless> = {}): Promise<types.Job | null> {
    return this.call("GET", `/v1/jobs/${segment(id)}`, options);
  }

  /**
   * Cancel a job.
   *
   * Work that is finished is kept. A running job stops after its current step.
   *
   * Role: viewer; scopes: jobs:write.
   *
   * Errors: `job_finished`, `job_expired`.
   */
  cancelJob(id: types.JobId, options: Options & Keyed = {}): Promise<types.Job> {
    return this.call("POST", `/v1/jobs/${segment(id)}/cancellation`, options, { repeat: "key" });
  }

  /**
   * List the items of a job.
   *
   * Lists the result for each row or record, in order.
   *
   * Role: viewer; scopes: jobs:read.
   *
   * Errors: `invalid_cursor`, `job_expired`.
   */
  listJobItems(id: types.JobId, options: types.ListJobItemsQuery & Options = {}): List<types.JobItem, types.JobItemPage> {
    return this.list("GET", `/v1/jobs/${segment(id)}/items`, options);
  }

  /**
   * Download the result of a job.
   *
   * The exported file, for 24 hours, with the credential that started the job (or an admin's).
   *
   * Role: viewer; scopes: jobs:read.
   *
   * Errors: `job_not_finished`, `job_expired`.
   */
  downloadJobResult(id: types.JobId, options: Options = {}): Promise<Response> {
    return this.call("GET", `/v1/jobs/${segment(id)}/result`, options, { raw: true });
  }

  /**
   * Get the current user or API key.
   *
   * Returns the user or API key, the organization, the role and the scopes of the credential.
   *
   * Role: viewer.
   */
  getMe(options: Options = {}): Promise<types.Me> {
    return this.call("GET", "/v1/me", options);
  }

  /**
   * Update your user profile.
   *
   * Changes name, language and whether you receive mails.
   *
   * Role: viewer.
   */
  updateMe(body: types.MeUpdate, options: Options = {}): Promise<types.Me> {
    return this.call("PATCH", "/v1/me", options, { body, type: "application/merge-patch+json" });
  }

  /**
   * List members.
   *
   * In the order in which they joined or were invited.
   *
   * Role: viewer; scopes: members:read.
   *
   * Errors: `invalid_cursor`.
   */
  listMembers(options: types.ListMembersQuery & Options = {}): List<types.Member, types.MemberPage> {
    return this.list("GET", "/v1/members", options);
  }

  /**
   * Invite a member.
   *
   * The person gets a mail with a link. A link also stands in the answer, this once; whoever has
   * one of them can join within seven days. Only the link in the mail proves the address: who joins
   * by the other one has it until somebody proves it. An organization has an allowance of
   * invitations a day, and so has each address; 429 `quota_exceeded` says for how long it is used
   * up.
   *
   * Role: admin.
   *
   * Errors: `already_member`.
   */
  inviteMember(body: types.MemberInvite, options: Options & Keyed = {}): Promise<types.InvitedMember> {
    return this.call("POST", "/v1/members", options, { body, repeat: "key" });
  }

  /**
   * Get a member.
   *
   * Returns one member of the organization.
   *
   * Role: viewer; scopes: members:read.
   */
  getMember(id: types.MemberId, options?: Options): Promise<types.Member>;
  getMember(id: types.MemberId, options: Options & Unless): Promise<types.Member | null>;
  getMember(id: types.MemberId, options: Options & Partial<Unless> = {}): Promise<types.Member | null> {
    return this.call("GET", `/v1/members/${segment(id)}`, options);
  }

  /**
   * Change a member.
   *
   * Role or status; takes effect within a second, everywhere. A suspension ends the member's
   * sessions for good. Only an owner gives or takes `owner`. A member whose e-mail address somebody
   * else has proved was suspended by the system and cannot be active again.
   *
   * Role: admin.
   *
   * Errors: `last_owner`, `email_taken`.
   */
  updateMember(id: types.MemberId, body: types.MemberUpdate, options: Options & Partial<Matching> = {}): Promise<types.Member> {
    return this.call("PATCH", `/v1/members/${segment(id)}`, options, { body, type: "application/merge-patch+json" });
  }

  /**
   * Remove a member.
   *
   * Ends the person's sessions and keeps the history. Partners that the member looked after have no
   * manager then.
   *
   * Role: admin.
   *
   * Errors: `last_owner`.
   */
  removeMember(id: types.MemberId, options: Options & Partial<Matching> = {}): Promise<void> {
    return this.call("DELETE", `/v1/members/${segment(id)}`, options, { repeat: "delete" });
  }

  /**
   * List deliveries of notifications.
   *
   * Every mail (but those with reset links) and every message in Slack of the last 30 days, newest
   * first.
   *
   * Role: admin.
   *
   * Errors: `invalid_cursor`.
   */
  listNotificationDeliveries(options: types.ListNotificationDeliveriesQuery & Options = {}): List<types.NotificationDelivery, types.NotificationDeliveryPage> {
    return this.list("GET", "/v1/notification-deliveries", options);
  }

  /**
   * Try a delivery again.
   *
   * Tries the delivery again at once. A delivery that had finally failed starts a new schedule of
   * attempts.
   *
   * Role: admin.
   *
   * Errors: `delivery_succeeded`.
   */
  retryNotificationDelivery(id: types.NotificationDeliveryId, options: Options & Keyed = {}): Promise<types.NotificationDelivery> {
    return this.call("POST", `/v1/notification-deliveries/${segment(id)}/retries`, options, { repeat: "key" });
  }

  /**
   * List my notifications.
   *
   * Newest first; kept for 90 days.
   *
   * Role: viewer.
   *
   * Errors: `invalid_cursor`.
   */
  listNotifications(options: types.ListNotificationsQuery & Options = {}): List<types.Notification, types.NotificationPage> {
    return this.list("GET", "/v1/notifications", options);
  }

  /**
   * Mark all my notifications as read.
   *
   * Notifications that arrive later are unread.
   *
   * Role: viewer.
   */
  readAllNotifications(options: Options & Keyed = {}): Promise<void> {
    return this.call("POST", "/v1/notifications/read-all", options, { repeat: "key" });
  }

  /**
   * Mark a notification as read.
   *
   * `read_at` keeps the time at which it was first read.
   *
   * Role: viewer.
   */
  readNotification(id: types.NotificationId, options: Options & Keyed = {}): Promise<types.Notification> {
    return this.call("POST", `/v1/notifications/${segment(id)}/read`, options, { repeat: "key" });
  }

  /**
   * Get the organization.
   *
   * Returns its settings, such as currency, fiscal year and time zone.
   *
   * Role: viewer; scopes: organization:read.
   */
  getOrganization(options?: Options): Promise<types.Organization>;
  getOrganization(options: Options & Unless): Promise<types.Organization | null>;
  getOrganization(options: Options & Partial<Unless> = {}): Promise<types.Organization | null> {
    return this.call("GET", "/v1/organization", options);
  }

  /**
   * Change the organization.
   *
   * The currency cannot be changed once any amount exists.
   *
   * Role: admin.
   *
   * Errors: `currency_in_use`.
   */
  updateOrganization(body: types.OrganizationUpdate, options: Options & Partial<Matching> = {}): Promise<types.Organization> {
    return this.call("PATCH", "/v1/organization", options, { body, type: "application/merge-patch+json" });
  }

  /**
   * List the fields of partners.
   *
   * Lists every field in display order, with what can be done with it: filter, sort, import,
   * export, override.
   *
   * Role: viewer.
   *
   * Errors: `invalid_cursor`.
   */
  listPartnerFields(options: types.ListPartnerFieldsQuery & Options = {}): List<types.PartnerField, types.PartnerFieldPage> {
    return this.list("GET", "/v1/partner-fields", options);
  }

  /**
   * List partners.
   *
   * Filter parameters are ANDed; for `or`, `not` and `at_least` there is `POST /partners/query`.
   *
   * Role: viewer; scopes: partners:read.
   *
   * Errors: `invalid_cursor`, `not_found_reference`.
   */
  listPartners(options: types.ListPartnersQuery & Options = {}): List<types.PartnerSummary, types.PartnerSummaryPage> {
    return this.list("GET", "/v1/partners", options);
  }

  /**
   * Create a partner.
   *
   * With `primary_contact` the contact is made in the same transaction. What a person gives is
   * overridden from the start, except `name` and `type`.
   *
   * Role: member; scopes: partners:write.
   *
   * Errors: `domain_taken`, `external_id_taken`.
   */
  createPartner(body: types.PartnerCreate, options: types.CreatePartnerQuery & Options & Keyed = {}): Promise<types.Partner> {
    return this.call("POST", "/v1/partners", options, { body, repeat: "key" });
  }

  /**
   * Aggregate partners.
   *
   * Groups by up to two fields. A list field counts a partner once for each of its values.
   *
   * Role: viewer; scopes: partners:read.
   *
   * Errors: `invalid_filter`.
   */
  aggregatePartners(body: types.AggregateRequest, options: Options = {}): Promise<types.AggregateResult> {
    return this.call("POST", "/v1/partners/aggregate", options, { body });
  }

  /**
   * Write many partners.
   *
   * Up to 200 operations in one transaction. Each has an outcome of its own; with `atomic` the
   * failure of one undoes them all.
   *
   * Role: member; scopes: partners:write.
   *
   * Errors: `batch_too_large`.
   */
  batchPartners(body: types.PartnerBatch, options: types.BatchPartnersQuery & Options & Keyed = {}): Promise<types.PartnerBatchResult> {
    return this.call("POST", "/v1/partners/batch", options, { body, repeat: "key" });
  }

  /**
   * Query partners.
   *
   * By a filter tree. Has no side effect.
   *
   * Role: viewer; scopes: partners:read.
   *
   * Errors: `invalid_cursor`, `invalid_filter`.
   */
  queryPartners(body: types.PartnerQuery, options: Options = {}): List<types.PartnerSummary, types.PartnerSummaryPage> {
    return this.list("POST", "/v1/partners/query", options, body);
  }

  /**
   * Get a partner.
   *
   * Returns the complete profile.
   *
   * Role: viewer; scopes: partners:read.
   */
  getPartner(id: types.PartnerId, options?: Options): Promise<types.Partner>;
  getPartner(id: types.PartnerId, options: Options & Unless): Promise<types.Partner | null>;
  getPartner(id: types.PartnerId, options: Options & Partial<Unless> = {}): Promise<types.Partner | null> {
    return this.call("GET", `/v1/partners/${segment(id)}`, options);
  }

  /**
   * Change a partner.
   *
   * A merge patch. What a person changes is overridden from then on; automation skips such fields,
   * is told so in `skipped_fields`, and its newest value waits as the pending value.
   *
   * Role: member; scopes: partners:write.
   *
   * Errors: `domain_taken`, `external_id_taken`.
   */
  updatePartner(id: types.PartnerId, body: types.PartnerUpdate, options: types.UpdatePartnerQuery & Options & Partial<Matching> = {}): Promise<types.Partner> {
    return this.call("PATCH", `/v1/partners/${segment(id)}`, options, { body, type: "application/merge-patch+json" });
  }

  /**
   * Delete a partner.
   *
   * It can be restored within 30 days.
   *
   * Role: member; scopes: partners:write.
   */
  deletePartner(id: types.PartnerId, options: Options & Partial<Matching> = {}): Promise<void> {
    return this.call("DELETE", `/v1/partners/${segment(id)}`, options, { repeat: "delete" });
  }

  /**
   * Enrich a partner.
   *
   * In a job: from the partner's own website, and from the company-data source when the deployment
   * has one. Fields that a person has set stay; what was found waits beside them. What a source
   * said about a domain is believed for seven days.
   *
   * Role: member; scopes: partners:write.
   *
   * Errors: `domain_required`.
   */
  enrichPartner(id: types.PartnerId, options: Options & Keyed = {}): Promise<types.Job> {
    return this.call("POST", `/v1/partners/${segment(id)}/enrichment`, options, { repeat: "key" });
  }

  /**
   * List the events of a partner.
   *
   * Its time line, ascending unless asked for otherwise: the partner itself, its contacts, deals
   * and plan items.
   *
   * Role: viewer; scopes: events:read.
   *
   * Errors: `invalid_cursor`, `events_expired`.
   */
  listPartnerEvents(id: types.PartnerId, options: types.ListPartnerEventsQuery & Options = {}): List<types.Event, types.EventPage> {
    return this.list("GET", `/v1/partners/${segment(id)}/events`, options);
  }

  /**
   * Get the joint plan of a partner.
   *
   * Target, quarters and what was won in them, in the fiscal calendar and time zone of the
   * organization.
   *
   * Role: viewer; scopes: plans:read.
   */
  getJointPlan(id: types.PartnerId, options?: types.GetJointPlanQuery & Options): Promise<types.JointPlan>;
  getJointPlan(id: types.PartnerId, options: types.GetJointPlanQuery & Options & Unless): Promise<types.JointPlan | null>;
  getJointPlan(id: types.PartnerId, options: types.GetJointPlanQuery & Options & Partial<Unless> = {}): Promise<types.JointPlan | null> {
    return this.call("GET", `/v1/partners/${segment(id)}/joint-plan`, options);
  }

  /**
   * Update target and weights.
   *
   * They are fields of the partner: what a person changes is overridden from then on, and
   * automation skips it. Answers the plan for the present fiscal year.
   *
   * Role: member; scopes: plans:write.
   */
  updateJointPlan(id: types.PartnerId, body: types.JointPlanUpdate, options: types.UpdateJointPlanQuery & Options & Partial<Matching> = {}): Promise<types.JointPlan> {
    return this.call("PATCH", `/v1/partners/${segment(id)}/joint-plan`, options, { body, type: "application/merge-patch+json" });
  }

  /**
   * Get the logo of a partner.
   *
   * As PNG, at most 512 pixels a side. The address in `logo_url` names its version, and such an
   * answer never changes.
   *
   * Role: viewer; scopes: partners:read.
   */
  getPartnerLogo(id: types.PartnerId, options: types.GetPartnerLogoQuery & Options = {}): Promise<Response> {
    return this.call("GET", `/v1/partners/${segment(id)}/logo`, options, { raw: true });
  }

  /**
   * Upload a logo.
   *
   * PNG, JPEG or WebP, known by its bytes, of at most 1 MiB. It is scaled to at most 512 pixels a
   * side and encoded anew, without metadata.
   *
   * Role: member; scopes: partners:write.
   *
   * Errors: `image_unreadable`.
   */
  uploadPartnerLogo(id: types.PartnerId, body: FileContent, options: Options & Partial<Matching> = {}): Promise<types.Partner> {
    return this.call("PUT", `/v1/partners/${segment(id)}/logo`, options, { body, type: "image/*" });
  }

  /**
   * Delete the logo of a partner.
   *
   * Does nothing if the partner has no logo.
   *
   * Role: member; scopes: partners:write.
   */
  deletePartnerLogo(id: types.PartnerId, options: Options & Partial<Matching> = {}): Promise<types.Partner> {
    return this.call("DELETE", `/v1/partners/${segment(id)}/logo`, options);
  }

  /**
   * Fetch the logo of a partner.
   *
   * From the partner's own website, in a job. It takes the place of whatever logo there is, also of
   * one that was uploaded.
   *
   * Role: member; scopes: partners:write.
   *
   * Errors: `domain_required`.
   */
  fetchPartnerLogo(id: types.PartnerId, options: Options & Keyed = {}): Promise<types.Job> {
    return this.call("POST", `/v1/partners/${segment(id)}/logo/fetch`, options, { repeat: "key" });
  }

  /**
   * List the overrides of a partner.
   *
   * Lists the fields that people have set: value, pending value, who set it and when.
   *
   * Role: viewer; scopes: partners:read.
   *
   * Errors: `invalid_cursor`.
   */
  listPartnerOverrides(id: types.PartnerId, options: types.ListPartnerOverridesQuery & Options = {}): List<types.FieldOverride, types.FieldOverridePage> {
    return this.list("GET", `/v1/partners/${segment(id)}/overrides`, options);
  }

  /**
   * Clear all overrides.
   *
   * Automation may write all fields of the partner again; pending values are applied.
   *
   * Role: member; scopes: partners:override.
   */
  clearPartnerOverrides(id: types.PartnerId, options: Options & Partial<Matching> = {}): Promise<types.Partner> {
    return this.call("DELETE", `/v1/partners/${segment(id)}/overrides`, options);
  }

  /**
   * Override a field at its current value.
   *
   * Automation no longer changes the field.
   *
   * Role: member; scopes: partners:override.
   *
   * Errors: `not_overridable`.
   */
  pinPartnerField(id: types.PartnerId, field: string, options: Options = {}): Promise<types.Partner> {
    return this.call("PUT", `/v1/partners/${segment(id)}/overrides/${segment(field)}`, options);
  }

  /**
   * Clear an override.
   *
   * The field takes its pending value, if there is one, and automation may write it again.
   *
   * Role: member; scopes: partners:override.
   *
   * Errors: `not_overridden`.
   */
  clearPartnerOverride(id: types.PartnerId, field: string, options: Options & Partial<Matching> = {}): Promise<types.Partner> {
    return this.call("DELETE", `/v1/partners/${segment(id)}/overrides/${segment(field)}`, options);
  }

  /**
   * List the plan items of a partner.
   *
   * In the order of the plan unless sorted otherwise.
   *
   * Role: viewer; scopes: plans:read.
   *
   * Errors: `invalid_cursor`.
   */
  listPlanItems(id: types.PartnerId, options: types.ListPlanItemsQuery & Options = {}): List<types.PlanItem, types.PlanItemPage> {
    return this.list("GET", `/v1/partners/${segment(id)}/plan-items`, options);
  }

  /**
   * Create a plan item.
   *
   * The item is added at the end of the plan.
   *
   * Role: member; scopes: plans:write.
   */
  createPlanItem(id: types.PartnerId, body: types.PlanItemCreate, options: Options & Keyed = {}): Promise<types.PlanItem> {
    return this.call("POST", `/v1/partners/${segment(id)}/plan-items`, options, { body, repeat: "key" });
  }

  /**
   * Restore a partner.
   *
   * Possible within 30 days of its deletion, together with its contacts and deals. Refused while
   * another partner has its domain or external id by now, or a deal that was approved meanwhile for
   * the account of one of its approved deals.
   *
   * Role: member; scopes: partners:write.
   *
   * Errors: `domain_taken`, `external_id_taken`, `deal_conflict`.
   */
  restorePartner(id: types.PartnerId, options: Options & Keyed = {}): Promise<types.Partner> {
    return this.call("POST", `/v1/partners/${segment(id)}/restoration`, options, { repeat: "key" });
  }

  /**
   * List the scores of a partner.
   *
   * Lists every score with its evidence, newest first.
   *
   * Role: viewer; scopes: scores:read.
   *
   * Errors: `invalid_cursor`.
   */
  listPartnerScores(id: types.PartnerId, options: types.ListPartnerScoresQuery & Options = {}): List<types.Score, types.ScorePage> {
    return this.list("GET", `/v1/partners/${segment(id)}/scores`, options);
  }

  /**
   * Tag a partner.
   *
   * Adds one tag and leaves the others as they are. Counts as a write of `tag_ids`.
   *
   * Role: member; scopes: partners:write.
   *
   * Errors: `too_many_tags`.
   */
  addPartnerTag(id: types.PartnerId, tag_id: types.TagId, options: types.AddPartnerTagQuery & Options = {}): Promise<types.Partner> {
    return this.call("PUT", `/v1/partners/${segment(id)}/tags/${segment(tag_id)}`, options);
  }

  /**
   * Remove a tag from a partner.
   *
   * Removes one tag and leaves the others as they are. Counts as a write of `tag_ids`.
   *
   * Role: member; scopes: partners:write.
   */
  removePartnerTag(id: types.PartnerId, tag_id: types.TagId, options: types.RemovePartnerTagQuery & Options & Partial<Matching> = {}): Promise<types.Partner> {
    return this.call("DELETE", `/v1/partners/${segment(id)}/tags/${segment(tag_id)}`, options);
  }

  /**
   * Assess the tier of a partner.
   *
   * Why it has its tier, and what it lacks for the next: every condition with what is needed, what
   * there is, and the gap.
   *
   * Role: viewer; scopes: tiers:read.
   */
  assessPartnerTier(id: types.PartnerId, options: Options = {}): Promise<types.TierAssessment> {
    return this.call("GET", `/v1/partners/${segment(id)}/tier-assessment`, options);
  }

  /**
   * List the tier history of a partner.
   *
   * Lists every change of its tier, newest first.
   *
   * Role: viewer; scopes: tiers:read.
   *
   * Errors: `invalid_cursor`.
   */
  listPartnerTierHistory(id: types.PartnerId, options: types.ListPartnerTierHistoryQuery & Options = {}): List<types.TierChange, types.TierChangePage> {
    return this.list("GET", `/v1/partners/${segment(id)}/tier-history`, options);
  }

  /**
   * Get a plan item.
   *
   * Returns one item of a joint plan.
   *
   * Role: viewer; scopes: plans:read.
   */
  getPlanItem(id: types.PlanItemId, options?: Options): Promise<types.PlanItem>;
  getPlanItem(id: types.PlanItemId, options: Options & Unless): Promise<types.PlanItem | null>;
  getPlanItem(id: types.PlanItemId, options: Options & Partial<Unless> = {}): Promise<types.PlanItem | null> {
    return this.call("GET", `/v1/plan-items/${segment(id)}`, options);
  }

  /**
   * Change a plan item.
   *
   * `before_id` moves it in front of another item of the plan; null moves it to the end.
   *
   * Role: member; scopes: plans:write.
   */
  updatePlanItem(id: types.PlanItemId, body: types.PlanItemUpdate, options: Options & Partial<Matching> = {}): Promise<types.PlanItem> {
    return this.call("PATCH", `/v1/plan-items/${segment(id)}`, options, { body, type: "application/merge-patch+json" });
  }

  /**
   * Delete a plan item.
   *
   * Deletes it permanently.
   *
   * Role: member; scopes: plans:write.
   */
  deletePlanItem(id: types.PlanItemId, options: Options & Partial<Matching> = {}): Promise<void> {
    return this.call("DELETE", `/v1/plan-items/${segment(id)}`, options, { repeat: "delete" });
  }

  /**
   * Get a form to fill in.
   *
   * What a front end needs to render it, and nothing else. A form that is closed is not there. At
   * most 20 requests a minute from one address, submissions included.
   */
  getPublicForm(token: string, options: Options = {}): Promise<types.PublicForm> {
    return this.call("GET", `/v1/public/application-forms/${segment(token)}`, options);
  }

  /**
   * Submit an application.
   *
   * Answers are checked against the form's version that is named; one that was replaced less than a
   * day ago is still good. Everything that is wrong is named at once. The answer tells nothing but
   * a receipt; the same application sent again within a day gets the same one. At most 20 requests
   * a minute from one address, reading the form included.
   *
   * Errors: `form_changed`, `agreement_required`, `required`, `not_found_reference`.
   */
  submitApplication(token: string, body: types.PublicSubmission, options: Options & Keyed = {}): Promise<types.SubmissionReceipt> {
    return this.call("POST", `/v1/public/application-forms/${segment(token)}/submissions`, options, { body, repeat: "key" });
  }

  /**
   * Refresh scores.
   *
   * Of the partners that are named, or those that a filter or a view finds. The items of the job
   * hold the scores before and after. Partners of whom nothing has changed are skipped unless
   * `force` (which it is for named ones). A dry run tells what the rules would say, and writes
   * nothing.
   *
   * Role: member; scopes: scores:write.
   *
   * Errors: `invalid_selection`, `invalid_filter`, `ai_unavailable`, `not_found_reference`.
   */
  refreshScores(body: types.ScoreRefreshRequest, options: Options & Keyed = {}): Promise<types.Job> {
    return this.call("POST", "/v1/score-refreshes", options, { body, repeat: "key" });
  }

  /**
   * List tags.
   *
   * By name unless sorted otherwise. `q` finds names that contain it.
   *
   * Role: viewer; scopes: tags:read.
   *
   * Errors: `invalid_cursor`.
   */
  listTags(options: types.ListTagsQuery & Options = {}): List<types.Tag, types.TagPage> {
    return this.list("GET", "/v1/tags", options);
  }

  /**
   * Create a tag.
   *
   * Its name must be new within the category, ignoring case.
   *
   * Role: member; scopes: tags:write.
   *
   * Errors: `tag_name_taken`.
   */
  createTag(body: types.TagCreate, options: Options & Keyed = {}): Promise<types.Tag> {
    return this.call("POST", "/v1/tags", options, { body, repeat: "key" });
  }

  /**
   * Get a tag.
   *
   * `partner_count` is the number of partners that have it.
   *
   * Role: viewer; scopes: tags:read.
   */
  getTag(id: types.TagId, options?: Options): Promise<types.Tag>;
  getTag(id: types.TagId, options: Options & Unless): Promise<types.Tag | null>;
  getTag(id: types.TagId, options: Options & Partial<Unless> = {}): Promise<types.Tag | null> {
    return this.call("GET", `/v1/tags/${segment(id)}`, options);
  }

  /**
   * Update a tag.
   *
   * Changes name and color. The category cannot be changed.
   *
   * Role: admin; scopes: tags:write.
   *
   * Errors: `tag_name_taken`.
   */
  updateTag(id: types.TagId, body: types.TagUpdate, options: Options & Partial<Matching> = {}): Promise<types.Tag> {
    return this.call("PATCH", `/v1/tags/${segment(id)}`, options, { body, type: "application/merge-patch+json" });
  }

  /**
   * Delete a tag.
   *
   * It is removed from all partners.
   *
   * Role: admin; scopes: tags:write.
   */
  deleteTag(id: types.TagId, options: Options & Partial<Matching> = {}): Promise<void> {
    return this.call("DELETE", `/v1/tags/${segment(id)}`, options, { repeat: "delete" });
  }

  /**
   * Evaluate tiers.
   *
   * Of all partners, or of a selection. The items of the job hold the tier before and after; a dry
   * run changes nothing and says exactly what a real one would do.
   *
   * Role: admin; scopes: tiers:write.
   *
   * Errors: `invalid_selection`, `invalid_filter`, `not_found_reference`.
   */
  evaluateTiers(body: types.TierEvaluationRequest, options: Options & Keyed = {}): Promise<types.Job> {
    return this.call("POST", "/v1/tier-evaluations", options, { body, repeat: "key" });
  }

  /**
   * Get the tier policy.
   *
   * Says when and how tiers are evaluated.
   *
   * Role: viewer; scopes: tiers:read.
   */
  getTierPolicy(options?: Options): Promise<types.TierPolicy>;
  getTierPolicy(options: Options & Unless): Promise<types.TierPolicy | null>;
  getTierPolicy(options: Options & Partial<Unless> = {}): Promise<types.TierPolicy | null> {
    return this.call("GET", "/v1/tier-policy", options);
  }

  /**
   * Update the tier policy.
   *
   * A merge patch: absent properties keep their values. No tier changes by this alone.
   *
   * Role: admin; scopes: tiers:write.
   *
   * Errors: `if_match_required`.
   */
  updateTierPolicy(body: types.TierPolicyUpdate, options: Options & Matching): Promise<types.TierPolicy> {
    return this.call("PATCH", "/v1/tier-policy", options, { body, type: "application/merge-patch+json" });
  }

  /**
   * List tiers.
   *
   * Ordered by rank, the lowest first.
   *
   * Role: viewer; scopes: tiers:read.
   *
   * Errors: `invalid_cursor`.
   */
  listTiers(options: types.ListTiersQuery & Options = {}): List<types.Tier, types.TierPage> {
    return this.list("GET", "/v1/tiers", options);
  }

  /**
   * Create a tier.
   *
   * Key and rank must be new. Nobody is evaluated by it: try it out with a dry run, then evaluate.
   *
   * Role: admin; scopes: tiers:write.
   *
   * Errors: `key_taken`, `rank_taken`, `circular_requirement`, `invalid_filter`.
   */
  createTier(body: types.TierCreate, options: Options & Keyed = {}): Promise<types.Tier> {
    return this.call("POST", "/v1/tiers", options, { body, repeat: "key" });
  }

  /**
   * Get a tier.
   *
   * `partner_count` is the number of partners that have it.
   *
   * Role: viewer; scopes: tiers:read.
   */
  getTier(key: string, options?: Options): Promise<types.Tier>;
  getTier(key: string, options: Options & Unless): Promise<types.Tier | null>;
  getTier(key: string, options: Options & Partial<Unless> = {}): Promise<types.Tier | null> {
    return this.call("GET", `/v1/tiers/${segment(key)}`, options);
  }

  /**
   * Change a tier.
   *
   * When rank, requirement or default change and the rules decide on tiers, partners are evaluated:
   * up to 1,000 at once, more in a job that starts at once.
   *
   * Role: admin; scopes: tiers:write.
   *
   * Errors: `rank_taken`, `default_tier`, `circular_requirement`, `invalid_filter`.
   */
  updateTier(key: string, body: types.TierUpdate, options: Options & Partial<Matching> = {}): Promise<types.Tier> {
    return this.call("PATCH", `/v1/tiers/${segment(key)}`, options, { body, type: "application/merge-patch+json" });
  }

  /**
   * Delete a tier.
   *
   * Its partners get what the rules give them; those who have it by hand get the tier of
   * `replace_with` by hand.
   *
   * Role: admin; scopes: tiers:write.
   *
   * Errors: `tier_in_use`, `default_tier`, `not_found_reference`.
   */
  deleteTier(key: string, options: types.DeleteTierQuery & Options & Partial<Matching> = {}): Promise<void> {
    return this.call("DELETE", `/v1/tiers/${segment(key)}`, options, { repeat: "delete" });
  }

  /**
   * List saved views.
   *
   * Your own views and the shared ones, in the order in which they were saved.
   *
   * Role: viewer; scopes: views:read.
   *
   * Errors: `invalid_cursor`.
   */
  listViews(options: types.ListViewsQuery & Options = {}): List<types.SavedView, types.SavedViewPage> {
    return this.list("GET", "/v1/views", options);
  }

  /**
   * Save a view.
   *
   * Private unless shared; sharing needs the role `member`. The views of an API key are always
   * shared.
   *
   * Role: viewer; scopes: views:write.
   *
   * Errors: `view_name_taken`, `invalid_filter`.
   */
  createView(body: types.SavedViewCreate, options: Options & Keyed = {}): Promise<types.SavedView> {
    return this.call("POST", "/v1/views", options, { body, repeat: "key" });
  }

  /**
   * Get a saved view.
   *
   * `warnings` name what its filter names and no longer exists; private views of others are not
   * found.
   *
   * Role: viewer; scopes: views:read.
   */
  getView(id: types.ViewId, options?: Options): Promise<types.SavedView>;
  getView(id: types.ViewId, options: Options & Unless): Promise<types.SavedView | null>;
  getView(id: types.ViewId, options: Options & Partial<Unless> = {}): Promise<types.SavedView | null> {
    return this.call("GET", `/v1/views/${segment(id)}`, options);
  }

  /**
   * Change a saved view.
   *
   * Only its owner or an admin may do so. When a view becomes private, it is no longer the default
   * of other members.
   *
   * Role: viewer; scopes: views:write.
   *
   * Errors: `not_view_owner`, `view_name_taken`, `invalid_filter`.
   */
  updateView(id: types.ViewId, body: types.SavedViewUpdate, options: Options & Partial<Matching> = {}): Promise<types.SavedView> {
    return this.call("PATCH", `/v1/views/${segment(id)}`, options, { body, type: "application/merge-patch+json" });
  }

  /**
   * Delete a saved view.
   *
   * Only its owner or an admin may do so. Members who had it as their default have none afterwards.
   *
   * Role: viewer; scopes: views:write.
   *
   * Errors: `not_view_owner`.
   */
  deleteView(id: types.ViewId, options: Options & Partial<Matching> = {}): Promise<void> {
    return this.call("DELETE", `/v1/views/${segment(id)}`, options, { repeat: "delete" });
  }

  /**
   * Set the default view.
   *
   * The view becomes your default for its kind of records. The defaults of other members do not
   * change.
   *
   * Role: viewer.
   */
  setDefaultView(id: types.ViewId, options: Options = {}): Promise<types.SavedView> {
    return this.call("PUT", `/v1/views/${segment(id)}/default`, options);
  }

  /**
   * Unset the default view.
   *
   * Does nothing if the view is not your default.
   *
   * Role: viewer.
   */
  unsetDefaultView(id: types.ViewId, options: Options & Partial<Matching> = {}): Promise<types.SavedView> {
    return this.call("DELETE", `/v1/views/${segment(id)}/default`, options);
  }

  /**
   * Get the version of the server.
   *
   * The version of the server, the commit that it was built from, and the version of the API.
   */
  getVersion(options: Options = {}): Promise<types.ServerVersion> {
    return this.call("GET", "/version", options);
  }
}
