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

        Looks at nothing else. Restart the process when this fails.
        """
        result: types.Liveness = self._json("GET", "/healthz")
        return result

    def get_readiness(self) -> types.Readiness:
        """Whether requests can be answered.

        Looks at the database, its migrations, the queue of tasks, whether this instance hears
        of revoked sessions and keys, and, once a write has failed for want of space, whether
        there is space again. Send requests here only while this is 200.

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

        The answer is the only place where the secret is shown.

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

        Without its secret, of which only a hash is stored.

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
        """Change an API key.

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

        Every organization has one. At first it is closed, and asks for company, website, name
        and e-mail address.

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

        The whole document, as a front end saves it while somebody works on it. Questions and
        agreements that are sent with their id are the ones that were there; their order is the
        order shown. Every save that changes something is a new version, live at once while the
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

        Members by name and by role, channels and people in Slack. Until somebody changes it:
        admins and owners, by mail too.

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

        What is absent stays. Everybody who is named is told once, however many reasons there
        are; only active members are.

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

        Every version is kept, with the public link that it had.

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

        Newest first unless sorted otherwise. `q` finds parts of the applicant's name, e-mail
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

        Makes a partner of it with its contact (stage `prospect`, status `pending`), or fills in
        the one that is named. Answers are an automated write; `data`, in place of what was
        answered, is written by hand, so that it is overridden from then on (by automation for
        an API key without `partners:override`). However often and by however many it is called:
        one partner.

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

        Joins the organization with a name and a password, and signs in.

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

        By the token of a reset link, or signed in by the current password. Other sessions end,
        and the person is told by mail.

        Errors: `reset_token_invalid`, `invalid_credentials`.
        """
        self._nothing("POST", "/v1/auth/password-changes", body=body, repeat="never")

    def request_password_reset(self, body: types.PasswordResetRequest) -> None:
        """Request a password reset.

        Mails a link with which a new password can be chosen within an hour, if somebody has
        joined with this e-mail address, at most every five minutes. Whether anybody has shows
        neither in the answer nor in its time.
        """
        self._nothing("POST", "/v1/auth/password-resets", body=body, repeat="never")

    def refresh_session(self) -> types.TokenGrant:
        """Refresh the session.

        Exchanges the refresh token of the cookie for its successor and a new access token.
        Needs the header `X-Requested-With` and an `Origin` that this deployment knows. A token
        that was used before ends the session; within ten seconds it gets the same successor
        again.

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

        Makes the organization and its first owner by the token of the link that was mailed,
        within 24 hours and once, and signs the owner in. Send `password` too: whoever
        registered chose a password, and whoever reads the mail may be somebody else.

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

        Where e-mail addresses are proved, which is the default, the answer is 202 and a link is
        mailed to the address; it is the same when the address has an account already, whose
        owner then gets a mail that says so. `confirmRegistration` makes the organization. Where
        they are not proved (a trial), this makes the organization and its first owner at once
        and signs the owner in: 201.

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

        One session for each device on which you are signed in.

        Role: viewer.

        Errors: `invalid_cursor`.
        """
        return self._list("GET", "/v1/auth/sessions", query=query)

    def sign_in(self, body: types.SignIn) -> types.TokenGrant:
        """Sign in.

        The answer sets the cookie of the refresh token, and one by which this device is known
        at the next sign-in: attempts of strangers do not use up those of a device that is
        known. Attempts that fail are limited by network, by account and network, and, more
        generously, by account. A device that was not seen before is told to the person by mail.

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

        `current` stands for the session of this request; its cookie is cleared. Access tokens
        of the session are refused from now on.

        Role: viewer.
        """
        self._nothing("DELETE", f"/v1/auth/sessions/{segment(session_id)}", repeat="delete")

    def list_contacts(
        self,
        **query: Unpack[types.ListContactsQuery],
    ) -> List[types.Contact, types.ContactPage]:
        """List contacts.

        By name unless sorted otherwise. `q` finds names and e-mail addresses that contain it.

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

        With `make_primary` it also becomes the partner's primary contact; that is a write of
        `primary_contact_id`.

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
        """Change a contact.

        With another `partner_id` it moves there; it is then no primary contact and no
        stakeholder any more.

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

        For good: it is personal data. Links to it as primary contact and stakeholder are cut.

        Role: member; scopes: contacts:write.
        """
        self._nothing("DELETE", f"/v1/contacts/{segment(id)}", if_match=if_match, repeat="delete")

    def list_deals(
        self,
        **query: Unpack[types.ListDealsQuery],
    ) -> List[types.Deal, types.DealPage]:
        """List deals.

        Filter parameters are ANDed; fields of the deal's partner are for `POST /deals/query`.
        `q` finds parts of name, account and domain of the account.

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

        By a person it is `approved` unless the body says otherwise, by an API key `submitted`.
        As `approved` it is checked for channel conflict: no other partner may have an approved
        deal for the same account. The partner's roll-ups follow in the same transaction.

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
        """Write many deals.

        Up to 200 operations in one transaction. Each has an outcome of its own; with `atomic`
        the failure of one undoes them all. Rows may carry `currency`, which must be the
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

        By a filter tree, which may name fields of the partner, `partner.tier`. Has no side
        effect.

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

        A deal registration.

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
        """Change a deal.

        A merge patch. Moves its status where the life cycle allows it: `approved` sets
        `expires_on` like the approval, and reopens what was won or lost; `won` and `lost` need
        `closed_on`. With another `partner_id` it moves there.

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

        It can be restored within 30 days.

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

        Protects it until `expires_on`, unless another partner has an approved deal for the same
        account. A deal that was won or lost is reopened.

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

        Lists other partners' approved deals for the same account (an equal domain or an equal
        name), and after them those for an account that may be the same: a name that differs in
        spelling or legal form, or a domain of the same company. Only the same account refuses
        an approval.

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

        Gives the reason for the rejection, if there is one.

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

        Possible within 30 days of its deletion. An approved one is checked for channel conflict
        again.

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
        """Enrich many partners.

        Those of a selection, in a job, as when they are enriched one by one. Its items tell of
        each partner what was found; the `title` of its website is shown in `after` and not
        written.

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
        """List the types of events.

        Lists every type of event that is sent, with a JSON Schema of its `data`.

        Role: viewer.

        Errors: `invalid_cursor`.
        """
        return self._list("GET", "/v1/event-types", query=query)

    def list_events(
        self,
        **query: Unpack[types.ListEventsQuery],
    ) -> List[types.Event, types.EventPage]:
        """List events.

        Ascending by `sequence`, the order of commits, unless asked for otherwise; kept for 90
        days. To follow changes without a gap, walk to the last page and ask again with its
        `last_sequence` as `sequence_gt`: nothing can appear below it any more. Numbers that are
        missing between two events belong to events that do not match the conditions or that the
        caller may not see (security, private views); none is ever lost. When events after
        `sequence_gt` have been erased, the answer is 410 `events_expired`: read the records
        anew and go on from a new mark. E-mail addresses of members are null for a key without
        `members:read`.

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

        What a filter finds, as CSV or JSON lines. The file is at the job's `result` for 24
        hours. In CSV, texts that a spreadsheet would take for formulas are escaped. A key needs
        the scope to read the records beside `exports:write`.

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

        The criteria that fit is judged by, and what they weigh. A new organization has a
        default one.

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

        A merge patch: absent properties keep their values; `weights` must add up to 10000
        afterwards. All scores become stale; refresh them when it suits you.

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

        CSV, a JSON array or JSON lines. Every row becomes an item of the job with its outcome.
        An import is an automated write: what people decided stays. The same file twice changes
        nothing. A key needs the scope to write the records beside `imports:write`.

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

        Columns with the fields that they feed, and the first rows as the import would read
        them. It takes the options of the import; what is absent is guessed, and `guesses` says
        why. Nothing is written. A key needs the scope to write the records, as for the import.

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

        Targets against what was won in a fiscal year: in all, at both ends, and partner by
        partner.

        Role: viewer; scopes: insights:read.

        Errors: `invalid_cursor`, `not_found_reference`.
        """
        return self._list("GET", "/v1/insights/attainment", query=query)

    def get_lifecycle_insight(
        self,
        **query: Unpack[types.GetLifecycleInsightQuery],
    ) -> types.LifecycleInsight:
        """Get the partner lifecycle.

        By the stage history, between two days in the organization's time zone, both included.

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

        The strengths that scoring found, with how many partners have them; at most 100.

        Role: viewer; scopes: insights:read.

        Errors: `not_found_reference`.
        """
        result: types.StrengthsInsight = self._json("GET", "/v1/insights/strengths", query=query)
        return result

    def get_slack_integration(self) -> types.SlackIntegration:
        """Get the Slack connection.

        Says whether Slack is connected, and to which workspace. A connection whose token cannot
        be read any more, because the deployment has another key, is none: connect again.

        Role: admin.
        """
        result: types.SlackIntegration = self._json("GET", "/v1/integrations/slack")
        return result

    def connect_slack(self, body: types.SlackConnection) -> types.SlackIntegration:
        """Connect to Slack.

        The token of a bot is tried out first. It is kept encrypted and never shown; another one
        takes its place.

        Role: admin.

        Errors: `slack_rejected`.
        """
        result: types.SlackIntegration = self._json("PUT", "/v1/integrations/slack", body=body)
        return result

    def disconnect_slack(self) -> None:
        """Disconnect Slack.

        Channels and users of Slack are taken out of the notification settings; what is on its
        way to them is given up.

        Role: admin.

        Errors: `not_found`.
        """
        self._nothing("DELETE", "/v1/integrations/slack", repeat="delete")

    def list_slack_targets(
        self,
        **query: Unpack[types.ListSlackTargetsQuery],
    ) -> List[types.SlackTarget, types.SlackTargetPage]:
        """List channels and users of Slack.

        Channels first, then users, as Slack pages them: a page may be shorter than asked for,
        and is the last one only when `next_cursor` is null. There is no count.

        Role: admin.

        Errors: `invalid_cursor`, `slack_not_connected`.
        """
        return self._list("GET", "/v1/integrations/slack/targets", query=query)

    def list_jobs(self, **query: Unpack[types.ListJobsQuery]) -> List[types.Job, types.JobPage]:
        """List jobs.

        Your own jobs, newest first. Admins see the jobs of everybody.

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

        Its state and progress. While it is not finished, `Retry-After` says when to look again.

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

        Work that is finished is kept. A running job stops after its current step.

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

        The exported file, for 24 hours, with the credential that started the job (or an
        admin's).

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

        In the order in which they joined or were invited.

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

        The person gets a mail with a link. A link also stands in the answer, this once; whoever
        has one of them can join within seven days. Only the link in the mail proves the
        address: who joins by the other one has it until somebody proves it. An organization has
        an allowance of invitations a day, and so has each address; 429 `quota_exceeded` says
        for how long it is used up.

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
        """Change a member.

        Role or status; takes effect within a second, everywhere. A suspension ends the member's
        sessions for good. Only an owner gives or takes `owner`. A member whose e-mail address
        somebody else has proved was suspended by the system and cannot be active again.

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

        Ends the person's sessions and keeps the history. Partners that the member looked after
        have no manager then.

        Role: admin.

        Errors: `last_owner`.
        """
        self._nothing("DELETE", f"/v1/members/{segment(id)}", if_match=if_match, repeat="delete")

    def list_notification_deliveries(
        self,
        **query: Unpack[types.ListNotificationDeliveriesQuery],
    ) -> List[types.NotificationDelivery, types.NotificationDeliveryPage]:
        """List deliveries of notifications.

        Every mail (but those with reset links) and every message in Slack of the last 30 days,
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
        """Try a delivery again.

        Tries the delivery again at once. A delivery that had finally failed starts a new
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

        Newest first; kept for 90 days.

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

        `read_at` keeps the time at which it was first read.

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
        """Change the organization.

        The currency cannot be changed once any amount exists.

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

        Lists every field in display order, with what can be done with it: filter, sort, import,
        export, override.

        Role: viewer.

        Errors: `invalid_cursor`.
        """
        return self._list("GET", "/v1/partner-fields", query=query)

    def list_partners(
        self,
        **query: Unpack[types.ListPartnersQuery],
    ) -> List[types.PartnerSummary, types.PartnerSummaryPage]:
        """List partners.

        Filter parameters are ANDed; for `or`, `not` and `at_least` there is `POST
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

        With `primary_contact` the contact is made in the same transaction. What a person gives
        is overridden from the start, except `name` and `type`.

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

        Groups by up to two fields. A list field counts a partner once for each of its values.

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
        """Write many partners.

        Up to 200 operations in one transaction. Each has an outcome of its own; with `atomic`
        the failure of one undoes them all.

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

        By a filter tree. Has no side effect.

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
        """Change a partner.

        A merge patch. What a person changes is overridden from then on; automation skips such
        fields, is told so in `skipped_fields`, and its newest value waits as the pending value.

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

        It can be restored within 30 days.

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

        In a job: from the partner's own website, and from the company-data source when the
        deployment has one. Fields that a person has set stay; what was found waits beside them.
        What a source said about a domain is believed for seven days.

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

        Its time line, ascending unless asked for otherwise: the partner itself, its contacts,
        deals and plan items.

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

        Target, quarters and what was won in them, in the fiscal calendar and time zone of the
        organization.

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
        """Update target and weights.

        They are fields of the partner: what a person changes is overridden from then on, and
        automation skips it. Answers the plan for the present fiscal year.

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

        As PNG, at most 512 pixels a side. The address in `logo_url` names its version, and such
        an answer never changes.

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

        PNG, JPEG or WebP, known by its bytes, of at most 1 MiB. It is scaled to at most 512
        pixels a side and encoded anew, without metadata.

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

        From the partner's own website, in a job. It takes the place of whatever logo there is,
        also of one that was uploaded.

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

        Lists the fields that people have set: value, pending value, who set it and when.

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

        Automation may write all fields of the partner again; pending values are applied.

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

        Automation no longer changes the field.

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

        In the order of the plan unless sorted otherwise.

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

        Possible within 30 days of its deletion, together with its contacts and deals. Refused
        while another partner has its domain or external id by now, or a deal that was approved
        meanwhile for the account of one of its approved deals.

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
        """Tag a partner.

        Adds one tag and leaves the others as they are. Counts as a write of `tag_ids`.

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

        Removes one tag and leaves the others as they are. Counts as a write of `tag_ids`.

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

        Why it has its tier, and what it lacks for the next: every condition with what is
        needed, what there is, and the gap.

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

        Lists every change of its tier, newest first.

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
        """Change a plan item.

        `before_id` moves it in front of another item of the plan; null moves it to the end.

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

        Deletes it permanently.

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

        What a front end needs to render it, and nothing else. A form that is closed is not
        there. At most 20 requests a minute from one address, submissions included.
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

        Answers are checked against the form's version that is named; one that was replaced less
        than a day ago is still good. Everything that is wrong is named at once. The answer
        tells nothing but a receipt; the same application sent again within a day gets the same
        one. At most 20 requests a minute from one address, reading the form included.

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

        Of the partners that are named, or those that a filter or a view finds. The items of the
        job hold the scores before and after. Partners of whom nothing has changed are skipped
        unless `force` (which it is for named ones). A dry run tells what the rules would say,
        and writes nothing.

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

        By name unless sorted otherwise. `q` finds names that contain it.

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

        Its name must be new within the category, ignoring case.

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

        It is removed from all partners.

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

        Of all partners, or of a selection. The items of the job hold the tier before and after;
        a dry run changes nothing and says exactly what a real one would do.

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

        Says when and how tiers are evaluated.

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

        A merge patch: absent properties keep their values. No tier changes by this alone.

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

        Key and rank must be new. Nobody is evaluated by it: try it out with a dry run, then
        evaluate.

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
        """Change a tier.

        When rank, requirement or default change and the rules decide on tiers, partners are
        evaluated: up to 1,000 at once, more in a job that starts at once.

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

        Its partners get what the rules give them; those who have it by hand get the tier of
        `replace_with` by hand.

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

        Your own views and the shared ones, in the order in which they were saved.

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
        """Save a view.

        Private unless shared; sharing needs the role `member`. The views of an API key are
        always shared.

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

        `warnings` name what its filter names and no longer exists; private views of others are
        not found.

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
        """Change a saved view.

        Only its owner or an admin may do so. When a view becomes private, it is no longer the
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

        Only its owner or an admin may do so. Members who had it as their default have none
        afterwards.

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

        The version of the server, the commit that it was built from, and the version of the
        API.
        """
        result: types.ServerVersion = self._json("GET", "/version")
        return result
