//! Notifications of members in the application, by mail and in Slack, and their deliveries.

use chrono::TimeDelta;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    kernel::{
        access::Role,
        field_error::FieldError,
        fields::{Field, FieldClass, FieldReference, FieldType, Operator},
        ids::{EventId, MemberId, NotificationDeliveryId, NotificationId, UserId},
        lists::{Alias, List, list_parameters},
        page::Page,
        request_body::RequestBody,
        schema::{notification_deliveries, notification_settings, notifications},
        string_enum::string_enum,
        timestamp::Timestamp,
    },
    resources::{
        deals::{Deal, DealStatus},
        jobs::{Job, JobStatus, JobType},
        slack::SlackId,
        submissions::Applicant,
    },
};

string_enum! {
    /// The type of a notification: that of the event that caused it.
    NotificationType {
        ApplicationSubmitted = "application.submitted",
        DealApproved = "deal.approved",
        DealRejected = "deal.rejected",
        DealExpired = "deal.expired",
        JobSucceeded = "job.succeeded",
        JobFailed = "job.failed",
    }
    /// The channel by which it is delivered outside of the application.
    NotificationChannel {
        Email = "email",
        Slack = "slack",
    }
    /// The status of a delivery.
    NotificationDeliveryStatus {
        /// Further attempts will be made.
        Pending = "pending",
        Succeeded = "succeeded",
        /// All attempts have failed; it can be retried manually.
        Failed = "failed",
    }
}

/// The record that a notification is about.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = notifications)]
pub struct NotificationSubject {
    /// The kind of resource, `deal`.
    #[serde(rename = "type")]
    #[diesel(column_name = subject_type)]
    #[schema(example = "deal")]
    pub kind: String,
    /// The id of the resource.
    #[diesel(column_name = subject_id)]
    #[schema(example = "deal_01kb1q3x5se7wtc2gnh2avw0fd")]
    pub id: String,
}

