# Generated from openapi/openapi.json by sdks/generate.py. Do not edit.
"""Every operation of the API; a method is called like the operation of the document."""

from __future__ import annotations

from typing import Unpack, overload

from ..lists import List
from ..transport import Transport, segment
from ..values import FileContent, Version
from . import types


class Operations(Transport):
    """The operations, without what is built upon them."""

    def get_liveness(self) -> types.Liveness:
        """Check that the process is alive.

        Checks nothing else. Restart the process when this fails.
        """
        result: types.Liveness = self._json("GET", "/healthz")
        return result

    def get_readiness(self) -> types.Readiness:
        """Check that the server is ready.

        Checks the database, its migrations, the task queue, whether this instance is informed
        of revoked sessions and keys, and, after a write has failed for lack of disk space,
        whether there is space again. Send requests to this instance only while the response is
        200.

        Errors: `unavailable`.
        """
        result: types.Readiness = self._json("GET", "/readyz")
        return result

    def list_api_keys(
        self,
        **query: Unpack[types.ListApiKeysQuery],
    ) -> List[types.ApiKey, types.ApiKeyPage]:
        """List API keys.

        Includes revoked keys. Secrets are never shown.

        Role: admin.

        Errors: `invalid_cursor`.
        """
        return self._list("GET", "/v1/api-keys", query=query)

    def create_api_key(
        self,
        body: types.ApiKeyCreate,
        *,
        idempotency_key: str | None = None,
    ) -> types.ApiKeyWithSecret:
        """Create an API key.

        The response is the only place where the secret is shown.

        Role: admin.
        """
        result: types.ApiKeyWithSecret = self._json(
            "POST",
            "/v1/api-keys",
            body=body,
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    @overload
    def get_api_key(self, id: types.ApiKeyId) -> types.ApiKey: ...

    @overload
    def get_api_key(
        self,
        id: types.ApiKeyId,
        *,
        if_none_match: Version,
    ) -> types.ApiKey | None: ...

    def get_api_key(
        self,
        id: types.ApiKeyId,
        *,
        if_none_match: Version | None = None,
    ) -> types.ApiKey | None:
        """Get an API key.

        Returns the key without its secret, of which only a hash is stored.

        Role: admin.
        """
        result: types.ApiKey | None = self._json(
            "GET",
            f"/v1/api-keys/{segment(id)}",
            if_none_match=if_none_match,
        )
        return result

    def update_api_key(
        self,
        id: types.ApiKeyId,
        body: types.ApiKeyUpdate,
        *,
        if_match: Version | None = None,
    ) -> types.ApiKey:
        """Update an API key.

        The change takes effect at once on every server.

        Role: admin.
        """
        result: types.ApiKey = self._json(
            "PATCH",
            f"/v1/api-keys/{segment(id)}",
            body=body,
            media_type="application/merge-patch+json",
            if_match=if_match,
        )
        return result

    def revoke_api_key(self, id: types.ApiKeyId, *, if_match: Version | None = None) -> None:
        """Revoke an API key.

        The key stops working at once on every server.

        Role: admin.
        """
        self._nothing("DELETE", f"/v1/api-keys/{segment(id)}", if_match=if_match, repeat="delete")

    def rotate_api_key(
        self,
        id: types.ApiKeyId,
        body: types.ApiKeyRotation,
        *,
        idempotency_key: str | None = None,
    ) -> types.ApiKeyWithSecret:
        """Rotate an API key.

        Creates a new key with the same rights. The old key keeps working for `overlap_seconds`.

        Role: admin.
        """
        result: types.ApiKeyWithSecret = self._json(
            "POST",
            f"/v1/api-keys/{segment(id)}/rotations",
            body=body,
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    @overload
    def get_application_form(self) -> types.ApplicationForm: ...

    @overload
    def get_application_form(self, *, if_none_match: Version) -> types.ApplicationForm | None: ...

    def get_application_form(
        self,
        *,
        if_none_match: Version | None = None,
    ) -> types.ApplicationForm | None:
        """Get the application form.

        Every organization has one form. A new form is closed and asks for company, website,
        name and e-mail address.

        Role: viewer; scopes: applications:read.
        """
        result: types.ApplicationForm | None = self._json(
            "GET",
            "/v1/application-form",
            if_none_match=if_none_match,
        )
        return result

    def update_application_form(
        self,
        body: types.ApplicationFormUpdate,
        *,
        if_match: Version,
    ) -> types.ApplicationForm:
        """Update the application form.

        A merge patch. A list of questions or agreements that is sent replaces the whole list:
        entries with an `id` are kept and changed, entries without one are new, and their order
        is the order shown. Every change creates a new version, which is live at once while the
        form is open.

        Role: admin; scopes: applications:write.

        Errors: `if_match_required`, `form_needs_name_question`, `mapping_type_mismatch`,
        `not_found_reference`.
        """
        result: types.ApplicationForm = self._json(
            "PATCH",
            "/v1/application-form",
            body=body,
            media_type="application/merge-patch+json",
            if_match=if_match,
        )
        return result

    @overload
    def get_form_notifications(self) -> types.NotificationSettings: ...

    @overload
    def get_form_notifications(
        self,
        *,
        if_none_match: Version,
    ) -> types.NotificationSettings | None: ...

    def get_form_notifications(
        self,
        *,
        if_none_match: Version | None = None,
    ) -> types.NotificationSettings | None:
        """Get form notification settings.

        Returns the members, roles, Slack channels and Slack users that are notified of new
        applications. By default these are admins and owners, by mail too.

        Role: admin; scopes: applications:read.
        """
        result: types.NotificationSettings | None = self._json(
            "GET",
            "/v1/application-form/notifications",
            if_none_match=if_none_match,
        )
        return result

    def update_form_notifications(
        self,
        body: types.NotificationSettingsUpdate,
        *,
        if_match: Version,
    ) -> types.NotificationSettings:
        """Update form notification settings.

        A merge patch: absent properties keep their values. Each recipient is notified once,
        even if several settings name the person; only active members are notified.

        Role: admin; scopes: applications:write.

        Errors: `if_match_required`, `slack_not_connected`, `not_found_reference`.
        """
        result: types.NotificationSettings = self._json(
            "PATCH",
            "/v1/application-form/notifications",
            body=body,
            media_type="application/merge-patch+json",
            if_match=if_match,
        )
        return result

    def rotate_form_token(self, *, idempotency_key: str | None = None) -> types.ApplicationForm:
        """Replace the public link.

        The old link stops working at once, also for people who are filling in the form.

        Role: admin.
        """
        result: types.ApplicationForm = self._json(
            "POST",
            "/v1/application-form/public-token-rotations",
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    @overload
    def get_application_form_version(self, n: int) -> types.ApplicationForm: ...

    @overload
    def get_application_form_version(
        self,
        n: int,
        *,
        if_none_match: Version,
    ) -> types.ApplicationForm | None: ...

    def get_application_form_version(
        self,
        n: int,
        *,
        if_none_match: Version | None = None,
    ) -> types.ApplicationForm | None:
        """Get a version of the application form.

        Returns the version with the public link that it had. Versions are never deleted.

        Role: viewer; scopes: applications:read.
        """
        result: types.ApplicationForm | None = self._json(
            "GET",
            f"/v1/application-form/versions/{segment(n)}",
            if_none_match=if_none_match,
        )
        return result

    def list_submissions(
        self,
        **query: Unpack[types.ListSubmissionsQuery],
    ) -> List[types.Submission, types.SubmissionPage]:
        """List submissions.

        Newest first unless requested otherwise. `q` finds parts of the applicant's name, e-mail
        address and company.

        Role: viewer; scopes: applications:read.

        Errors: `invalid_cursor`.
        """
        return self._list("GET", "/v1/application-submissions", query=query)

    @overload
    def get_submission(self, id: types.SubmissionId) -> types.Submission: ...

    @overload
    def get_submission(
        self,
        id: types.SubmissionId,
        *,
        if_none_match: Version,
    ) -> types.Submission | None: ...

    def get_submission(
        self,
        id: types.SubmissionId,
        *,
        if_none_match: Version | None = None,
    ) -> types.Submission | None:
        """Get a submission.

        `duplicate_partner_id` is the partner with the same domain, if there is one.

        Role: viewer; scopes: applications:read.
        """
        result: types.Submission | None = self._json(
            "GET",
            f"/v1/application-submissions/{segment(id)}",
            if_none_match=if_none_match,
        )
        return result

    def update_submission(
        self,
        id: types.SubmissionId,
        body: types.SubmissionUpdate,
        *,
        if_match: Version | None = None,
    ) -> types.Submission:
        """Review a submission.

        Changes status, notes and reviewer. If a submission without a reviewer is rejected, the
        caller becomes its reviewer.

        Role: member; scopes: applications:write.

        Errors: `submission_already_accepted`, `use_acceptance`, `not_found_reference`.
        """
        result: types.Submission = self._json(
            "PATCH",
            f"/v1/application-submissions/{segment(id)}",
            body=body,
            media_type="application/merge-patch+json",
            if_match=if_match,
        )
        return result

    def delete_submission(
        self,
        id: types.SubmissionId,
        *,
        if_match: Version | None = None,
    ) -> None:
        """Erase a submission.

        Erases the submission and its answers permanently. A partner that was created from it is
        kept.

        Role: admin; scopes: applications:write.
        """
        self._nothing(
            "DELETE",
            f"/v1/application-submissions/{segment(id)}",
            if_match=if_match,
            repeat="delete",
        )

    def accept_submission(
        self,
        id: types.SubmissionId,
        body: types.SubmissionAcceptance,
        *,
        idempotency_key: str | None = None,
    ) -> types.AcceptanceResult:
        """Accept a submission.

        Creates a partner (stage `prospect`, status `pending`) and its contact from the
        submission, or fills in the partner that the body names. Answers are written as
        automation. `data` replaces answers and is written as manual, so that its fields are
        overridden from then on (as automation for an API key without `partners:override`).
        Repeated and concurrent calls create one partner only.

        Role: member; scopes: applications:write, partners:write.

        Errors: `partner_exists`, `submission_already_accepted`, `external_id_taken`,
        `required`, `not_found_reference`.
        """
        result: types.AcceptanceResult = self._json(
            "POST",
            f"/v1/application-submissions/{segment(id)}/acceptance",
            body=body,
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    def accept_invitation(self, body: types.InvitationAcceptance) -> types.TokenGrant:
        """Accept an invitation.

        Joins the organization with a name and a password, and signs the member in.

        Errors: `invitation_invalid`, `email_taken`.
        """
        result: types.TokenGrant = self._json(
            "POST",
            "/v1/auth/invitation-acceptances",
            body=body,
            repeat="never",
            grants=True,
        )
        return result

    def change_password(self, body: types.PasswordChange) -> None:
        """Change the password.

        Takes the token of a reset link, or the current password of the signed-in user. Other
        sessions end, and the person is notified by mail.

        Errors: `reset_token_invalid`, `invalid_credentials`.
        """
        self._nothing("POST", "/v1/auth/password-changes", body=body, repeat="never")

    def request_password_reset(self, body: types.PasswordResetRequest) -> None:
        """Request a password reset.

        If a member has this e-mail address, mails a link with which a new password can be
        chosen within an hour; at most one mail every five minutes. Neither the response nor its
        time shows whether the address has an account.
        """
        self._nothing("POST", "/v1/auth/password-resets", body=body, repeat="never")

    def refresh_session(self) -> types.TokenGrant:
        """Refresh the session.

        Exchanges the refresh token in the cookie for its successor and a new access token.
        Requires the header `X-Requested-With` and an `Origin` that this deployment allows.
        Using a token a second time ends the session; within ten seconds it returns the same
        successor again.

        Errors: `refresh_token_invalid`, `refresh_token_reused`, `origin_not_allowed`,
        `member_suspended`.
        """
        result: types.TokenGrant = self._json(
            "POST",
            "/v1/auth/refreshes",
            repeat="never",
            grants=True,
        )
        return result

    def confirm_registration(self, body: types.RegistrationConfirmation) -> types.TokenGrant:
        """Confirm a registration.

        Creates the organization and its first owner with the token of the mailed link, which
        works once and for 24 hours, and signs the owner in. Send `password` as well, because
        the person who registered the address is not always the person who reads the mail.

        Errors: `confirmation_invalid`.
        """
        result: types.TokenGrant = self._json(
            "POST",
            "/v1/auth/registration-confirmations",
            body=body,
            repeat="never",
            grants=True,
        )
        return result

    def register(self, body: types.Registration) -> types.TokenGrant | None:
        """Register an organization.

        By default e-mail addresses must be confirmed: the response is 202 and a link is mailed
        to the address, with which `confirmRegistration` creates the organization. The response
        is the same if the address already has an account; its owner then gets a mail about the
        attempt. Where confirmation is turned off (a trial), this operation creates the
        organization and its first owner at once, signs the owner in and answers 201.

        Errors: `email_taken`, `registration_closed`.
        """
        result: types.TokenGrant | None = self._json(
            "POST",
            "/v1/auth/registrations",
            body=body,
            repeat="never",
            grants=True,
        )
        return result

    def list_sessions(
        self,
        **query: Unpack[types.ListSessionsQuery],
    ) -> List[types.Session, types.SessionPage]:
        """List my sessions.

        Lists one session for each device on which you are signed in.

        Role: viewer.

        Errors: `invalid_cursor`.
        """
        return self._list("GET", "/v1/auth/sessions", query=query)

    def sign_in(self, body: types.SignIn) -> types.TokenGrant:
        """Sign in.

        The response sets the cookie of the refresh token and a cookie that identifies this
        device at the next sign-in, so that failed attempts from unknown devices do not lock out
        a known one. Failed attempts are limited by network, by account and network, and, with a
        higher limit, by account. A sign-in from a new device is reported to the person by mail.

        Errors: `invalid_credentials`, `member_suspended`.
        """
        result: types.TokenGrant = self._json(
            "POST",
            "/v1/auth/sessions",
            body=body,
            repeat="never",
            grants=True,
        )
        return result

    def end_session(self, session_id: str) -> None:
        """End a session.

        `current` means the session of this request; its cookie is cleared. Access tokens of the
        session are refused from then on.

        Role: viewer.
        """
        self._nothing("DELETE", f"/v1/auth/sessions/{segment(session_id)}", repeat="delete")

    def list_contacts(
        self,
        **query: Unpack[types.ListContactsQuery],
    ) -> List[types.Contact, types.ContactPage]:
        """List contacts.

        Sorted by name unless requested otherwise. `q` finds names and e-mail addresses that
        contain it.

        Role: viewer; scopes: contacts:read.

        Errors: `invalid_cursor`, `not_found_reference`.
        """
        return self._list("GET", "/v1/contacts", query=query)

    def create_contact(
        self,
        body: types.ContactCreate,
        *,
        idempotency_key: str | None = None,
    ) -> types.Contact:
        """Create a contact.

        With `make_primary` the contact also becomes the partner's primary contact, which counts
        as a write of `primary_contact_id`.

        Role: member; scopes: contacts:write.

        Errors: `contact_email_taken`.
        """
        result: types.Contact = self._json(
            "POST",
            "/v1/contacts",
            body=body,
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    @overload
    def get_contact(self, id: types.ContactId) -> types.Contact: ...

    @overload
    def get_contact(
        self,
        id: types.ContactId,
        *,
        if_none_match: Version,
    ) -> types.Contact | None: ...

    def get_contact(
        self,
        id: types.ContactId,
        *,
        if_none_match: Version | None = None,
    ) -> types.Contact | None:
        """Get a contact.

        Returns one person at a partner.

        Role: viewer; scopes: contacts:read.
        """
        result: types.Contact | None = self._json(
            "GET",
            f"/v1/contacts/{segment(id)}",
            if_none_match=if_none_match,
        )
        return result

    def update_contact(
        self,
        id: types.ContactId,
        body: types.ContactUpdate,
        *,
        if_match: Version | None = None,
    ) -> types.Contact:
        """Update a contact.

        A new `partner_id` moves the contact to that partner; it is then no longer the primary
        contact or a stakeholder of its former partner.

        Role: member; scopes: contacts:write.

        Errors: `contact_email_taken`.
        """
        result: types.Contact = self._json(
            "PATCH",
            f"/v1/contacts/{segment(id)}",
            body=body,
            media_type="application/merge-patch+json",
            if_match=if_match,
        )
        return result

    def delete_contact(self, id: types.ContactId, *, if_match: Version | None = None) -> None:
        """Erase a contact.

        Erases the contact permanently, because it is personal data. References to it as primary
        contact or stakeholder are removed.

        Role: member; scopes: contacts:write.
        """
        self._nothing("DELETE", f"/v1/contacts/{segment(id)}", if_match=if_match, repeat="delete")

    def list_deals(
        self,
        **query: Unpack[types.ListDealsQuery],
    ) -> List[types.Deal, types.DealPage]:
        """List deals.

        Filter parameters are combined with AND. To filter by fields of the deal's partner, use
        `POST /deals/query`. `q` finds parts of name, account and domain of the account.

        Role: viewer; scopes: deals:read.

        Errors: `invalid_cursor`, `not_found_reference`.
        """
        return self._list("GET", "/v1/deals", query=query)

    def create_deal(
        self,
        body: types.DealCreate,
        *,
        idempotency_key: str | None = None,
    ) -> types.Deal:
        """Register a deal.

        A deal that a person registers is `approved` unless the body states another status; one
        that an API key registers is `submitted`. An approved deal is checked for channel
        conflict: no other partner may have an approved deal for the same account. The partner's
        totals are updated in the same transaction.

        Role: member; scopes: deals:write.

        Errors: `external_id_taken`, `deal_conflict`, `closed_on_required`,
        `invalid_date_order`, `not_applicable`.
        """
        result: types.Deal = self._json(
            "POST",
            "/v1/deals",
            body=body,
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    def batch_deals(
        self,
        body: types.DealBatch,
        *,
        idempotency_key: str | None = None,
    ) -> types.DealBatchResult:
        """Write deals in a batch.

        Up to 200 operations in one transaction, each with its own result. With `atomic`, one
        failure undoes all of them. Rows may contain `currency`, which must be the
        organization's.

        Role: member; scopes: deals:write.

        Errors: `batch_too_large`.
        """
        result: types.DealBatchResult = self._json(
            "POST",
            "/v1/deals/batch",
            body=body,
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    def query_deals(self, body: types.DealQuery) -> List[types.Deal, types.DealPage]:
        """Query deals.

        Takes a filter tree, which may name fields of the partner, such as `partner.tier`. The
        query has no side effects.

        Role: viewer; scopes: deals:read.

        Errors: `invalid_cursor`, `invalid_filter`.
        """
        return self._list("POST", "/v1/deals/query", body=body)

    @overload
    def get_deal(self, id: types.DealId) -> types.Deal: ...

    @overload
    def get_deal(self, id: types.DealId, *, if_none_match: Version) -> types.Deal | None: ...

    def get_deal(
        self,
        id: types.DealId,
        *,
        if_none_match: Version | None = None,
    ) -> types.Deal | None:
        """Get a deal.

        Returns one deal registration.

        Role: viewer; scopes: deals:read.
        """
        result: types.Deal | None = self._json(
            "GET",
            f"/v1/deals/{segment(id)}",
            if_none_match=if_none_match,
        )
        return result

    def update_deal(
        self,
        id: types.DealId,
        body: types.DealUpdate,
        *,
        if_match: Version | None = None,
    ) -> types.Deal:
        """Update a deal.

        A merge patch. `status` may change as the life cycle of deals allows: `approved` sets
        `expires_on` as the approval does, and reopens a won or lost deal; `won` and `lost`
        require `closed_on`. A new `partner_id` moves the deal to that partner.

        Role: member; scopes: deals:write.

        Errors: `external_id_taken`, `invalid_transition`, `deal_conflict`,
        `closed_on_required`, `invalid_date_order`, `not_applicable`.
        """
        result: types.Deal = self._json(
            "PATCH",
            f"/v1/deals/{segment(id)}",
            body=body,
            media_type="application/merge-patch+json",
            if_match=if_match,
        )
        return result

    def delete_deal(self, id: types.DealId, *, if_match: Version | None = None) -> None:
        """Delete a deal.

        The deal can be restored within 30 days.

        Role: member; scopes: deals:write.
        """
        self._nothing("DELETE", f"/v1/deals/{segment(id)}", if_match=if_match, repeat="delete")

    def approve_deal(
        self,
        id: types.DealId,
        body: types.DealApproval,
        *,
        idempotency_key: str | None = None,
    ) -> types.Deal:
        """Approve a deal.

        Protects the deal until `expires_on`. Refused if another partner has an approved deal
        for the same account. A won or lost deal is reopened.

        Role: member; scopes: deals:write.

        Errors: `invalid_transition`, `deal_conflict`, `invalid_date_order`.
        """
        result: types.Deal = self._json(
            "POST",
            f"/v1/deals/{segment(id)}/approval",
            body=body,
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    def list_deal_conflicts(
        self,
        id: types.DealId,
        **query: Unpack[types.ListDealConflictsQuery],
    ) -> List[types.DealConflict, types.DealConflictPage]:
        """List the conflicts of a deal.

        Lists approved deals of other partners for the same account (the same domain or the same
        name), and after them those for an account that may be the same: a name that differs in
        spelling or legal form, or a domain of the same company. Only a deal for the same
        account prevents an approval.

        Role: viewer; scopes: deals:read.

        Errors: `invalid_cursor`.
        """
        return self._list("GET", f"/v1/deals/{segment(id)}/conflicts", query=query)

    def reject_deal(
        self,
        id: types.DealId,
        body: types.DealRejection,
        *,
        idempotency_key: str | None = None,
    ) -> types.Deal:
        """Reject a deal.

        The body may give the reason for the rejection.

        Role: member; scopes: deals:write.

        Errors: `invalid_transition`.
        """
        result: types.Deal = self._json(
            "POST",
            f"/v1/deals/{segment(id)}/rejection",
            body=body,
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    def restore_deal(self, id: types.DealId, *, idempotency_key: str | None = None) -> types.Deal:
        """Restore a deal.

        Possible within 30 days of the deletion. An approved deal is checked for channel
        conflict again.

        Role: member; scopes: deals:write.

        Errors: `external_id_taken`, `deal_conflict`.
        """
        result: types.Deal = self._json(
            "POST",
            f"/v1/deals/{segment(id)}/restoration",
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    def create_enrichment(
        self,
        body: types.EnrichmentRequest,
        *,
        idempotency_key: str | None = None,
    ) -> types.Job:
        """Enrich partners.

        Enriches the partners of a selection in one job, in the same way as one partner. The
        job's items show what was found for each partner; the `title` of the website appears in
        `after` and is not written.

        Role: member; scopes: partners:write.

        Errors: `invalid_selection`, `invalid_filter`, `not_found_reference`.
        """
        result: types.Job = self._json(
            "POST",
            "/v1/enrichments",
            body=body,
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    def list_event_types(
        self,
        **query: Unpack[types.ListEventTypesQuery],
    ) -> List[types.EventType, types.EventTypePage]:
        """List event types.

        Lists every event type that is sent, with a JSON Schema of its `data`.

        Role: viewer.

        Errors: `invalid_cursor`.
        """
        return self._list("GET", "/v1/event-types", query=query)

    def list_events(
        self,
        **query: Unpack[types.ListEventsQuery],
    ) -> List[types.Event, types.EventPage]:
        """List events.

        In ascending order of `sequence`, which is the order of commits, unless requested
        otherwise. Events are kept for 90 days. To follow changes without a gap, read to the
        last page and then pass its `last_sequence` as `sequence_gt`: no event can appear below
        it later. Gaps in the numbers belong to events that do not match the conditions or that
        the caller may not see (security, private views); no event is lost. If events after
        `sequence_gt` have been erased, the response is 410 `events_expired`: read the records
        again and continue from a new `last_sequence`. E-mail addresses of members are null for
        a key without `members:read`.

        Role: viewer; scopes: events:read.

        Errors: `invalid_cursor`, `events_expired`.
        """
        return self._list("GET", "/v1/events", query=query)

    def create_export(
        self,
        body: types.ExportRequest,
        *,
        idempotency_key: str | None = None,
    ) -> types.Job:
        """Export records.

        Exports the records that a filter finds, as CSV or JSON lines. The job's `result` gives
        the file for 24 hours. In CSV, texts that a spreadsheet would interpret as formulas are
        escaped. An API key needs the scope to read the records in addition to `exports:write`.

        Role: viewer; scopes: exports:write.

        Errors: `invalid_filter`.
        """
        result: types.Job = self._json(
            "POST",
            "/v1/exports",
            body=body,
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    @overload
    def get_ideal_partner_profile(self) -> types.IdealPartnerProfile: ...

    @overload
    def get_ideal_partner_profile(
        self,
        *,
        if_none_match: Version,
    ) -> types.IdealPartnerProfile | None: ...

    def get_ideal_partner_profile(
        self,
        *,
        if_none_match: Version | None = None,
    ) -> types.IdealPartnerProfile | None:
        """Get the ideal partner profile.

        Returns the criteria of the fit score and their weights. A new organization has a
        default profile.

        Role: viewer; scopes: scores:read.
        """
        result: types.IdealPartnerProfile | None = self._json(
            "GET",
            "/v1/ideal-partner-profile",
            if_none_match=if_none_match,
        )
        return result

    def update_ideal_partner_profile(
        self,
        body: types.IdealPartnerProfileUpdate,
        *,
        if_match: Version,
    ) -> types.IdealPartnerProfile:
        """Update the ideal partner profile.

        A merge patch: absent properties keep their values. `weights` must add up to 10000
        afterwards. All scores become stale; start a score refresh to compute them again.

        Role: admin; scopes: scores:write.

        Errors: `if_match_required`, `invalid_filter`, `weights_not_100_percent`.
        """
        result: types.IdealPartnerProfile = self._json(
            "PATCH",
            "/v1/ideal-partner-profile",
            body=body,
            media_type="application/merge-patch+json",
            if_match=if_match,
        )
        return result

    def create_import(
        self,
        body: types.ImportForm,
        *,
        idempotency_key: str | None = None,
    ) -> types.Job:
        """Import a file.

        Takes CSV, a JSON array or JSON lines. Every row becomes an item of the job with its
        result. An import is an automated write: fields that people have set are not changed.
        Importing the same file again changes nothing. An API key needs the scope to write the
        records in addition to `imports:write`.

        Role: member; scopes: imports:write.

        Errors: `csv_unreadable`, `mapping_unknown_column`.
        """
        result: types.Job = self._json(
            "POST",
            "/v1/imports",
            body=body,
            media_type="multipart/form-data",
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    def preview_import(self, body: types.ImportPreviewForm) -> types.ImportPreview:
        """Preview an import.

        Returns the columns with the fields that they map to, and the first rows as the import
        would read them. Takes the options of the import; absent options are guessed, and
        `guesses` gives the reasons. Nothing is written. An API key needs the scope to write the
        records, as for the import.

        Role: member; scopes: imports:write.

        Errors: `csv_unreadable`, `mapping_unknown_column`.
        """
        result: types.ImportPreview = self._json(
            "POST",
            "/v1/imports/previews",
            body=body,
            media_type="multipart/form-data",
            repeat="never",
        )
        return result

    def get_attainment_insight(
        self,
        **query: Unpack[types.GetAttainmentInsightQuery],
    ) -> List[types.AttainmentRow, types.AttainmentInsight]:
        """Get target attainment.

        Compares targets with the revenue won in a fiscal year: the total, the best and the
        worst partners, and a list of all partners.

        Role: viewer; scopes: insights:read.

        Errors: `invalid_cursor`, `not_found_reference`.
        """
        return self._list("GET", "/v1/insights/attainment", query=query)

    def get_lifecycle_insight(
        self,
        **query: Unpack[types.GetLifecycleInsightQuery],
    ) -> types.LifecycleInsight:
        """Get the partner lifecycle.

        Computed from the stage history, between two days in the organization's time zone, both
        included.

        Role: viewer; scopes: insights:read.

        Errors: `not_found_reference`.
        """
        result: types.LifecycleInsight = self._json("GET", "/v1/insights/lifecycle", query=query)
        return result

    def get_portfolio_insight(
        self,
        **query: Unpack[types.GetPortfolioInsightQuery],
    ) -> types.PortfolioInsight:
        """Get the portfolio summary.

        Counts partners by their attributes, adds up deals and revenue, and averages scores.

        Role: viewer; scopes: insights:read.

        Errors: `not_found_reference`.
        """
        result: types.PortfolioInsight = self._json("GET", "/v1/insights/portfolio", query=query)
        return result

    def get_strengths_insight(
        self,
        **query: Unpack[types.GetStrengthsInsightQuery],
    ) -> types.StrengthsInsight:
        """Get partner strengths.

        Lists the strengths that scoring found, with the number of partners that have them; at
        most 100.

        Role: viewer; scopes: insights:read.

        Errors: `not_found_reference`.
        """
        result: types.StrengthsInsight = self._json("GET", "/v1/insights/strengths", query=query)
        return result

    def get_slack_integration(self) -> types.SlackIntegration:
        """Get the Slack connection.

        Returns whether Slack is connected, and to which workspace. If the stored token cannot
        be decrypted, because the deployment has a new key, Slack is shown as not connected:
        connect again.

        Role: admin.
        """
        result: types.SlackIntegration = self._json("GET", "/v1/integrations/slack")
        return result

    def connect_slack(self, body: types.SlackConnection) -> types.SlackIntegration:
        """Connect to Slack.

        Takes the token of a bot, and checks it with Slack first. The token is stored encrypted
        and never shown. A new token replaces the stored one.

        Role: admin.

        Errors: `slack_rejected`.
        """
        result: types.SlackIntegration = self._json("PUT", "/v1/integrations/slack", body=body)
        return result

    def disconnect_slack(self) -> None:
        """Disconnect Slack.

        Channels and users of Slack are removed from the notification settings, and messages
        that were not sent yet are canceled.

        Role: admin.

        Errors: `not_found`.
        """
        self._nothing("DELETE", "/v1/integrations/slack", repeat="delete")

    def list_slack_targets(
        self,
        **query: Unpack[types.ListSlackTargetsQuery],
    ) -> List[types.SlackTarget, types.SlackTargetPage]:
        """List channels and users of Slack.

        Channels first, then users. A page may have fewer entries than requested, because Slack
        pages the list; only a null `next_cursor` marks the last page. The list has no count.

        Role: admin.

        Errors: `invalid_cursor`, `slack_not_connected`.
        """
        return self._list("GET", "/v1/integrations/slack/targets", query=query)

    def list_jobs(self, **query: Unpack[types.ListJobsQuery]) -> List[types.Job, types.JobPage]:
        """List jobs.

        Lists your own jobs, newest first. Admins see all jobs.

        Role: viewer; scopes: jobs:read.

        Errors: `invalid_cursor`.
        """
        return self._list("GET", "/v1/jobs", query=query)

    @overload
    def get_job(self, id: types.JobId) -> types.Job: ...

    @overload
    def get_job(self, id: types.JobId, *, if_none_match: Version) -> types.Job | None: ...

    def get_job(
        self,
        id: types.JobId,
        *,
        if_none_match: Version | None = None,
    ) -> types.Job | None:
        """Get a job.

        Returns state and progress. Until the job has ended, `Retry-After` says when to ask
        again.

        Role: viewer; scopes: jobs:read.

        Errors: `job_expired`.
        """
        result: types.Job | None = self._json(
            "GET",
            f"/v1/jobs/{segment(id)}",
            if_none_match=if_none_match,
        )
        return result

    def cancel_job(self, id: types.JobId, *, idempotency_key: str | None = None) -> types.Job:
        """Cancel a job.

        Completed work is kept. A running job stops after its current step.

        Role: viewer; scopes: jobs:write.

        Errors: `job_finished`, `job_expired`.
        """
        result: types.Job = self._json(
            "POST",
            f"/v1/jobs/{segment(id)}/cancellation",
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    def list_job_items(
        self,
        id: types.JobId,
        **query: Unpack[types.ListJobItemsQuery],
    ) -> List[types.JobItem, types.JobItemPage]:
        """List the items of a job.

        Lists the result for each row or record, in order.

        Role: viewer; scopes: jobs:read.

        Errors: `invalid_cursor`, `job_expired`.
        """
        return self._list("GET", f"/v1/jobs/{segment(id)}/items", query=query)

    def download_job_result(self, id: types.JobId) -> bytes:
        """Download the result of a job.

        The exported file is available for 24 hours, to the credential that started the job and
        to admins.

        Role: viewer; scopes: jobs:read.

        Errors: `job_not_finished`, `job_expired`.
        """
        return self._bytes("GET", f"/v1/jobs/{segment(id)}/result")

    def get_me(self) -> types.Me:
        """Get the current user or API key.

        Returns the user or API key, the organization, the role and the scopes of the
        credential.

        Role: viewer.
        """
        result: types.Me = self._json("GET", "/v1/me")
        return result

    def update_me(self, body: types.MeUpdate) -> types.Me:
        """Update your user profile.

        Changes name, language and whether you receive mails.

        Role: viewer.
        """
        result: types.Me = self._json(
            "PATCH",
            "/v1/me",
            body=body,
            media_type="application/merge-patch+json",
        )
        return result

    def list_members(
        self,
        **query: Unpack[types.ListMembersQuery],
    ) -> List[types.Member, types.MemberPage]:
        """List members.

        In the order in which members joined or were invited.

        Role: viewer; scopes: members:read.

        Errors: `invalid_cursor`.
        """
        return self._list("GET", "/v1/members", query=query)

    def invite_member(
        self,
        body: types.MemberInvite,
        *,
        idempotency_key: str | None = None,
    ) -> types.InvitedMember:
        """Invite a member.

        Mails a link with which the person can join within seven days. The response contains a
        second link, which is shown only once. Only the link in the mail confirms the address; a
        person who joins with the other link keeps the address until its owner confirms it.
        Invitations per day are limited for each organization and each address; 429
        `quota_exceeded` says when the next one is possible.

        Role: admin.

        Errors: `already_member`.
        """
        result: types.InvitedMember = self._json(
            "POST",
            "/v1/members",
            body=body,
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    @overload
    def get_member(self, id: types.MemberId) -> types.Member: ...

    @overload
    def get_member(self, id: types.MemberId, *, if_none_match: Version) -> types.Member | None: ...

    def get_member(
        self,
        id: types.MemberId,
        *,
        if_none_match: Version | None = None,
    ) -> types.Member | None:
        """Get a member.

        Returns one member of the organization.

        Role: viewer; scopes: members:read.
        """
        result: types.Member | None = self._json(
            "GET",
            f"/v1/members/{segment(id)}",
            if_none_match=if_none_match,
        )
        return result

    def update_member(
        self,
        id: types.MemberId,
        body: types.MemberUpdate,
        *,
        if_match: Version | None = None,
    ) -> types.Member:
        """Update a member.

        Changes role or status, within a second everywhere. A suspension ends the member's
        sessions permanently. Only an owner can grant or revoke `owner`. A member whose e-mail
        address was confirmed by another person is suspended by the system and cannot be
        activated again.

        Role: admin.

        Errors: `last_owner`, `email_taken`.
        """
        result: types.Member = self._json(
            "PATCH",
            f"/v1/members/{segment(id)}",
            body=body,
            media_type="application/merge-patch+json",
            if_match=if_match,
        )
        return result

    def remove_member(self, id: types.MemberId, *, if_match: Version | None = None) -> None:
        """Remove a member.

        Ends the person's sessions and keeps the history. Partners that the member managed have
        no partner manager afterwards.

        Role: admin.

        Errors: `last_owner`.
        """
        self._nothing("DELETE", f"/v1/members/{segment(id)}", if_match=if_match, repeat="delete")

    def list_notification_deliveries(
        self,
        **query: Unpack[types.ListNotificationDeliveriesQuery],
    ) -> List[types.NotificationDelivery, types.NotificationDeliveryPage]:
        """List notification deliveries.

        Lists mails (except those with reset links) and Slack messages of the last 30 days,
        newest first.

        Role: admin.

        Errors: `invalid_cursor`.
        """
        return self._list("GET", "/v1/notification-deliveries", query=query)

    def retry_notification_delivery(
        self,
        id: types.NotificationDeliveryId,
        *,
        idempotency_key: str | None = None,
    ) -> types.NotificationDelivery:
        """Retry a notification delivery.

        Tries the delivery again at once. A delivery that has failed permanently starts a new
        schedule of attempts.

        Role: admin.

        Errors: `delivery_succeeded`.
        """
        result: types.NotificationDelivery = self._json(
            "POST",
            f"/v1/notification-deliveries/{segment(id)}/retries",
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    def list_notifications(
        self,
        **query: Unpack[types.ListNotificationsQuery],
    ) -> List[types.Notification, types.NotificationPage]:
        """List my notifications.

        Newest first. Notifications are kept for 90 days.

        Role: viewer.

        Errors: `invalid_cursor`.
        """
        return self._list("GET", "/v1/notifications", query=query)

    def read_all_notifications(self, *, idempotency_key: str | None = None) -> None:
        """Mark all my notifications as read.

        Notifications that arrive later are unread.

        Role: viewer.
        """
        self._nothing(
            "POST",
            "/v1/notifications/read-all",
            idempotency_key=idempotency_key,
            repeat="key",
        )

    def read_notification(
        self,
        id: types.NotificationId,
        *,
        idempotency_key: str | None = None,
    ) -> types.Notification:
        """Mark a notification as read.

        `read_at` keeps the time of the first read.

        Role: viewer.
        """
        result: types.Notification = self._json(
            "POST",
            f"/v1/notifications/{segment(id)}/read",
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    @overload
    def get_organization(self) -> types.Organization: ...

    @overload
    def get_organization(self, *, if_none_match: Version) -> types.Organization | None: ...

    def get_organization(
        self,
        *,
        if_none_match: Version | None = None,
    ) -> types.Organization | None:
        """Get the organization.

        Returns its settings, such as currency, fiscal year and time zone.

        Role: viewer; scopes: organization:read.
        """
        result: types.Organization | None = self._json(
            "GET",
            "/v1/organization",
            if_none_match=if_none_match,
        )
        return result

    def update_organization(
        self,
        body: types.OrganizationUpdate,
        *,
        if_match: Version | None = None,
    ) -> types.Organization:
        """Update the organization.

        The currency cannot be changed once an amount exists.

        Role: admin.

        Errors: `currency_in_use`.
        """
        result: types.Organization = self._json(
            "PATCH",
            "/v1/organization",
            body=body,
            media_type="application/merge-patch+json",
            if_match=if_match,
        )
        return result

    def list_partner_fields(
        self,
        **query: Unpack[types.ListPartnerFieldsQuery],
    ) -> List[types.PartnerField, types.PartnerFieldPage]:
        """List the fields of partners.

        Lists every field in display order, with what it can be used for: filters, sorting,
        imports, exports and overrides.

        Role: viewer.

        Errors: `invalid_cursor`.
        """
        return self._list("GET", "/v1/partner-fields", query=query)

    def list_partners(
        self,
        **query: Unpack[types.ListPartnersQuery],
    ) -> List[types.PartnerSummary, types.PartnerSummaryPage]:
        """List partners.

        Filter parameters are combined with AND. For `or`, `not` and `at_least` use `POST
        /partners/query`.

        Role: viewer; scopes: partners:read.

        Errors: `invalid_cursor`, `not_found_reference`.
        """
        return self._list("GET", "/v1/partners", query=query)

    def create_partner(
        self,
        body: types.PartnerCreate,
        *,
        idempotency_key: str | None = None,
        **query: Unpack[types.CreatePartnerQuery],
    ) -> types.Partner:
        """Create a partner.

        With `primary_contact` the contact is created in the same transaction. Fields that a
        person sets are overridden from the start, except `name` and `type`.

        Role: member; scopes: partners:write.

        Errors: `domain_taken`, `external_id_taken`.
        """
        result: types.Partner = self._json(
            "POST",
            "/v1/partners",
            body=body,
            idempotency_key=idempotency_key,
            query=query,
            repeat="key",
        )
        return result

    def aggregate_partners(self, body: types.AggregateRequest) -> types.AggregateResult:
        """Aggregate partners.

        Groups partners by up to two fields. With a list field, a partner is counted once for
        each value.

        Role: viewer; scopes: partners:read.

        Errors: `invalid_filter`.
        """
        result: types.AggregateResult = self._json("POST", "/v1/partners/aggregate", body=body)
        return result

    def batch_partners(
        self,
        body: types.PartnerBatch,
        *,
        idempotency_key: str | None = None,
        **query: Unpack[types.BatchPartnersQuery],
    ) -> types.PartnerBatchResult:
        """Write partners in a batch.

        Up to 200 operations in one transaction, each with its own result. With `atomic`, one
        failure undoes all of them.

        Role: member; scopes: partners:write.

        Errors: `batch_too_large`.
        """
        result: types.PartnerBatchResult = self._json(
            "POST",
            "/v1/partners/batch",
            body=body,
            idempotency_key=idempotency_key,
            query=query,
            repeat="key",
        )
        return result

    def query_partners(
        self,
        body: types.PartnerQuery,
    ) -> List[types.PartnerSummary, types.PartnerSummaryPage]:
        """Query partners.

        Takes a filter tree. The query has no side effects.

        Role: viewer; scopes: partners:read.

        Errors: `invalid_cursor`, `invalid_filter`.
        """
        return self._list("POST", "/v1/partners/query", body=body)

    @overload
    def get_partner(self, id: types.PartnerId) -> types.Partner: ...

    @overload
    def get_partner(
        self,
        id: types.PartnerId,
        *,
        if_none_match: Version,
    ) -> types.Partner | None: ...

    def get_partner(
        self,
        id: types.PartnerId,
        *,
        if_none_match: Version | None = None,
    ) -> types.Partner | None:
        """Get a partner.

        Returns the complete profile.

        Role: viewer; scopes: partners:read.
        """
        result: types.Partner | None = self._json(
            "GET",
            f"/v1/partners/{segment(id)}",
            if_none_match=if_none_match,
        )
        return result

    def update_partner(
        self,
        id: types.PartnerId,
        body: types.PartnerUpdate,
        *,
        if_match: Version | None = None,
        **query: Unpack[types.UpdatePartnerQuery],
    ) -> types.Partner:
        """Update a partner.

        A merge patch. Fields that a person changes are overridden from then on. Automation
        skips overridden fields: the response lists them in `skipped_fields`, and the newest
        value is stored as the pending value.

        Role: member; scopes: partners:write.

        Errors: `domain_taken`, `external_id_taken`.
        """
        result: types.Partner = self._json(
            "PATCH",
            f"/v1/partners/{segment(id)}",
            body=body,
            media_type="application/merge-patch+json",
            if_match=if_match,
            query=query,
        )
        return result

    def delete_partner(self, id: types.PartnerId, *, if_match: Version | None = None) -> None:
        """Delete a partner.

        The partner can be restored within 30 days.

        Role: member; scopes: partners:write.
        """
        self._nothing("DELETE", f"/v1/partners/{segment(id)}", if_match=if_match, repeat="delete")

    def enrich_partner(
        self,
        id: types.PartnerId,
        *,
        idempotency_key: str | None = None,
    ) -> types.Job:
        """Enrich a partner.

        Starts a job that reads the partner's own website, and the company-data source if the
        deployment has one. Fields that a person has set are not changed; the values found
        become pending values. Results for a domain are reused for seven days.

        Role: member; scopes: partners:write.

        Errors: `domain_required`.
        """
        result: types.Job = self._json(
            "POST",
            f"/v1/partners/{segment(id)}/enrichment",
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    def list_partner_events(
        self,
        id: types.PartnerId,
        **query: Unpack[types.ListPartnerEventsQuery],
    ) -> List[types.Event, types.EventPage]:
        """List the events of a partner.

        The timeline of the partner: events about the partner, its contacts, deals and plan
        items, in ascending order unless requested otherwise.

        Role: viewer; scopes: events:read.

        Errors: `invalid_cursor`, `events_expired`.
        """
        return self._list("GET", f"/v1/partners/{segment(id)}/events", query=query)

    @overload
    def get_joint_plan(
        self,
        id: types.PartnerId,
        **query: Unpack[types.GetJointPlanQuery],
    ) -> types.JointPlan: ...

    @overload
    def get_joint_plan(
        self,
        id: types.PartnerId,
        *,
        if_none_match: Version,
        **query: Unpack[types.GetJointPlanQuery],
    ) -> types.JointPlan | None: ...

    def get_joint_plan(
        self,
        id: types.PartnerId,
        *,
        if_none_match: Version | None = None,
        **query: Unpack[types.GetJointPlanQuery],
    ) -> types.JointPlan | None:
        """Get the joint plan of a partner.

        Returns the target, the quarters and the revenue won in each, by the fiscal calendar and
        time zone of the organization.

        Role: viewer; scopes: plans:read.
        """
        result: types.JointPlan | None = self._json(
            "GET",
            f"/v1/partners/{segment(id)}/joint-plan",
            query=query,
            if_none_match=if_none_match,
        )
        return result

    def update_joint_plan(
        self,
        id: types.PartnerId,
        body: types.JointPlanUpdate,
        *,
        if_match: Version | None = None,
        **query: Unpack[types.UpdateJointPlanQuery],
    ) -> types.JointPlan:
        """Update the joint plan of a partner.

        Target and weights are fields of the partner: a person's change overrides them, and
        automation skips them from then on. Returns the plan of the current fiscal year.

        Role: member; scopes: plans:write.
        """
        result: types.JointPlan = self._json(
            "PATCH",
            f"/v1/partners/{segment(id)}/joint-plan",
            body=body,
            media_type="application/merge-patch+json",
            if_match=if_match,
            query=query,
        )
        return result

    def get_partner_logo(
        self,
        id: types.PartnerId,
        **query: Unpack[types.GetPartnerLogoQuery],
    ) -> bytes:
        """Get the logo of a partner.

        Returns a PNG of at most 512 pixels a side. `logo_url` contains a version, and the
        response for a version never changes.

        Role: viewer; scopes: partners:read.
        """
        return self._bytes("GET", f"/v1/partners/{segment(id)}/logo", query=query)

    def upload_partner_logo(
        self,
        id: types.PartnerId,
        body: FileContent,
        *,
        if_match: Version | None = None,
    ) -> types.Partner:
        """Upload a logo.

        PNG, JPEG or WebP, recognized by content, of at most 1 MiB. The picture is scaled to at
        most 512 pixels a side and encoded again without metadata.

        Role: member; scopes: partners:write.

        Errors: `image_unreadable`.
        """
        result: types.Partner = self._json(
            "PUT",
            f"/v1/partners/{segment(id)}/logo",
            body=body,
            media_type="image/*",
            if_match=if_match,
        )
        return result

    def delete_partner_logo(
        self,
        id: types.PartnerId,
        *,
        if_match: Version | None = None,
    ) -> types.Partner:
        """Delete the logo of a partner.

        Does nothing if the partner has no logo.

        Role: member; scopes: partners:write.
        """
        result: types.Partner = self._json(
            "DELETE",
            f"/v1/partners/{segment(id)}/logo",
            if_match=if_match,
        )
        return result

    def fetch_partner_logo(
        self,
        id: types.PartnerId,
        *,
        idempotency_key: str | None = None,
    ) -> types.Job:
        """Fetch the logo of a partner.

        Starts a job that fetches the logo from the partner's own website. It replaces any logo,
        including one that was uploaded.

        Role: member; scopes: partners:write.

        Errors: `domain_required`.
        """
        result: types.Job = self._json(
            "POST",
            f"/v1/partners/{segment(id)}/logo/fetch",
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    def list_partner_overrides(
        self,
        id: types.PartnerId,
        **query: Unpack[types.ListPartnerOverridesQuery],
    ) -> List[types.FieldOverride, types.FieldOverridePage]:
        """List the overrides of a partner.

        Lists the fields that people have set, with value, pending value, who set it and when.

        Role: viewer; scopes: partners:read.

        Errors: `invalid_cursor`.
        """
        return self._list("GET", f"/v1/partners/{segment(id)}/overrides", query=query)

    def clear_partner_overrides(
        self,
        id: types.PartnerId,
        *,
        if_match: Version | None = None,
    ) -> types.Partner:
        """Clear all overrides.

        The fields take their pending values, and automation may write all fields of the partner
        again.

        Role: member; scopes: partners:override.
        """
        result: types.Partner = self._json(
            "DELETE",
            f"/v1/partners/{segment(id)}/overrides",
            if_match=if_match,
        )
        return result

    def pin_partner_field(self, id: types.PartnerId, field: str) -> types.Partner:
        """Override a field at its current value.

        Automation no longer changes the field, until the override is cleared.

        Role: member; scopes: partners:override.

        Errors: `not_overridable`.
        """
        result: types.Partner = self._json(
            "PUT",
            f"/v1/partners/{segment(id)}/overrides/{segment(field)}",
        )
        return result

    def clear_partner_override(
        self,
        id: types.PartnerId,
        field: str,
        *,
        if_match: Version | None = None,
    ) -> types.Partner:
        """Clear an override.

        The field takes its pending value, if there is one, and automation may write it again.

        Role: member; scopes: partners:override.

        Errors: `not_overridden`.
        """
        result: types.Partner = self._json(
            "DELETE",
            f"/v1/partners/{segment(id)}/overrides/{segment(field)}",
            if_match=if_match,
        )
        return result

    def list_plan_items(
        self,
        id: types.PartnerId,
        **query: Unpack[types.ListPlanItemsQuery],
    ) -> List[types.PlanItem, types.PlanItemPage]:
        """List the plan items of a partner.

        In the order of the plan unless requested otherwise.

        Role: viewer; scopes: plans:read.

        Errors: `invalid_cursor`.
        """
        return self._list("GET", f"/v1/partners/{segment(id)}/plan-items", query=query)

    def create_plan_item(
        self,
        id: types.PartnerId,
        body: types.PlanItemCreate,
        *,
        idempotency_key: str | None = None,
    ) -> types.PlanItem:
        """Create a plan item.

        The item is added at the end of the plan.

        Role: member; scopes: plans:write.
        """
        result: types.PlanItem = self._json(
            "POST",
            f"/v1/partners/{segment(id)}/plan-items",
            body=body,
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    def restore_partner(
        self,
        id: types.PartnerId,
        *,
        idempotency_key: str | None = None,
    ) -> types.Partner:
        """Restore a partner.

        Possible within 30 days of the deletion, and includes its contacts and deals. Refused if
        another partner now has its domain or external id, or if a deal was approved meanwhile
        for the account of one of its approved deals.

        Role: member; scopes: partners:write.

        Errors: `domain_taken`, `external_id_taken`, `deal_conflict`.
        """
        result: types.Partner = self._json(
            "POST",
            f"/v1/partners/{segment(id)}/restoration",
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    def list_partner_scores(
        self,
        id: types.PartnerId,
        **query: Unpack[types.ListPartnerScoresQuery],
    ) -> List[types.Score, types.ScorePage]:
        """List the scores of a partner.

        Lists every score with its evidence, newest first.

        Role: viewer; scopes: scores:read.

        Errors: `invalid_cursor`.
        """
        return self._list("GET", f"/v1/partners/{segment(id)}/scores", query=query)

    def add_partner_tag(
        self,
        id: types.PartnerId,
        tag_id: types.TagId,
        **query: Unpack[types.AddPartnerTagQuery],
    ) -> types.Partner:
        """Add a tag to a partner.

        The other tags are kept. Counts as a write of `tag_ids`.

        Role: member; scopes: partners:write.

        Errors: `too_many_tags`.
        """
        result: types.Partner = self._json(
            "PUT",
            f"/v1/partners/{segment(id)}/tags/{segment(tag_id)}",
            query=query,
        )
        return result

    def remove_partner_tag(
        self,
        id: types.PartnerId,
        tag_id: types.TagId,
        *,
        if_match: Version | None = None,
        **query: Unpack[types.RemovePartnerTagQuery],
    ) -> types.Partner:
        """Remove a tag from a partner.

        The other tags are kept. Counts as a write of `tag_ids`.

        Role: member; scopes: partners:write.
        """
        result: types.Partner = self._json(
            "DELETE",
            f"/v1/partners/{segment(id)}/tags/{segment(tag_id)}",
            if_match=if_match,
            query=query,
        )
        return result

    def assess_partner_tier(self, id: types.PartnerId) -> types.TierAssessment:
        """Assess the tier of a partner.

        Returns why the partner has its tier, and what it lacks for the next one: every
        condition with the required value, the partner's value and the gap.

        Role: viewer; scopes: tiers:read.
        """
        result: types.TierAssessment = self._json(
            "GET",
            f"/v1/partners/{segment(id)}/tier-assessment",
        )
        return result

    def list_partner_tier_history(
        self,
        id: types.PartnerId,
        **query: Unpack[types.ListPartnerTierHistoryQuery],
    ) -> List[types.TierChange, types.TierChangePage]:
        """List the tier history of a partner.

        Lists every change of the partner's tier, newest first.

        Role: viewer; scopes: tiers:read.

        Errors: `invalid_cursor`.
        """
        return self._list("GET", f"/v1/partners/{segment(id)}/tier-history", query=query)

    @overload
    def get_plan_item(self, id: types.PlanItemId) -> types.PlanItem: ...

    @overload
    def get_plan_item(
        self,
        id: types.PlanItemId,
        *,
        if_none_match: Version,
    ) -> types.PlanItem | None: ...

    def get_plan_item(
        self,
        id: types.PlanItemId,
        *,
        if_none_match: Version | None = None,
    ) -> types.PlanItem | None:
        """Get a plan item.

        Returns one item of a joint plan.

        Role: viewer; scopes: plans:read.
        """
        result: types.PlanItem | None = self._json(
            "GET",
            f"/v1/plan-items/{segment(id)}",
            if_none_match=if_none_match,
        )
        return result

    def update_plan_item(
        self,
        id: types.PlanItemId,
        body: types.PlanItemUpdate,
        *,
        if_match: Version | None = None,
    ) -> types.PlanItem:
        """Update a plan item.

        `before_id` moves the item in front of another item of the plan; null moves it to the
        end.

        Role: member; scopes: plans:write.
        """
        result: types.PlanItem = self._json(
            "PATCH",
            f"/v1/plan-items/{segment(id)}",
            body=body,
            media_type="application/merge-patch+json",
            if_match=if_match,
        )
        return result

    def delete_plan_item(self, id: types.PlanItemId, *, if_match: Version | None = None) -> None:
        """Delete a plan item.

        The item is deleted permanently.

        Role: member; scopes: plans:write.
        """
        self._nothing(
            "DELETE",
            f"/v1/plan-items/{segment(id)}",
            if_match=if_match,
            repeat="delete",
        )

    def get_public_form(self, token: str) -> types.PublicForm:
        """Get a form to fill in.

        Returns what a front end needs to show the form. A closed form answers 404. At most 20
        requests per minute from one address, submissions included.
        """
        result: types.PublicForm = self._json(
            "GET",
            f"/v1/public/application-forms/{segment(token)}",
        )
        return result

    def submit_application(
        self,
        token: str,
        body: types.PublicSubmission,
        *,
        idempotency_key: str | None = None,
    ) -> types.SubmissionReceipt:
        """Submit an application.

        Answers are validated against the version of the form that the body names; a version
        that was replaced less than a day ago is still accepted. All errors are reported at
        once. The response contains a receipt only; sending the same application again within a
        day returns the same receipt. At most 20 requests per minute from one address, reading
        the form included.

        Errors: `form_changed`, `agreement_required`, `required`, `not_found_reference`.
        """
        result: types.SubmissionReceipt = self._json(
            "POST",
            f"/v1/public/application-forms/{segment(token)}/submissions",
            body=body,
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    def refresh_scores(
        self,
        body: types.ScoreRefreshRequest,
        *,
        idempotency_key: str | None = None,
    ) -> types.Job:
        """Refresh scores.

        Refreshes the scores of the listed partners, or of those that a filter or view finds.
        The job's items contain the scores before and after. Partners whose facts have not
        changed are skipped unless `force` is true, which is the default for listed partners. A
        dry run reports what the rules would give, and writes nothing.

        Role: member; scopes: scores:write.

        Errors: `invalid_selection`, `invalid_filter`, `ai_unavailable`, `not_found_reference`.
        """
        result: types.Job = self._json(
            "POST",
            "/v1/score-refreshes",
            body=body,
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    def list_tags(self, **query: Unpack[types.ListTagsQuery]) -> List[types.Tag, types.TagPage]:
        """List tags.

        Sorted by name unless requested otherwise. `q` finds names that contain it.

        Role: viewer; scopes: tags:read.

        Errors: `invalid_cursor`.
        """
        return self._list("GET", "/v1/tags", query=query)

    def create_tag(
        self,
        body: types.TagCreate,
        *,
        idempotency_key: str | None = None,
    ) -> types.Tag:
        """Create a tag.

        The name must be unique within the category, ignoring case.

        Role: member; scopes: tags:write.

        Errors: `tag_name_taken`.
        """
        result: types.Tag = self._json(
            "POST",
            "/v1/tags",
            body=body,
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    @overload
    def get_tag(self, id: types.TagId) -> types.Tag: ...

    @overload
    def get_tag(self, id: types.TagId, *, if_none_match: Version) -> types.Tag | None: ...

    def get_tag(
        self,
        id: types.TagId,
        *,
        if_none_match: Version | None = None,
    ) -> types.Tag | None:
        """Get a tag.

        `partner_count` is the number of partners that have it.

        Role: viewer; scopes: tags:read.
        """
        result: types.Tag | None = self._json(
            "GET",
            f"/v1/tags/{segment(id)}",
            if_none_match=if_none_match,
        )
        return result

    def update_tag(
        self,
        id: types.TagId,
        body: types.TagUpdate,
        *,
        if_match: Version | None = None,
    ) -> types.Tag:
        """Update a tag.

        Changes name and color. The category cannot be changed.

        Role: admin; scopes: tags:write.

        Errors: `tag_name_taken`.
        """
        result: types.Tag = self._json(
            "PATCH",
            f"/v1/tags/{segment(id)}",
            body=body,
            media_type="application/merge-patch+json",
            if_match=if_match,
        )
        return result

    def delete_tag(self, id: types.TagId, *, if_match: Version | None = None) -> None:
        """Delete a tag.

        The tag is removed from all partners.

        Role: admin; scopes: tags:write.
        """
        self._nothing("DELETE", f"/v1/tags/{segment(id)}", if_match=if_match, repeat="delete")

    def evaluate_tiers(
        self,
        body: types.TierEvaluationRequest,
        *,
        idempotency_key: str | None = None,
    ) -> types.Job:
        """Evaluate tiers.

        Evaluates all partners, or a selection. The job's items contain the tier before and
        after. A dry run changes nothing and reports exactly what an evaluation would do.

        Role: admin; scopes: tiers:write.

        Errors: `invalid_selection`, `invalid_filter`, `not_found_reference`.
        """
        result: types.Job = self._json(
            "POST",
            "/v1/tier-evaluations",
            body=body,
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    @overload
    def get_tier_policy(self) -> types.TierPolicy: ...

    @overload
    def get_tier_policy(self, *, if_none_match: Version) -> types.TierPolicy | None: ...

    def get_tier_policy(self, *, if_none_match: Version | None = None) -> types.TierPolicy | None:
        """Get the tier policy.

        Returns when and how tiers are evaluated.

        Role: viewer; scopes: tiers:read.
        """
        result: types.TierPolicy | None = self._json(
            "GET",
            "/v1/tier-policy",
            if_none_match=if_none_match,
        )
        return result

    def update_tier_policy(
        self,
        body: types.TierPolicyUpdate,
        *,
        if_match: Version,
    ) -> types.TierPolicy:
        """Update the tier policy.

        A merge patch: absent properties keep their values. A change of the policy alone changes
        no tier.

        Role: admin; scopes: tiers:write.

        Errors: `if_match_required`.
        """
        result: types.TierPolicy = self._json(
            "PATCH",
            "/v1/tier-policy",
            body=body,
            media_type="application/merge-patch+json",
            if_match=if_match,
        )
        return result

    def list_tiers(
        self,
        **query: Unpack[types.ListTiersQuery],
    ) -> List[types.Tier, types.TierPage]:
        """List tiers.

        Ordered by rank, the lowest first.

        Role: viewer; scopes: tiers:read.

        Errors: `invalid_cursor`.
        """
        return self._list("GET", "/v1/tiers", query=query)

    def create_tier(
        self,
        body: types.TierCreate,
        *,
        idempotency_key: str | None = None,
    ) -> types.Tier:
        """Create a tier.

        Key and rank must be unique. Creating a tier evaluates no partner: preview the effect
        with a dry run of an evaluation, then evaluate.

        Role: admin; scopes: tiers:write.

        Errors: `key_taken`, `rank_taken`, `circular_requirement`, `invalid_filter`.
        """
        result: types.Tier = self._json(
            "POST",
            "/v1/tiers",
            body=body,
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    @overload
    def get_tier(self, key: str) -> types.Tier: ...

    @overload
    def get_tier(self, key: str, *, if_none_match: Version) -> types.Tier | None: ...

    def get_tier(self, key: str, *, if_none_match: Version | None = None) -> types.Tier | None:
        """Get a tier.

        `partner_count` is the number of partners that have it.

        Role: viewer; scopes: tiers:read.
        """
        result: types.Tier | None = self._json(
            "GET",
            f"/v1/tiers/{segment(key)}",
            if_none_match=if_none_match,
        )
        return result

    def update_tier(
        self,
        key: str,
        body: types.TierUpdate,
        *,
        if_match: Version | None = None,
    ) -> types.Tier:
        """Update a tier.

        If rank, requirement or default change and tiers follow the rules, partners are
        evaluated: up to 1,000 in this request, more in a job that is started at once.

        Role: admin; scopes: tiers:write.

        Errors: `rank_taken`, `default_tier`, `circular_requirement`, `invalid_filter`.
        """
        result: types.Tier = self._json(
            "PATCH",
            f"/v1/tiers/{segment(key)}",
            body=body,
            media_type="application/merge-patch+json",
            if_match=if_match,
        )
        return result

    def delete_tier(
        self,
        key: str,
        *,
        if_match: Version | None = None,
        **query: Unpack[types.DeleteTierQuery],
    ) -> None:
        """Delete a tier.

        Its partners get the tier that the rules give them. Partners that were assigned to it
        manually are assigned to the tier in `replace_with` instead.

        Role: admin; scopes: tiers:write.

        Errors: `tier_in_use`, `default_tier`, `not_found_reference`.
        """
        self._nothing(
            "DELETE",
            f"/v1/tiers/{segment(key)}",
            if_match=if_match,
            query=query,
            repeat="delete",
        )

    def list_views(
        self,
        **query: Unpack[types.ListViewsQuery],
    ) -> List[types.SavedView, types.SavedViewPage]:
        """List saved views.

        Lists your own views and the shared ones, in the order in which they were created.

        Role: viewer; scopes: views:read.

        Errors: `invalid_cursor`.
        """
        return self._list("GET", "/v1/views", query=query)

    def create_view(
        self,
        body: types.SavedViewCreate,
        *,
        idempotency_key: str | None = None,
    ) -> types.SavedView:
        """Create a saved view.

        A view is private unless it is shared; sharing requires the role `member`. The views of
        an API key are always shared.

        Role: viewer; scopes: views:write.

        Errors: `view_name_taken`, `invalid_filter`.
        """
        result: types.SavedView = self._json(
            "POST",
            "/v1/views",
            body=body,
            idempotency_key=idempotency_key,
            repeat="key",
        )
        return result

    @overload
    def get_view(self, id: types.ViewId) -> types.SavedView: ...

    @overload
    def get_view(self, id: types.ViewId, *, if_none_match: Version) -> types.SavedView | None: ...

    def get_view(
        self,
        id: types.ViewId,
        *,
        if_none_match: Version | None = None,
    ) -> types.SavedView | None:
        """Get a saved view.

        `warnings` list what its filter refers to and no longer exists. Private views of other
        members are not found.

        Role: viewer; scopes: views:read.
        """
        result: types.SavedView | None = self._json(
            "GET",
            f"/v1/views/{segment(id)}",
            if_none_match=if_none_match,
        )
        return result

    def update_view(
        self,
        id: types.ViewId,
        body: types.SavedViewUpdate,
        *,
        if_match: Version | None = None,
    ) -> types.SavedView:
        """Update a saved view.

        Only its owner or an admin may do so. If the view becomes private, it is no longer the
        default of other members.

        Role: viewer; scopes: views:write.

        Errors: `not_view_owner`, `view_name_taken`, `invalid_filter`.
        """
        result: types.SavedView = self._json(
            "PATCH",
            f"/v1/views/{segment(id)}",
            body=body,
            media_type="application/merge-patch+json",
            if_match=if_match,
        )
        return result

    def delete_view(self, id: types.ViewId, *, if_match: Version | None = None) -> None:
        """Delete a saved view.

        Only its owner or an admin may do so. Members who had it as their default have no
        default afterwards.

        Role: viewer; scopes: views:write.

        Errors: `not_view_owner`.
        """
        self._nothing("DELETE", f"/v1/views/{segment(id)}", if_match=if_match, repeat="delete")

    def set_default_view(self, id: types.ViewId) -> types.SavedView:
        """Set the default view.

        The view becomes your default for its kind of records. The defaults of other members do
        not change.

        Role: viewer.
        """
        result: types.SavedView = self._json("PUT", f"/v1/views/{segment(id)}/default")
        return result

    def unset_default_view(
        self,
        id: types.ViewId,
        *,
        if_match: Version | None = None,
    ) -> types.SavedView:
        """Unset the default view.

        Does nothing if the view is not your default.

        Role: viewer.
        """
        result: types.SavedView = self._json(
            "DELETE",
            f"/v1/views/{segment(id)}/default",
            if_match=if_match,
        )
        return result

    def get_version(self) -> types.ServerVersion:
        """Get the version of the server.

        Returns the version of the server, the commit from which it was built, and the version
        of the API.
        """
        result: types.ServerVersion = self._json("GET", "/version")
        return result
