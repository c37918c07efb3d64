//! The application form of the demo organization, and an inbox with submissions in every status.

use domain::{
    Error,
    application_forms::{ApplicationForm, ApplicationFormUpdate},
    ids::MemberId,
    lists::ListRequest,
    submissions::{PublicSubmission, SUBMISSION_LIST, SubmissionAcceptance, SubmissionUpdate},
};
use persistence::{Tx, acceptance, application_forms, submissions};
use serde_json::{Value as Json, json};

use super::{companies::companies, values::body};

/// The applicants: company, domain, type, employees, person and review status.
const APPLICANTS: [(&str, &str, &str, i64, &str, &str); 8] = [
    ("Lumen Orchard", "lumen-orchard.example", "reseller", 34, "Ines Falk", "new"),
    ("Pepperwood Cloud", "pepperwood.example", "consulting", 120, "Tom Arendt", "new"),
    ("Saltmarsh Analytics", "saltmarsh.example", "technology", 18, "Noor Haddad", "new"),
    ("Hollow Oak Systems", "hollow-oak.example", "services", 61, "Greta Lindqvist", "in_review"),
    ("Brightwater Partners", "brightwater.example", "referral", 7, "Paul Okafor", "in_review"),
    ("Cheap Links 24", "cheap-links.example", "referral", 1, "SEO Team", "spam"),
    ("Grey Pier Trading", "grey-pier.example", "reseller", 3, "Max Rohde", "rejected"),
    // Has the domain of an existing partner; the acceptance fills that partner in.
    ("", "", "consulting", 48, "Lena Vogt", "accepted"),
];

/// Inserts the form with its questions, opens it, and inserts the submissions.
pub(super) async fn insert(tx: &Tx<'_>, reviewers: &[MemberId]) -> domain::Result<()> {
    let update: ApplicationFormUpdate = body(form())?;
    let form = application_forms::replace(tx, None, &update).await?;
    let known = companies().next().map(|company| company.profile).unwrap_or_default();
    for (number, (company, domain, kind, staff, person, status)) in
        APPLICANTS.into_iter().enumerate()
    {
        let text = |field: &str| known.get(field).and_then(Json::as_str).unwrap_or_default();
        let (company, domain) =
            if company.is_empty() { (text("name"), text("domain")) } else { (company, domain) };
        let answers = [
            json!(company),
            json!(format!("https://{domain}")),
            json!(kind),
            json!("Software"),
            json!(format!("{company} advises and supports mid-sized companies.")),
            json!(staff),
            json!(staff * 95_000),
            json!("DACH, Nordics"),
            json!(["managed_services", "training"]),
            json!("2026-09-01"),
            json!(person),
            json!(format!(
                "{}@{domain}",
                person.split(' ').next().unwrap_or("hello").to_lowercase()
            )),
        ];
        let submission = submission(&form, &answers, status == "spam")?;
        submissions::submit(tx, &form.public_token, &submission).await?;
        review(tx, status, reviewers[number % reviewers.len()]).await?;
    }
    Ok(())
}

fn form() -> Json {
    let kinds: Vec<Json> = [
        ("reseller", "We resell"),
        ("consulting", "We advise"),
        ("services", "We run things for customers"),
        ("technology", "We build products"),
        ("referral", "We refer customers"),
    ]
    .map(|(value, label)| json!({"value": value, "label": label}))
    .to_vec();
    let services = json!([
        {"value": "implementation", "label": "Implementation"},
        {"value": "managed_services", "label": "Managed services"},
        {"value": "migration", "label": "Migration"},
        {"value": "training", "label": "Training"}
    ]);
    json!({
        "title": "Become a partner of Demo Rockets",
        "intro": "Tell us who you are. We answer within a week.",
        "is_open": true,
        "questions": [
            {
                "type": "short_text",
                "label": "Company name",
                "required": true,
                "maps_to": "partner.name"
            },
            {"type": "url", "label": "Website", "required": true, "maps_to": "partner.domain"},
            {
                "type": "single_select",
                "label": "What describes you best?",
                "required": true,
                "options": kinds,
                "maps_to": "partner.type"
            },
            {"type": "short_text", "label": "Industry", "maps_to": "partner.industry"},
            {
                "type": "long_text",
                "label": "What does your company do?",
                "help": "Two or three sentences.",
                "max_length": 2000,
                "maps_to": "partner.description"
            },
            {
                "type": "number",
                "label": "How many people work for you?",
                "min": 1,
                "max": 1_000_000,
                "maps_to": "partner.employees"
            },
            {
                "type": "number",
                "label": "Revenue a year in US dollars",
                "min": 0,
                "maps_to": "partner.company_revenue"
            },
            {
                "type": "short_text",
                "label": "Where do you work?",
                "help": "Separated by commas.",
                "maps_to": "partner.regions"
            },
            {
                "type": "multi_select",
                "label": "What do you offer?",
                "options": services,
                "maps_to": "partner.services"
            },
            {"type": "date", "label": "When could you start?", "min": "2026-01-01"},
            {
                "type": "short_text",
                "label": "Your name",
                "required": true,
                "maps_to": "contact.name"
            },
            {
                "type": "email",
                "label": "Your e-mail address",
                "required": true,
                "maps_to": "contact.email"
            }
        ],
        "agreements": [
            {
                "text": "Demo Rockets may store and process these data to decide on the \
                    application.",
                "url": "https://rockets.example/privacy",
                "required": true
            },
            {"text": "Demo Rockets may write to me about its partner program."}
        ]
    })
}

/// One answer per question, in the order of the questions.
fn submission(
    form: &ApplicationForm,
    answers: &[Json],
    spam: bool,
) -> domain::Result<PublicSubmission> {
    let questions = form.questions.0.iter();
    let answers: Vec<Json> = questions
        .zip(answers)
        .map(|(question, value)| json!({"question_id": question.id, "value": value}))
        .collect();
    let agreed: Vec<Json> = form
        .agreements
        .0
        .iter()
        .filter(|agreement| agreement.required)
        .map(|agreement| json!(agreement.id))
        .collect();
    body(json!({
        "form_version": form.version, "answers": answers, "accepted_agreement_ids": agreed,
        "website_confirm": if spam { json!("https://cheap-links.example") } else { Json::Null }
    }))
}

/// Reviews the newest submission.
async fn review(tx: &Tx<'_>, status: &str, reviewer: MemberId) -> domain::Result<()> {
    let newest = ListRequest::first(&SUBMISSION_LIST, 1);
    let page = submissions::list(tx, &newest).await?;
    let submission =
        page.data.first().ok_or_else(|| Error::internal("a submission was just inserted"))?;
    match status {
        "in_review" | "rejected" => {
            let notes = if status == "rejected" {
                "No services, no customers of their own."
            } else {
                "Call booked for Tuesday."
            };
            let update: SubmissionUpdate =
                body(json!({"status": status, "reviewer_id": reviewer, "notes": notes}))?;
            submissions::update(tx, submission.id, None, &update).await?;
        }
        "accepted" => {
            let acceptance =
                SubmissionAcceptance { data: None, partner_id: submission.duplicate_partner_id };
            acceptance::accept(tx, submission.id, &acceptance).await?;
        }
        _ => {}
    }
    Ok(())
}