/// A notification of a member.
#[derive(Debug, Clone, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = notifications)]
pub struct Notification {
    /// The id.
    pub id: NotificationId,
    /// The type.
    #[serde(rename = "type")]
    #[diesel(column_name = type_)]
    pub kind: NotificationType,
    /// The title, in one line.
    #[schema(example = "Deal approved: Rollout")]
    pub title: String,
    /// The text below the title; may be empty.
    #[schema(example = "For Home Office. Protected until 2027-03-31.")]
    pub body: String,
    /// The record that it is about.
    #[diesel(embed)]
    pub subject: NotificationSubject,
    /// The event that caused it.
    pub event_id: EventId,
    /// When it was read.
    pub read_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The fields that lists of notifications are filtered and sorted by.
pub static NOTIFICATION: &[Field] = &[
    Field::new("id", "ID", FieldType::Id, FieldClass::System)
        .ids(NotificationId::PREFIX, "NotificationId"),
    Field::new("type", "Type", FieldType::Enum, FieldClass::System)
        .words(NotificationType::VALUES)
        .schema("NotificationType"),
    Field::new("read_at", "Read", FieldType::Timestamp, FieldClass::System).null(),
    Field::new("created_at", "Created", FieldType::Timestamp, FieldClass::System),
];
/// The list of a member's notifications, newest first.
pub static NOTIFICATION_LIST: List =
    List::new("Notification", || NOTIFICATION).order("-id").aliases(&[Alias {
        name: "unread",
        field: "read_at",
        operator: Operator::IsNull,
        description: "`true`: only those that were not read yet; `false`: only those that were.",
    }]);
/// The member of a notification: a list shows those of one member.
pub static NOTIFICATION_MEMBER: Field =
    Field::new("member_id", "Member", FieldType::Id, FieldClass::System)
        .refers_to(FieldReference::Member);

list_parameters! {
    /// The parameters of the list of notifications.
    NotificationList of NOTIFICATION_LIST;
}

/// A page of notifications.
pub type NotificationPage = Page<Notification>;

/// A mail or a Slack message, and its status. Kept for 30 days.
#[derive(Debug, Clone, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = notification_deliveries)]
pub struct NotificationDelivery {
    /// The id; also in the Message-ID of a mail, so that repetitions can be recognized.
    pub id: NotificationDeliveryId,
    /// The notification that it delivers; null for invitations and for Slack.
    pub notification_id: Option<NotificationId>,
    /// The event that caused it.
    pub event_id: Option<EventId>,
    /// The channel.
    pub channel: NotificationChannel,
    /// The recipient: an e-mail address, or the id of a channel or user of Slack.
    #[schema(example = "ada@acme.com")]
    pub target: String,
    /// The status.
    pub status: NotificationDeliveryStatus,
    /// The number of attempts.
    #[schema(minimum = 0, example = 1)]
    pub attempts: i32,
    /// The reason why the last attempt failed.
    #[schema(example = json!(null))]
    pub last_error: Option<String>,
    /// When it is tried next; null if it is not tried again.
    pub next_attempt_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The fields that lists of deliveries are filtered and sorted by.
pub static NOTIFICATION_DELIVERY: &[Field] = &[
    Field::new("id", "ID", FieldType::Id, FieldClass::System)
        .ids(NotificationDeliveryId::PREFIX, "NotificationDeliveryId"),
    Field::new("channel", "Channel", FieldType::Enum, FieldClass::System)
        .words(NotificationChannel::VALUES)
        .schema("NotificationChannel"),
    Field::new("status", "Status", FieldType::Enum, FieldClass::System)
        .words(NotificationDeliveryStatus::VALUES)
        .schema("NotificationDeliveryStatus"),
    Field::new("target", "Target", FieldType::Text, FieldClass::System),
    Field::new("attempts", "Attempts", FieldType::Integer, FieldClass::System),
    Field::new("next_attempt_at", "Next attempt", FieldType::Timestamp, FieldClass::System).null(),
    Field::new("created_at", "Created", FieldType::Timestamp, FieldClass::System),
];
/// The list of deliveries, newest first.
pub static NOTIFICATION_DELIVERY_LIST: List =
    List::new("NotificationDelivery", || NOTIFICATION_DELIVERY).order("-id");

list_parameters! {
    /// The parameters of the list of deliveries.
    NotificationDeliveryList of NOTIFICATION_DELIVERY_LIST;
}

/// A page of deliveries.
pub type NotificationDeliveryPage = Page<NotificationDelivery>;

/// The recipients of notifications about new submissions of the application form. Each member is
/// notified once, even if several settings apply.
#[derive(Debug, Clone, HasQuery, Serialize, ToSchema)]
#[diesel(table_name = notification_settings)]
pub struct NotificationSettings {
    /// Increases with every change. Also the ETag.
    #[schema(minimum = 1, example = 2)]
    pub version: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Members who are notified.
    #[schema(max_items = 50, example = json!([]))]
    pub member_ids: Vec<MemberId>,
    /// Roles whose members are notified.
    #[schema(max_items = 4, example = json!(["admin", "owner"]))]
    pub roles: Vec<Role>,
    /// Slack channels that are notified.
    #[schema(value_type = Vec<SlackId>, max_items = 10, example = json!([]))]
    pub slack_channel_ids: Vec<String>,
    /// Slack users who are notified.
    #[schema(value_type = Vec<SlackId>, max_items = 50, example = json!([]))]
    pub slack_user_ids: Vec<String>,
    /// Whether the members also get a mail, unless they have turned mails off.
    #[schema(example = true)]
    pub email: bool,
}

impl NotificationSettings {
    /// The channels and users of Slack.
    pub fn slack_targets(&self) -> Vec<String> {
        self.slack_channel_ids.iter().chain(&self.slack_user_ids).cloned().collect()
    }
}

/// A merge patch of the settings: absent properties keep their values.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotificationSettingsUpdate {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member_ids: Option<Vec<MemberId>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<Role>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<SlackId>>)]
    pub slack_channel_ids: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<SlackId>>)]
    pub slack_user_ids: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<bool>,
}

impl RequestBody for NotificationSettingsUpdate {
    type Resource = NotificationSettings;
}

impl NotificationSettingsUpdate {
    /// The errors for duplicates in the lists.
    pub fn faults(&self) -> Vec<FieldError> {
        fn twice<T: PartialEq>(field: &str, list: Option<&[T]>, faults: &mut Vec<FieldError>) {
            let list = list.unwrap_or_default();
            let again = (0..list.len()).filter(|at| list[..*at].contains(&list[*at]));
            let fault = |at| {
                FieldError::at_pointer(
                    "duplicate_item",
                    format!("#/{field}/{at}"),
                    "is a duplicate",
                )
            };
            faults.extend(again.map(fault));
        }
        let mut faults = Vec::new();
        twice("member_ids", self.member_ids.as_deref(), &mut faults);
        twice("roles", self.roles.as_deref(), &mut faults);
        twice("slack_channel_ids", self.slack_channel_ids.as_deref(), &mut faults);
        twice("slack_user_ids", self.slack_user_ids.as_deref(), &mut faults);
        faults
    }
}

/// Who is notified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// One member.
    Member(MemberId),
    /// The member with this user account.
    User(UserId),
    /// The recipients in the settings of the application form.
    Form,
}

