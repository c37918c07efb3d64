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
   * Checks nothing else. Restart the process when this fails.
   */
  getLiveness(options: Options = {}): Promise<types.Liveness> {
    return this.call("GET", "/healthz", options);
  }

  /**
   * Check that the server is ready.
   *
   * Checks the database, its migrations, the task queue, whether this instance is informed of
   * revoked sessions and keys, and, after a write has failed for lack of disk space, whether there
   * is space again. Send requests to this instance only while the response is 200.
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
   * The response is the only place where the secret is shown.
   *
   * Role: admin.
   */
  createApiKey(body: types.ApiKeyCreate, options: Options & Keyed = {}): Promise<types.ApiKeyWithSecret> {
    return this.call("POST", "/v1/api-keys", options, { body, repeat: "key" });
  }

  /**
   * Get an API key.
   *
   * Returns the key without its secret, of which only a hash is stored.
   *
   * Role: admin.
   */
  getApiKey(id: types.ApiKeyId, options?: Options): Promise<types.ApiKey>;
  getApiKey(id: types.ApiKeyId, options: Options & Unless): Promise<types.ApiKey | null>;
  getApiKey(id: types.ApiKeyId, options: Options & Partial<Unless> = {}): Promise<types.ApiKey | null> {
    return this.call("GET", `/v1/api-keys/${segment(id)}`, options);
  }

  /**
   * Update an API key.
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
   * Every organization has one form. A new form is closed and asks for company, website, name and
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
   * A merge patch. A list of questions or agreements that is sent replaces the whole list: entries
   * with an `id` are kept and changed, entries without one are new, and their order is the order
   * shown. Every change creates a new version, which is live at once while the form is open.
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
   * Returns the members, roles, Slack channels and Slack users that are notified of new
   * applications. By default these are admins and owners, by mail too.
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
   * A merge patch: absent properties keep their values. Each recipient is notified once, even if
   * several settings name the person; only active members are notified.
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
   * Returns the version with the public link that it had. Versions are never deleted.
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
   * Newest first unless requested otherwise. `q` finds parts of the applicant's name, e-mail
   * address and company.
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
   * Creates a partner (stage `prospect`, status `pending`) and its contact from the submission, or
   * fills in the partner that the body names. Answers are written as automation. `data` replaces
   * answers and is written as manual, so that its fields are overridden from then on (as automation
   * for an API key without `partners:override`). Repeated and concurrent calls create one partner
   * only.
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
   * Joins the organization with a name and a password, and signs the member in.
   *
   * Errors: `invitation_invalid`, `email_taken`.
   */
  acceptInvitation(body: types.InvitationAcceptance, options: Options = {}): Promise<types.TokenGrant> {
    return this.call("POST", "/v1/auth/invitation-acceptances", options, { body, repeat: "never", grants: true });
  }

  /**
   * Change the password.
   *
   * Takes the token of a reset link, or the current password of the signed-in user. Other sessions
   * end, and the person is notified by mail.
   *
   * Errors: `reset_token_invalid`, `invalid_credentials`.
   */
  changePassword(body: types.PasswordChange, options: Options = {}): Promise<void> {
    return this.call("POST", "/v1/auth/password-changes", options, { body, repeat: "never" });
  }

  /**
   * Request a password reset.
   *
   * If a member has this e-mail address, mails a link with which a new password can be chosen
   * within an hour; at most one mail every five minutes. Neither the response nor its time shows
   * whether the address has an account.
   */
  requestPasswordReset(body: types.PasswordResetRequest, options: Options = {}): Promise<void> {
    return this.call("POST", "/v1/auth/password-resets", options, { body, repeat: "never" });
  }

  /**
   * Refresh the session.
   *
   * Exchanges the refresh token in the cookie for its successor and a new access token. Requires
   * the header `X-Requested-With` and an `Origin` that this deployment allows. Using a token a
   * second time ends the session; within ten seconds it returns the same successor again.
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
   * Creates the organization and its first owner with the token of the mailed link, which works
   * once and for 24 hours, and signs the owner in. Send `password` as well, because the person who
   * registered the address is not always the person who reads the mail.
   *
   * Errors: `confirmation_invalid`.
   */
  confirmRegistration(body: types.RegistrationConfirmation, options: Options = {}): Promise<types.TokenGrant> {
    return this.call("POST", "/v1/auth/registration-confirmations", options, { body, repeat: "never", grants: true });
  }

  /**
   * Register an organization.
   *
   * By default e-mail addresses must be confirmed: the response is 202 and a link is mailed to the
   * address, with which `confirmRegistration` creates the organization. The response is the same if
   * the address already has an account; its owner then gets a mail about the attempt. Where
   * confirmation is turned off (a trial), this operation creates the organization and its first
   * owner at once, signs the owner in and answers 201.
   *
   * Errors: `email_taken`, `registration_closed`.
   */
  register(body: types.Registration, options: Options = {}): Promise<types.TokenGrant | null> {
    return this.call("POST", "/v1/auth/registrations", options, { body, repeat: "never", grants: true });
  }

  /**
   * List my sessions.
   *
   * Lists one session for each device on which you are signed in.
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
   * The response sets the cookie of the refresh token and a cookie that identifies this device at
   * the next sign-in, so that failed attempts from unknown devices do not lock out a known one.
   * Failed attempts are limited by network, by account and network, and, with a higher limit, by
   * account. A sign-in from a new device is reported to the person by mail.
   *
   * Errors: `invalid_credentials`, `member_suspended`.
   */
  signIn(body: types.SignIn, options: Options = {}): Promise<types.TokenGrant> {
    return this.call("POST", "/v1/auth/sessions", options, { body, repeat: "never", grants: true });
  }

  /**
   * End a session.
   *
   * `current` means the session of this request; its cookie is cleared. Access tokens of the
   * session are refused from then on.
   *
   * Role: viewer.
   */
  endSession(session_id: string, options: Options = {}): Promise<void> {
    return this.call("DELETE", `/v1/auth/sessions/${segment(session_id)}`, options, { repeat: "delete" });
  }

  /**
   * List contacts.
   *
   * Sorted by name unless requested otherwise. `q` finds names and e-mail addresses that contain
   * it.
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
   * With `make_primary` the contact also becomes the partner's primary contact, which counts as a
   * write of `primary_contact_id`.
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
   * Update a contact.
   *
   * A new `partner_id` moves the contact to that partner; it is then no longer the primary contact
   * or a stakeholder of its former partner.
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
   * Erases the contact permanently, because it is personal data. References to it as primary
   * contact or stakeholder are removed.
   *
   * Role: member; scopes: contacts:write.
   */
  deleteContact(id: types.ContactId, options: Options & Partial<Matching> = {}): Promise<void> {
    return this.call("DELETE", `/v1/contacts/${segment(id)}`, options, { repeat: "delete" });
  }

  /**
   * List deals.
   *
   * Filter parameters are combined with AND. To filter by fields of the deal's partner, use `POST
   * /deals/query`. `q` finds parts of name, account and domain of the account.
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
   * A deal that a person registers is `approved` unless the body states another status; one that an
   * API key registers is `submitted`. An approved deal is checked for channel conflict: no other
   * partner may have an approved deal for the same account. The partner's totals are updated in the
   * same transaction.
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
   * Write deals in a batch.
   *
   * Up to 200 operations in one transaction, each with its own result. With `atomic`, one failure
   * undoes all of them. Rows may contain `currency`, which must be the organization's.
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
   * Takes a filter tree, which may name fields of the partner, such as `partner.tier`. The query
   * has no side effects.
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
   * Returns one deal registration.
   *
   * Role: viewer; scopes: deals:read.
   */
  getDeal(id: types.DealId, options?: Options): Promise<types.Deal>;
  getDeal(id: types.DealId, options: Options & Unless): Promise<types.Deal | null>;
  getDeal(id: types.DealId, options: Options & Partial<Unless> = {}): Promise<types.Deal | null> {
    return this.call("GET", `/v1/deals/${segment(id)}`, options);
  }

  /**
   * Update a deal.
   *
   * A merge patch. `status` may change as the life cycle of deals allows: `approved` sets
   * `expires_on` as the approval does, and reopens a won or lost deal; `won` and `lost` require
   * `closed_on`. A new `partner_id` moves the deal to that partner.
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
   * The deal can be restored within 30 days.
   *
   * Role: member; scopes: deals:write.
   */
  deleteDeal(id: types.DealId, options: Options & Partial<Matching> = {}): Promise<void> {
    return this.call("DELETE", `/v1/deals/${segment(id)}`, options, { repeat: "delete" });
  }

  /**
   * Approve a deal.
   *
   * Protects the deal until `expires_on`. Refused if another partner has an approved deal for the
   * same account. A won or lost deal is reopened.
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
   * Lists approved deals of other partners for the same account (the same domain or the same name),
   * and after them those for an account that may be the same: a name that differs in spelling or
   * legal form, or a domain of the same company. Only a deal for the same account prevents an
   * approval.
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
   * The body may give the reason for the rejection.
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
   * Possible within 30 days of the deletion. An approved deal is checked for channel conflict
   * again.
   *
   * Role: member; scopes: deals:write.
   *
   * Errors: `external_id_taken`, `deal_conflict`.
   */
  restoreDeal(id: types.DealId, options: Options & Keyed = {}): Promise<types.Deal> {
    return this.call("POST", `/v1/deals/${segment(id)}/restoration`, options, { repeat: "key" });
  }

  /**
   * Enrich partners.
   *
   * Enriches the partners of a selection in one job, in the same way as one partner. The job's
   * items show what was found for each partner; the `title` of the website appears in `after` and
   * is not written.
   *
   * Role: member; scopes: partners:write.
   *
   * Errors: `invalid_selection`, `invalid_filter`, `not_found_reference`.
   */
  createEnrichment(body: types.EnrichmentRequest, options: Options & Keyed = {}): Promise<types.Job> {
    return this.call("POST", "/v1/enrichments", options, { body, repeat: "key" });
  }

  /**
   * List event types.
   *
   * Lists every event type that is sent, with a JSON Schema of its `data`.
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
   * In ascending order of `sequence`, which is the order of commits, unless requested otherwise.
   * Events are kept for 90 days. To follow changes without a gap, read to the last page and then
   * pass its `last_sequence` as `sequence_gt`: no event can appear below it later. Gaps in the
   * numbers belong to events that do not match the conditions or that the caller may not see
   * (security, private views); no event is lost. If events after `sequence_gt` have been erased,
   * the response is 410 `events_expired`: read the records again and continue from a new
   * `last_sequence`. E-mail addresses of members are null for a key without `members:read`.
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
   * Exports the records that a filter finds, as CSV or JSON lines. The job's `result` gives the
   * file for 24 hours. In CSV, texts that a spreadsheet would interpret as formulas are escaped. An
   * API key needs the scope to read the records in addition to `exports:write`.
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
   * Returns the criteria of the fit score and their weights. A new organization has a default
   * profile.
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
   * A merge patch: absent properties keep their values. `weights` must add up to 10000 afterwards.
   * All scores become stale; start a score refresh to compute them again.
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
   * Takes CSV, a JSON array or JSON lines. Every row becomes an item of the job with its result. An
   * import is an automated write: fields that people have set are not changed. Importing the same
   * file again changes nothing. An API key needs the scope to write the records in addition to
   * `imports:write`.
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
   * Returns the columns with the fields that they map to, and the first rows as the import would
   * read them. Takes the options of the import; absent options are guessed, and `guesses` gives the
   * reasons. Nothing is written. An API key needs the scope to write the records, as for the
   * import.
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
   * Compares targets with the revenue won in a fiscal year: the total, the best and the worst
   * partners, and a list of all partners.
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
   * Computed from the stage history, between two days in the organization's time zone, both
   * included.
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
   * Lists the strengths that scoring found, with the number of partners that have them; at most
   * 100.
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
   * Returns whether Slack is connected, and to which workspace. If the stored token cannot be
   * decrypted, because the deployment has a new key, Slack is shown as not connected: connect
   * again.
   *
   * Role: admin.
   */
  getSlackIntegration(options: Options = {}): Promise<types.SlackIntegration> {
    return this.call("GET", "/v1/integrations/slack", options);
  }

  /**
   * Connect to Slack.
   *
   * Takes the token of a bot, and checks it with Slack first. The token is stored encrypted and
   * never shown. A new token replaces the stored one.
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
   * Channels and users of Slack are removed from the notification settings, and messages that were
   * not sent yet are canceled.
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
   * Channels first, then users. A page may have fewer entries than requested, because Slack pages
   * the list; only a null `next_cursor` marks the last page. The list has no count.
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
   * Lists your own jobs, newest first. Admins see all jobs.
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
   * Returns state and progress. Until the job has ended, `Retry-After` says when to ask again.
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
   * Completed work is kept. A running job stops after its current step.
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
   * The exported file is available for 24 hours, to the credential that started the job and to
   * admins.
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
   * In the order in which members joined or were invited.
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
   * Mails a link with which the person can join within seven days. The response contains a second
   * link, which is shown only once. Only the link in the mail confirms the address; a person who
   * joins with the other link keeps the address until its owner confirms it. Invitations per day
   * are limited for each organization and each address; 429 `quota_exceeded` says when the next one
   * is possible.
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
   * Update a member.
   *
   * Changes role or status, within a second everywhere. A suspension ends the member's sessions
   * permanently. Only an owner can grant or revoke `owner`. A member whose e-mail address was
   * confirmed by another person is suspended by the system and cannot be activated again.
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
   * Ends the person's sessions and keeps the history. Partners that the member managed have no
   * partner manager afterwards.
   *
   * Role: admin.
   *
   * Errors: `last_owner`.
   */
  removeMember(id: types.MemberId, options: Options & Partial<Matching> = {}): Promise<void> {
    return this.call("DELETE", `/v1/members/${segment(id)}`, options, { repeat: "delete" });
  }

  /**
   * List notification deliveries.
   *
   * Lists mails (except those with reset links) and Slack messages of the last 30 days, newest
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
   * Retry a notification delivery.
   *
   * Tries the delivery again at once. A delivery that has failed permanently starts a new schedule
   * of attempts.
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
   * Newest first. Notifications are kept for 90 days.
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
   * `read_at` keeps the time of the first read.
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
   * Update the organization.
   *
   * The currency cannot be changed once an amount exists.
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
   * Lists every field in display order, with what it can be used for: filters, sorting, imports,
   * exports and overrides.
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
   * Filter parameters are combined with AND. For `or`, `not` and `at_least` use `POST
   * /partners/query`.
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
   * With `primary_contact` the contact is created in the same transaction. Fields that a person
   * sets are overridden from the start, except `name` and `type`.
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
   * Groups partners by up to two fields. With a list field, a partner is counted once for each
   * value.
   *
   * Role: viewer; scopes: partners:read.
   *
   * Errors: `invalid_filter`.
   */
  aggregatePartners(body: types.AggregateRequest, options: Options = {}): Promise<types.AggregateResult> {
    return this.call("POST", "/v1/partners/aggregate", options, { body });
  }

  /**
   * Write partners in a batch.
   *
   * Up to 200 operations in one transaction, each with its own result. With `atomic`, one failure
   * undoes all of them.
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
   * Takes a filter tree. The query has no side effects.
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
   * Update a partner.
   *
   * A merge patch. Fields that a person changes are overridden from then on. Automation skips
   * overridden fields: the response lists them in `skipped_fields`, and the newest value is stored
   * as the pending value.
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
   * The partner can be restored within 30 days.
   *
   * Role: member; scopes: partners:write.
   */
  deletePartner(id: types.PartnerId, options: Options & Partial<Matching> = {}): Promise<void> {
    return this.call("DELETE", `/v1/partners/${segment(id)}`, options, { repeat: "delete" });
  }

  /**
   * Enrich a partner.
   *
   * Starts a job that reads the partner's own website, and the company-data source if the
   * deployment has one. Fields that a person has set are not changed; the values found become
   * pending values. Results for a domain are reused for seven days.
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
   * The timeline of the partner: events about the partner, its contacts, deals and plan items, in
   * ascending order unless requested otherwise.
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
   * Returns the target, the quarters and the revenue won in each, by the fiscal calendar and time
   * zone of the organization.
   *
   * Role: viewer; scopes: plans:read.
   */
  getJointPlan(id: types.PartnerId, options?: types.GetJointPlanQuery & Options): Promise<types.JointPlan>;
  getJointPlan(id: types.PartnerId, options: types.GetJointPlanQuery & Options & Unless): Promise<types.JointPlan | null>;
  getJointPlan(id: types.PartnerId, options: types.GetJointPlanQuery & Options & Partial<Unless> = {}): Promise<types.JointPlan | null> {
    return this.call("GET", `/v1/partners/${segment(id)}/joint-plan`, options);
  }

  /**
   * Update the joint plan of a partner.
   *
   * Target and weights are fields of the partner: a person's change overrides them, and automation
   * skips them from then on. Returns the plan of the current fiscal year.
   *
   * Role: member; scopes: plans:write.
   */
  updateJointPlan(id: types.PartnerId, body: types.JointPlanUpdate, options: types.UpdateJointPlanQuery & Options & Partial<Matching> = {}): Promise<types.JointPlan> {
    return this.call("PATCH", `/v1/partners/${segment(id)}/joint-plan`, options, { body, type: "application/merge-patch+json" });
  }

  /**
   * Get the logo of a partner.
   *
   * Returns a PNG of at most 512 pixels a side. `logo_url` contains a version, and the response for
   * a version never changes.
   *
   * Role: viewer; scopes: partners:read.
   */
  getPartnerLogo(id: types.PartnerId, options: types.GetPartnerLogoQuery & Options = {}): Promise<Response> {
    return this.call("GET", `/v1/partners/${segment(id)}/logo`, options, { raw: true });
  }

  /**
   * Upload a logo.
   *
   * PNG, JPEG or WebP, recognized by content, of at most 1 MiB. The picture is scaled to at most
   * 512 pixels a side and encoded again without metadata.
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
   * Starts a job that fetches the logo from the partner's own website. It replaces any logo,
   * including one that was uploaded.
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
   * Lists the fields that people have set, with value, pending value, who set it and when.
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
   * The fields take their pending values, and automation may write all fields of the partner again.
   *
   * Role: member; scopes: partners:override.
   */
  clearPartnerOverrides(id: types.PartnerId, options: Options & Partial<Matching> = {}): Promise<types.Partner> {
    return this.call("DELETE", `/v1/partners/${segment(id)}/overrides`, options);
  }

  /**
   * Override a field at its current value.
   *
   * Automation no longer changes the field, until the override is cleared.
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
   * In the order of the plan unless requested otherwise.
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
   * Possible within 30 days of the deletion, and includes its contacts and deals. Refused if
   * another partner now has its domain or external id, or if a deal was approved meanwhile for the
   * account of one of its approved deals.
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
   * Add a tag to a partner.
   *
   * The other tags are kept. Counts as a write of `tag_ids`.
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
   * The other tags are kept. Counts as a write of `tag_ids`.
   *
   * Role: member; scopes: partners:write.
   */
  removePartnerTag(id: types.PartnerId, tag_id: types.TagId, options: types.RemovePartnerTagQuery & Options & Partial<Matching> = {}): Promise<types.Partner> {
    return this.call("DELETE", `/v1/partners/${segment(id)}/tags/${segment(tag_id)}`, options);
  }

  /**
   * Assess the tier of a partner.
   *
   * Returns why the partner has its tier, and what it lacks for the next one: every condition with
   * the required value, the partner's value and the gap.
   *
   * Role: viewer; scopes: tiers:read.
   */
  assessPartnerTier(id: types.PartnerId, options: Options = {}): Promise<types.TierAssessment> {
    return this.call("GET", `/v1/partners/${segment(id)}/tier-assessment`, options);
  }

  /**
   * List the tier history of a partner.
   *
   * Lists every change of the partner's tier, newest first.
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
   * Update a plan item.
   *
   * `before_id` moves the item in front of another item of the plan; null moves it to the end.
   *
   * Role: member; scopes: plans:write.
   */
  updatePlanItem(id: types.PlanItemId, body: types.PlanItemUpdate, options: Options & Partial<Matching> = {}): Promise<types.PlanItem> {
    return this.call("PATCH", `/v1/plan-items/${segment(id)}`, options, { body, type: "application/merge-patch+json" });
  }

  /**
   * Delete a plan item.
   *
   * The item is deleted permanently.
   *
   * Role: member; scopes: plans:write.
   */
  deletePlanItem(id: types.PlanItemId, options: Options & Partial<Matching> = {}): Promise<void> {
    return this.call("DELETE", `/v1/plan-items/${segment(id)}`, options, { repeat: "delete" });
  }

  /**
   * Get a form to fill in.
   *
   * Returns what a front end needs to show the form. A closed form answers 404. At most 20 requests
   * per minute from one address, submissions included.
   */
  getPublicForm(token: string, options: Options = {}): Promise<types.PublicForm> {
    return this.call("GET", `/v1/public/application-forms/${segment(token)}`, options);
  }

  /**
   * Submit an application.
   *
   * Answers are validated against the version of the form that the body names; a version that was
   * replaced less than a day ago is still accepted. All errors are reported at once. The response
   * contains a receipt only; sending the same application again within a day returns the same
   * receipt. At most 20 requests per minute from one address, reading the form included.
   *
   * Errors: `form_changed`, `agreement_required`, `required`, `not_found_reference`.
   */
  submitApplication(token: string, body: types.PublicSubmission, options: Options & Keyed = {}): Promise<types.SubmissionReceipt> {
    return this.call("POST", `/v1/public/application-forms/${segment(token)}/submissions`, options, { body, repeat: "key" });
  }

  /**
   * Refresh scores.
   *
   * Refreshes the scores of the listed partners, or of those that a filter or view finds. The job's
   * items contain the scores before and after. Partners whose facts have not changed are skipped
   * unless `force` is true, which is the default for listed partners. A dry run reports what the
   * rules would give, and writes nothing.
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
   * Sorted by name unless requested otherwise. `q` finds names that contain it.
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
   * The name must be unique within the category, ignoring case.
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
   * The tag is removed from all partners.
   *
   * Role: admin; scopes: tags:write.
   */
  deleteTag(id: types.TagId, options: Options & Partial<Matching> = {}): Promise<void> {
    return this.call("DELETE", `/v1/tags/${segment(id)}`, options, { repeat: "delete" });
  }

  /**
   * Evaluate tiers.
   *
   * Evaluates all partners, or a selection. The job's items contain the tier before and after. A
   * dry run changes nothing and reports exactly what an evaluation would do.
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
   * Returns when and how tiers are evaluated.
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
   * A merge patch: absent properties keep their values. A change of the policy alone changes no
   * tier.
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
   * Key and rank must be unique. Creating a tier evaluates no partner: preview the effect with a
   * dry run of an evaluation, then evaluate.
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
   * Update a tier.
   *
   * If rank, requirement or default change and tiers follow the rules, partners are evaluated: up
   * to 1,000 in this request, more in a job that is started at once.
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
   * Its partners get the tier that the rules give them. Partners that were assigned to it manually
   * are assigned to the tier in `replace_with` instead.
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
   * Lists your own views and the shared ones, in the order in which they were created.
   *
   * Role: viewer; scopes: views:read.
   *
   * Errors: `invalid_cursor`.
   */
  listViews(options: types.ListViewsQuery & Options = {}): List<types.SavedView, types.SavedViewPage> {
    return this.list("GET", "/v1/views", options);
  }

  /**
   * Create a saved view.
   *
   * A view is private unless it is shared; sharing requires the role `member`. The views of an API
   * key are always shared.
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
   * `warnings` list what its filter refers to and no longer exists. Private views of other members
   * are not found.
   *
   * Role: viewer; scopes: views:read.
   */
  getView(id: types.ViewId, options?: Options): Promise<types.SavedView>;
  getView(id: types.ViewId, options: Options & Unless): Promise<types.SavedView | null>;
  getView(id: types.ViewId, options: Options & Partial<Unless> = {}): Promise<types.SavedView | null> {
    return this.call("GET", `/v1/views/${segment(id)}`, options);
  }

  /**
   * Update a saved view.
   *
   * Only its owner or an admin may do so. If the view becomes private, it is no longer the default
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
   * Only its owner or an admin may do so. Members who had it as their default have no default
   * afterwards.
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
   * Returns the version of the server, the commit from which it was built, and the version of the
   * API.
   */
  getVersion(options: Options = {}): Promise<types.ServerVersion> {
    return this.call("GET", "/version", options);
  }
}
