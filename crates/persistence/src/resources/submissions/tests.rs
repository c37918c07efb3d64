//! What HTTP cannot show: submissions outlive the partner that they became.

use domain::{partners::PartnerUpdate, submissions::SubmissionAcceptance};
use serde_json::{from_value, json};

use super::*;
use crate::{
    kernel::testing::{execute, run},
    processes::{acceptance, housekeeping},
    resources::partners,
};

#[test]
fn a_submission_stays_when_its_partner_is_gone_for_good() {
    run(async |store, scope| {
        let id = store.write(&scope, async |tx| {
            let open = from_value(json!({"is_open": true})).unwrap();
            let form = application_forms::replace(tx, None, &open).await?;
            let answers =
                [json!("Acme"), json!("https://acme.com"), json!("Ann"), json!("ann@acme.com")];
            let questions = form.questions.0.iter().zip(answers);
            let answers: Vec<_> = questions
                .map(|(question, value)| json!({"question_id": question.id, "value": value}))
                .collect();
            let body =
                from_value(json!({"form_version": form.version, "answers": answers})).unwrap();
            submit(tx, &form.public_token, &body).await?;
            let id: SubmissionId =
                submissions::table.select(submissions::id).first(&mut tx.conn()).await?;
            let data = json!({"type": "reseller"}).as_object().cloned().map(PartnerUpdate);
            let accepted =
                acceptance::accept(tx, id, &SubmissionAcceptance { data, partner_id: None })
                    .await?;
            let partner = accepted.partner.summary.id;
            partners::delete(tx, partner, None).await?;
            execute(
                tx,
                Statement::new("UPDATE partners SET deleted_at = deleted_at - interval '31 days'"),
            )
            .await?;
            let expired = housekeeping::expired_partners(tx, 10).await?;
            assert_eq!(expired, [partner]);
            housekeeping::purge_partners(tx, &expired).await?;
            Ok(id)
        });
        let id = id.await.unwrap();
        let left = store.read(&scope, async |tx| get(tx, id).await).await.unwrap();
        assert_eq!((left.status, left.partner_id), (SubmissionStatus::Accepted, None));
        assert_eq!(left.applicant.company.as_deref(), Some("Acme"));
    });
}