/// The channels of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotificationChannels {
    /// In the application, by mail and in Slack.
    Everywhere,
    /// In the application only, because the limit of mails and Slack messages is reached.
    Inside,
    /// By mail and in Slack only, because the application has shown each event already.
    Outside,
}

/// A notification to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotificationRequest {
    pub kind: NotificationType,
    pub title: String,
    pub body: String,
    pub subject: NotificationSubject,
    pub event: EventId,
    pub audience: Audience,
    pub reach: NotificationChannels,
}

impl NotificationRequest {
    /// A summary of applications that were only shown in the application.
    pub fn applications_submitted(event: EventId, count: i64) -> Self {
        let (title, body) = match count {
            1 => (
                "1 more application".to_owned(),
                "It arrived shortly after many others and is waiting for review.".to_owned(),
            ),
            _ => (
                format!("{count} more applications"),
                "They arrived shortly after each other and are waiting for review.".to_owned(),
            ),
        };
        Self {
            kind: NotificationType::ApplicationSubmitted,
            title,
            body,
            // The summary has no single subject.
            subject: NotificationSubject { kind: "application".to_owned(), id: String::new() },
            event,
            audience: Audience::Form,
            reach: NotificationChannels::Outside,
        }
    }

    /// A new application.
    pub fn application_submitted(
        event: EventId,
        submission: impl ToString,
        applicant: &Applicant,
    ) -> Self {
        let said = |text: &Option<String>| {
            text.as_deref().map(|text| one_line(text, 100)).filter(|text| !text.is_empty())
        };
        let (company, name, email) =
            (said(&applicant.company), said(&applicant.name), said(&applicant.email));
        let who = match (&name, &email) {
            (Some(name), Some(email)) => format!("{name} ({email})"),
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (None, None) => "Someone".to_owned(),
        };
        Self {
            kind: NotificationType::ApplicationSubmitted,
            title: format!(
                "New application: {}",
                company.as_deref().or(name.as_deref()).unwrap_or("no name given")
            ),
            body: format!("{who} has applied to become a partner."),
            subject: NotificationSubject {
                kind: "application".to_owned(),
                id: submission.to_string(),
            },
            event,
            audience: Audience::Form,
            reach: NotificationChannels::Everywhere,
        }
    }

    /// A decision on a deal, or the end of its protection. The member who caused it is not
    /// notified.
    pub fn deal_decided(event: EventId, deal: &Deal, by: Option<MemberId>) -> Option<Self> {
        let values = &deal.values;
        let owner = values.owner_id.filter(|owner| by != Some(*owner))?;
        let (name, account) = (one_line(&values.name, 150), one_line(&values.account_name, 150));
        let until =
            values.expires_on.map_or_else(String::new, |day| format!(" Protected until {day}."));
        let reason = values
            .rejection_reason
            .as_deref()
            .map(|reason| format!(" Reason: {}", one_line(reason, 500)));
        let (kind, what, more) = match values.status {
            DealStatus::Approved => (NotificationType::DealApproved, "approved", until),
            DealStatus::Rejected => {
                (NotificationType::DealRejected, "rejected", reason.unwrap_or_default())
            }
            DealStatus::Expired => {
                (NotificationType::DealExpired, "expired", " It is no longer protected.".to_owned())
            }
            _ => return None,
        };
        Some(Self {
            kind,
            title: format!("Deal {what}: {name}"),
            body: format!("For {account}.{more}"),
            subject: NotificationSubject { kind: "deal".to_owned(), id: deal.id.to_string() },
            event,
            audience: Audience::Member(owner),
            reach: NotificationChannels::Everywhere,
        })
    }

    /// The end of a job that a user has started and not canceled.
    pub fn job_ended(event: EventId, job: &Job) -> Option<Self> {
        let user: UserId = job.actor.0.id.as_deref()?.parse().ok()?;
        let what = match job.kind {
            JobType::Import => "Import",
            JobType::Export => "Export",
            JobType::BulkUpdate => "Bulk update",
            JobType::BulkDelete => "Bulk deletion",
            JobType::ScoreRefresh => "Scoring",
            JobType::TierEvaluation => "Tier evaluation",
            JobType::Enrichment => "Enrichment",
            JobType::LogoFetch => "Logo fetch",
            JobType::WebhookReplay => "Webhook replay",
        };
        let (kind, how) = match job.status {
            JobStatus::Succeeded => (NotificationType::JobSucceeded, "finished"),
            JobStatus::Failed => (NotificationType::JobFailed, "failed"),
            _ => return None,
        };
        let progress = &job.progress;
        let why = job.problem.as_ref().map(|problem| one_line(&problem.0.detail, 500));
        let counts = format!(
            "{} succeeded, {} failed, {} skipped.",
            progress.succeeded, progress.failed, progress.skipped
        );
        let dry_run = if job.dry_run { " (dry run)" } else { "" };
        Some(Self {
            kind,
            title: format!("{what} {how}{dry_run}"),
            body: why.map_or_else(|| counts.clone(), |why| format!("{why} {counts}")),
            subject: NotificationSubject { kind: "job".to_owned(), id: job.id.to_string() },
            event,
            audience: Audience::User(user),
            reach: NotificationChannels::Everywhere,
        })
    }
}

