//! What a write does to a deal: a pure function of the deal, the new values, and the day
//! (docs/deals.md).

use chrono::{Days, NaiveDate};
use serde_json::json;

use super::{
    DealMotion, DealStatus,
    DealStatus::{Approved, Expired, Lost, Rejected, UnderReview},
    DealUpdate, DealValues,
};
use crate::kernel::{
    access::{Actor, ActorType},
    error::{Error, Result},
    field_error::FieldError,
    timestamp::Timestamp,
};

/// The context of a write.
#[derive(Debug, Clone)]
pub struct DealContext {
    /// The day in the organization's time zone.
    pub today: NaiveDate,
    /// The number of days for which an approval protects a deal.
    pub protection_days: u32,
    /// The actor of the write.
    pub actor: Actor,
    pub now: Timestamp,
}

impl DealContext {
    /// The default status of a new deal.
    fn first_status(&self) -> DealStatus {
        // A deal that an API key registers is reviewed; one that a person registers is decided
        // already.
        if self.actor.kind == ActorType::ApiKey { DealStatus::Submitted } else { Approved }
    }
    fn default_expiry(&self) -> Option<NaiveDate> {
        self.today.checked_add_days(Days::new(self.protection_days.into()))
    }
}

fn fault(code: &'static str, field: &str, detail: &str) -> FieldError {
    FieldError::at_pointer(code, format!("#/{field}"), detail)
}

impl DealValues {
    /// A new deal.
    ///
    /// # Errors
    /// 422 with all errors: `required`, `invalid_choice` for `expired`, and those of
    /// [`Self::edited`].
    pub fn created(deal_update: &DealUpdate, context: &DealContext) -> Result<Self> {
        let (Some(partner_id), Some(name), Some(account_name)) =
            (deal_update.partner_id, &deal_update.name, &deal_update.account_name)
        else {
            let missing = [
                ("partner_id", deal_update.partner_id.is_none()),
                ("name", deal_update.name.is_none()),
                ("account_name", deal_update.account_name.is_none()),
            ];
            let missing = missing.into_iter().filter(|(_, missing)| *missing);
            return Err(Error::invalid(
                missing.map(|(field, _)| fault("required", field, "is required")).collect(),
            ));
        };
        if deal_update.status == Some(Expired) {
            let allowed: Vec<&str> = DealStatus::VALUES
                .iter()
                .copied()
                .filter(|word| *word != Expired.as_str())
                .collect();
            let fault = fault(
                "invalid_choice",
                "status",
                "cannot be set, because only the daily job sets it",
            );
            return Err(Error::invalid(vec![fault.meta("allowed", allowed)]));
        }
        let mut deal = Self {
            partner_id,
            external_id: None,
            name: name.clone(),
            account_name: account_name.clone(),
            account_domain: None,
            status: context.first_status(),
            stage: None,
            motion: DealMotion::Other,
            value: 0,
            registered_on: context.today,
            expected_close_on: None,
            expires_on: None,
            closed_on: None,
            lost_reason: None,
            rejection_reason: None,
            decided_by: None,
            decided_at: None,
            owner_id: None,
            notes: None,
        };
        deal.take(deal_update);
        deal.apply_status(None, deal_update, context)?;
        Ok(deal)
    }

    /// The deal after an edit. The current status as the new one changes nothing.
    ///
    /// # Errors
    /// `invalid_transition`; 422 with all errors: `closed_on_required`, `invalid_date_order`,
    /// `not_applicable`.
    pub fn edited(&self, deal_update: &DealUpdate, context: &DealContext) -> Result<Self> {
        if let Some(to) = deal_update.status.filter(|to| *to != self.status) {
            self.status.expect_move(to)?;
        }
        let mut deal = self.clone();
        deal.take(deal_update);
        deal.apply_status(Some(self), deal_update, context)?;
        Ok(deal)
    }

    /// The deal after its protection has ended.
    pub fn expired(&self) -> Self {
        Self { status: Expired, ..self.clone() }
    }

    fn take(&mut self, deal_update: &DealUpdate) {
        macro_rules! take {
            ($($field:ident)*) => {$(
                if let Some(value) = &deal_update.$field {
                    self.$field = value.clone();
                }
            )*};
        }
        take! {
            partner_id external_id name account_name account_domain status stage motion value registered_on
            expected_close_on expires_on closed_on lost_reason rejection_reason owner_id notes
        }
    }