/// The delay before each attempt; after the last one the delivery has failed.
const SCHEDULE: [TimeDelta; 10] = [
    TimeDelta::zero(),
    TimeDelta::seconds(5),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(5),
    TimeDelta::hours(10),
    TimeDelta::hours(14),
    TimeDelta::hours(20),
    TimeDelta::hours(24),
];

/// The delay after this number of attempts; `None` if there is no further one.
pub fn wait_after(attempts: i32) -> Option<TimeDelta> {
    SCHEDULE.get(usize::try_from(attempts).ok()?).copied()
}

/// A text written by others as one line: without line breaks, control characters, invisible
/// characters and those that change the direction of text; at most `most` characters.
pub fn one_line(text: &str, most: usize) -> String {
    let is_unseen = |c: char| {
        matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
    };
    let is_break = |c: char| c.is_whitespace() || c.is_control();
    let seen: String = text
        .chars()
        .filter(|c| !is_unseen(*c))
        .map(|c| if is_break(c) { ' ' } else { c })
        .collect();
    let line = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > most {
        line.chars().take(most.saturating_sub(1)).collect::<String>().trim_end().to_owned() + "…"
    } else {
        line
    }
}

/// A name chosen by others, for use in our mails: one line without addresses. Words that are
/// addresses (`https://...`, `www.`, `host.example/path`, e-mail addresses) are removed, and names
/// such as `Booking.com` lose their dots, so that mail programs do not make links of them. May be
/// empty.
pub fn plain_name(text: &str, most: usize) -> String {
    let line = one_line(text, 1_000);
    let words: Vec<String> = line.split(' ').filter_map(plain_word).collect();
    one_line(&words.join(" "), most)
}

/// Text from the public form, for a mail to members: as [`plain_name`], but e-mail addresses are
/// kept.
pub fn plain_line(text: &str, most: usize) -> String {
    let line = one_line(text, 1_000);
    let word = |word: &str| if is_email(word) { Some(word.to_owned()) } else { plain_word(word) };
    let words: Vec<String> = line.split(' ').filter_map(word).collect();
    one_line(&words.join(" "), most)
}

/// Whether a word is only an e-mail address, possibly in brackets.
fn is_email(word: &str) -> bool {
    let is_part = |part: &str| {
        let allowed = |c: char| c.is_alphanumeric() || ".-_+".contains(c);
        !part.is_empty() && part.chars().all(allowed)
    };
    let address = word.trim_matches(['(', ')', '<', '>', ',', ';']);
    address.split_once('@').is_some_and(|(local, host)| {
        is_part(local) && is_part(host) && !host.to_lowercase().starts_with("www.")
    })
}

/// A word without addresses; `None` if it is one.
fn plain_word(word: &str) -> Option<String> {
    const SCHEMES: [&str; 6] = ["http:", "https:", "ftp:", "mailto:", "tel:", "sms:"];
    // The dots and slashes of other scripts are equivalent (UTS 46).
    let word: String = word
        .chars()
        .map(|c| match c {
            '\u{3002}' | '\u{ff0e}' | '\u{ff61}' | '\u{2024}' => '.',
            '\u{ff0f}' | '\u{2044}' | '\u{2215}' => '/',
            '\u{ff1a}' => ':',
            '\u{ff20}' => '@',
            c => c,
        })
        .collect();
    let lower = word.to_lowercase();
    let begins = lower.trim_start_matches(|c: char| !c.is_alphanumeric());
    let is_address = word.contains("//")
        || word.contains('@')
        || lower.contains("www.")
        || SCHEMES.iter().any(|scheme| begins.starts_with(scheme));
    if is_address {
        return None;
    }
    let dots = dots_of_hosts(&word);
    let (Some(first), Some(last)) = (dots.first(), dots.last()) else { return Some(word) };
    let has_path = word[*last..].contains(['/', ':', '?', '#']);
    let is_number = word[..*first].chars().all(|c| c.is_ascii_digit()) && dots.len() == 3;
    if has_path || is_number {
        return None;
    }
    let without = |(at, c): (usize, char)| if dots.contains(&at) { ' ' } else { c };
    Some(word.char_indices().map(without).collect())
}

/// The positions of dots of host names: after a letter or digit, before a label of at least two
/// letters, or of digits.
fn dots_of_hosts(word: &str) -> Vec<usize> {
    let is_dot_of_host = |at: &usize| {
        let after: Vec<char> =
            word[at + 1..].chars().take_while(|c| c.is_alphanumeric() || *c == '-').collect();
        let before = word[..*at].chars().next_back().is_some_and(char::is_alphanumeric);
        before && after.len() > 1 && after.iter().any(|c| c.is_alphabetic())
    };
    let dots: Vec<usize> = word.match_indices('.').map(|(at, _)| at).collect();
    let numbers = word.split(['.', ':', '/']).take(4).filter(|part| part.parse::<u8>().is_ok());
    if dots.len() >= 3 && numbers.count() == 4 {
        return dots.into_iter().take(3).collect();
    }
    if dots.iter().any(is_dot_of_host) { dots } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_ten_attempts_over_three_days() {
        let waits: Vec<i64> =
            (0..20).map_while(wait_after).map(|wait| wait.num_seconds()).collect();
        assert_eq!(waits, [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]);
        assert_eq!(wait_after(-1), None);
    }

    #[test]
    fn what_others_wrote_becomes_one_harmless_line() {
        for (text, line) in [
            ("Acme\r\nBcc: all@acme.com", "Acme Bcc: all@acme.com"),
            ("  a\u{2028}b\tc\u{0}d\u{85}e ", "a b c d e"),
            ("evil\u{202e}moc.live\u{200b}", "evilmoc.live"),
            ("aaaaaaaaaaaa", "aaaaaaaaa…"),
            ("ääääääääää", "ääääääääää"),
        ] {
            assert_eq!(one_line(text, 10.max(line.chars().count())), line);
        }
    }

    #[test]
    fn a_name_in_a_mail_holds_no_address() {
        for (name, plain) in [
            ("Acme Rockets & Co. KG", "Acme Rockets & Co. KG"),
            ("St. Gallen e.V., Dept. 4.2", "St. Gallen e.V., Dept. 4.2"),
            ("Booking.com", "Booking com"),
            ("IT Support http://evil.example", "IT Support"),
            (
                "URGENT: your mailbox is full, sign in at HTTPS://evil.example/login now",
                "URGENT: your mailbox is full, sign in at now",
            ),
            ("go to www.evil.example!", "go to"),
            ("go to evil.example/login", "go to"),
            ("go to evil.example:8443", "go to"),
            ("(evil.example)", "(evil example)"),
            ("sub.evil.example,", "sub evil example,"),
            ("evil\u{3002}example/login", ""),
            ("evil.xn--p1ai", "evil xn--p1ai"),
            ("müller.köln", "müller köln"),
            ("ev\u{200b}il.exam\u{ad}ple", "evil example"),
            ("ask boss@evil.example", "ask"),
            ("mailto:boss now", "now"),
            ("10.0.0.1", ""),
            ("a\r\nb", "a b"),
            ("", ""),
        ] {
            assert_eq!(plain_name(name, 100), plain, "{name}");
        }
        assert_eq!(
            plain_line("Ann (ann@acme.com) of http://evil.example, evil.example/@x", 100),
            "Ann (ann@acme.com) of"
        );
        assert_eq!(plain_name("aaaaaaaaaaaa", 10), "aaaaaaaaa…");
        assert_eq!(plain_name("version 1.10.2", 100), "version 1.10.2");
    }

    #[test]
    fn an_applicant_may_say_nothing_of_themselves() {
        let told = |company: &str, name: Option<&str>, email: Option<&str>| {
            let applicant = Applicant {
                company: Some(company.to_owned()),
                name: name.map(str::to_owned),
                email: email.map(str::to_owned),
            };
            NotificationRequest::application_submitted(EventId::new(), "sub_x", &applicant)
        };
        let nobody = told(" \n ", None, None);
        assert_eq!(nobody.title, "New application: no name given");
        assert_eq!(nobody.body, "Someone has applied to become a partner.");
        let ann = told("Acme", Some("Ann"), Some("ann@acme.com"));
        assert_eq!(ann.title, "New application: Acme");
        assert_eq!(ann.body, "Ann (ann@acme.com) has applied to become a partner.");
        assert_eq!((ann.audience, ann.subject.kind.as_str()), (Audience::Form, "application"));
    }
}