    /// Applies the effects of the status: days, decision and reasons.
    fn apply_status(
        &mut self,
        before: Option<&Self>,
        deal_update: &DealUpdate,
        context: &DealContext,
    ) -> Result<()> {
        let mut faults = Vec::new();
        let from = before.map(|before| before.status);
        let moved = from != Some(self.status);
        let mut only_in = |holds: bool, field: &str, given: bool, detail: &str| {
            if !holds && given {
                faults.push(fault("not_applicable", field, detail));
            }
            holds
        };
        let given = matches!(deal_update.closed_on, Some(Some(_)));
        if !only_in(
            self.status.is_closed(),
            "closed_on",
            given,
            "is only allowed for won and lost deals",
        ) {
            self.closed_on = None;
        }
        let given = matches!(deal_update.lost_reason, Some(Some(_)));
        if !only_in(self.status == Lost, "lost_reason", given, "is only allowed for lost deals") {
            self.lost_reason = None;
        }
        let given = matches!(deal_update.rejection_reason, Some(Some(_)));
        if !only_in(
            self.status == Rejected,
            "rejection_reason",
            given,
            "is only allowed for rejected deals",
        ) {
            self.rejection_reason = None;
        }
        match self.closed_on {
            None if self.status.is_closed() => {
                faults.push(fault(
                    "closed_on_required",
                    "closed_on",
                    "is required for won and lost deals",
                ));
            }
            Some(closed_on) if closed_on < self.registered_on => {
                faults.push(fault(
                    "invalid_date_order",
                    "closed_on",
                    "must not be before registered_on",
                ));
            }
            _ => {}
        }
        if moved && self.status == Approved {
            let reopened = from.is_some_and(DealStatus::is_closed);
            // Only a reopened deal keeps its day: a deal that is approved again gets the full
            // protection.
            let kept = before
                .and_then(|before| before.expires_on)
                .filter(|day| reopened && *day > context.today);
            self.expires_on =
                deal_update.expires_on.flatten().or(kept).or_else(|| context.default_expiry());
        }
        let set = moved || before.is_some_and(|before| before.expires_on != self.expires_on);
        if self.status == Approved && set && self.expires_on.is_some_and(|day| day <= context.today)
        {
            faults.push(
                fault("invalid_date_order", "expires_on", "must be later than today")
                    .meta("today", json!(context.today)),
            );
        }
        if moved && matches!(self.status, Approved | Rejected) {
            self.decided_by = Some(context.actor.clone());
            self.decided_at = Some(context.now);
        } else if moved && self.status == UnderReview {
            // The rejection was withdrawn, so there is no decision.
            (self.decided_by, self.decided_at) = (None, None);
        }
        if faults.is_empty() { Ok(()) } else { Err(Error::invalid(faults)) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;

    use super::*;
    use crate::kernel::{
        error::Code,
        field_error::Place,
        ids::{ApiKeyId, PartnerId, UserId},
    };

    fn context() -> DealContext {
        DealContext {
            today: day("2026-11-24"),
            protection_days: 90,
            actor: Actor::user(UserId::new(), "Ada"),
            now: Timestamp::now(),
        }
    }
    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }
    fn deal_update(json: Json) -> DealUpdate {
        serde_json::from_value(json).unwrap()
    }
    fn new(mut json: Json) -> Result<DealValues> {
        for (field, value) in [
            ("partner_id", json!(PartnerId::new())),
            ("name", json!("Rollout")),
            ("account_name", json!("A")),
        ] {
            json.as_object_mut().unwrap().entry(field).or_insert(value);
        }
        DealValues::created(&deal_update(json), &context())
    }
    fn faults(result: Result<DealValues>) -> Vec<(&'static str, String)> {
        match result {
            Err(Error::Problem(problem)) => {
                let place = |place: &Place| {
                    if let Place::Pointer(at) = place { at.clone() } else { String::new() }
                };
                problem.errors.iter().map(|fault| (fault.code, place(&fault.place))).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_persons_deal_is_approved_and_a_programs_is_submitted() {
        let deal = new(json!({})).unwrap();
        assert_eq!(
            (deal.status, deal.expires_on, deal.registered_on),
            (Approved, Some(day("2027-02-22")), day("2026-11-24"))
        );
        assert_eq!(
            deal.decided_by,
            Some(context().actor)
                .map(|actor| Actor { id: deal.decided_by.clone().unwrap().id, ..actor })
        );
        let key = DealContext { actor: Actor::api_key(ApiKeyId::new(), "CRM"), ..context() };
        let body =
            deal_update(json!({"partner_id": PartnerId::new(), "name": "x", "account_name": "y"}));
        let deal = DealValues::created(&body, &key).unwrap();
        assert_eq!(
            (deal.status, deal.expires_on, deal.decided_by),
            (DealStatus::Submitted, None, None)
        );
    }

    #[test]
    fn what_is_wrong_with_a_new_deal_is_said_at_once() {
        let nothing = DealValues::created(&DealUpdate::default(), &context());
        assert_eq!(faults(nothing).len(), 3);
        for (body, expected) in [
            (json!({"status": "expired"}), vec![("invalid_choice", "#/status")]),
            (json!({"status": "won"}), vec![("closed_on_required", "#/closed_on")]),
            (
                json!({"status": "won", "closed_on": "2026-11-23"}),
                vec![("invalid_date_order", "#/closed_on")],
            ),
            (json!({"expires_on": "2026-11-24"}), vec![("invalid_date_order", "#/expires_on")]),
            (
                json!({
                    "closed_on": "2026-11-24",
                    "lost_reason": "x",
                    "rejection_reason": "y",
                    "expires_on": "2026-01-01"
                }),
                vec![
                    ("not_applicable", "#/closed_on"),
                    ("not_applicable", "#/lost_reason"),
                    ("not_applicable", "#/rejection_reason"),
                    ("invalid_date_order", "#/expires_on"),
                ],
            ),
            (
                json!({"status": "won", "closed_on": "2026-11-24", "lost_reason": "x"}),
                vec![("not_applicable", "#/lost_reason")],
            ),
        ] {
            let expected: Vec<_> =
                expected.into_iter().map(|(code, at)| (code, at.to_owned())).collect();
            assert_eq!(faults(new(body.clone())), expected, "{body}");
        }
    }

    #[test]
    fn closing_and_reopening() {
        let open = new(json!({"expires_on": "2026-12-24"})).unwrap();
        let edit = |deal: &DealValues, body: Json| deal.edited(&deal_update(body), &context());
        let won = edit(&open, json!({"status": "won", "closed_on": "2026-11-24"})).unwrap();
        assert_eq!((won.expires_on, won.closed_on), (open.expires_on, Some(day("2026-11-24"))));
        let lost = edit(&won, json!({"status": "lost", "lost_reason": "Price"})).unwrap();
        assert_eq!((lost.closed_on, lost.lost_reason.as_deref()), (won.closed_on, Some("Price")));
        assert_eq!(edit(&lost, json!({"status": "won"})).unwrap().lost_reason, None);
        let again = edit(&lost, json!({"status": "approved"})).unwrap();
        assert_eq!(
            (again.closed_on, again.lost_reason.clone(), again.expires_on),
            (None, None, open.expires_on)
        );
        let stale = DealValues { expires_on: Some(day("2026-11-24")), ..lost.clone() };
        assert_eq!(
            edit(&stale, json!({"status": "approved"})).unwrap().expires_on,
            Some(day("2027-02-22"))
        );
        assert_eq!(
            faults(edit(&won, json!({"registered_on": "2026-11-25"}))),
            [("invalid_date_order", "#/closed_on".into())]
        );
        assert_eq!(
            faults(edit(&won, json!({"closed_on": null}))),
            [("closed_on_required", "#/closed_on".into())]
        );
    }

    #[test]
    fn a_protection_that_has_run_out_may_stand_but_not_be_set() {
        let stale = DealValues { expires_on: Some(day("2026-11-01")), ..new(json!({})).unwrap() };
        let edit = |deal: &DealValues, body: Json| deal.edited(&deal_update(body), &context());
        assert!(edit(&stale, json!({"name": "Other"})).is_ok());
        assert_eq!(
            faults(edit(&stale, json!({"expires_on": "2026-11-24"}))),
            [("invalid_date_order", "#/expires_on".into())]
        );
        assert_eq!(
            edit(&stale.expired(), json!({"status": "approved"})).unwrap().expires_on,
            Some(day("2027-02-22"))
        );
        let Err(error) = edit(&stale, json!({"status": "expired"})) else { panic!() };
        assert_eq!(error.code(), Code::InvalidTransition);
    }

    #[test]
    fn a_rejection_has_a_reason_and_can_be_taken_back() {
        let open = new(json!({"status": "submitted"})).unwrap();
        let edit =
            |deal: &DealValues, body: Json| deal.edited(&deal_update(body), &context()).unwrap();
        let rejected = edit(&open, json!({"status": "rejected", "rejection_reason": "Ours"}));
        assert!(rejected.decided_at.is_some());
        let reviewed = edit(&rejected, json!({"status": "under_review"}));
        assert_eq!(
            (reviewed.rejection_reason, reviewed.decided_by, reviewed.decided_at),
            (None, None, None)
        );
    }

    #[test]
    fn an_account_is_its_domain_or_its_name() {
        let deal = |json: Json| new(json).unwrap();
        let named = deal(json!({"account_name": "The Home-Office"}));
        let again = deal(json!({"account_name": "home office"}));
        assert_eq!(named.account_keys(), again.account_keys());
        let domain =
            deal(json!({"account_name": "home office", "account_domain": "homeoffice.gov.uk"}));
        assert_eq!(domain.account_keys().main(), "homeoffice.gov.uk");
        let claimed = |deal: &DealValues, before: Option<&DealValues>| {
            deal.claim(before).map(|claim| claim.keys()).unwrap_or_default()
        };
        assert_eq!(claimed(&named, None), ["home office"]);
        assert_eq!(claimed(&domain, None), ["homeoffice.gov.uk", "home office"]);
        // Only what was not protected before is asked about.
        assert_eq!(claimed(&domain, Some(&domain)), [""; 0]);
        let without = DealValues { account_domain: None, ..domain.clone() };
        assert_eq!(claimed(&domain, Some(&without)), ["homeoffice.gov.uk"]);
        let renamed = DealValues { account_name: "Cabinet Office".into(), ..domain.clone() };
        assert_eq!(claimed(&renamed, Some(&domain)), ["cabinet office"]);
        let moved = DealValues { partner_id: PartnerId::new(), ..domain.clone() };
        assert_eq!(claimed(&domain, Some(&moved)).len(), 2);
        let open = DealValues { status: DealStatus::Submitted, ..domain.clone() };
        assert_eq!(claimed(&open, None), [""; 0]);
        assert_eq!(claimed(&domain, Some(&open)).len(), 2);
    }
}
