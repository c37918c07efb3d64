//! What the worker does with notifications: one attempt to send one mail or one message in Slack.

use std::time::{Duration, Instant};

use domain::{
    Error, Result,
    ids::OrganizationId,
    notifications::{NotificationChannel, one_line},
};
use persistence::{
    notification_deliveries::{self as deliveries, Attempt, Due, Next},
    passwords, slack as connections,
    worker::{Outcome, Run},
};

use super::templates::{INVITATION, Letter, NOTIFICATION, PASSWORD_RESET};
use crate::{
    circuit::Circuit,
    mail::{Mail, Mailer},
    server_key::ServerKey,
    slack::{self, SlackApi},
};

/// What the links of invitations are encrypted for.
pub const INVITATION_LINKS: &str = "invitation links";

/// The outside world, as notifications reach it.
pub struct Sender {
    pub mailer: Mailer,
    pub slack: SlackApi,
    pub server_key: ServerKey,
    /// The web application, without a slash at the end.
    pub app_url: String,
    pub circuits: Circuits,
}

/// Whether the servers that deliver answer at present.
#[derive(Debug, Default)]
pub struct Circuits {
    mail: Circuit,
    slack: Circuit,
}

impl Circuits {
    fn of(&self, channel: NotificationChannel) -> &Circuit {
        match channel {
            NotificationChannel::Email => &self.mail,
            NotificationChannel::Slack => &self.slack,
        }
    }

    /// Notes whether the server of a channel has answered.
    fn note(&self, channel: NotificationChannel, run: &Run, attempt: &Attempt) {
        let (circuit, organization) = (self.of(channel), run.scope().organization);
        match attempt {
            Attempt::Silent { .. } => circuit.timed_out(organization, Instant::now()),
            Attempt::Succeeded | Attempt::Refused { .. } => circuit.answered(organization),
            // A connection that is refused or broken costs no time, and says little of the next
            // one.
            Attempt::Failed { .. } => {}
        }
    }
}

/// Why a delivery was not tried.
fn left_alone(channel: NotificationChannel, wait: Duration) -> String {
    let server = match channel {
        NotificationChannel::Email => "The mail server",
        NotificationChannel::Slack => "Slack",
    };
    format!(
        "{server} does not answer at present; it is asked again in {} s.",
        wait.as_secs().max(1)
    )
}

/// The page on which an invited person joins.
pub fn invitation_link(app_url: &str, token: &str) -> String {
    format!("{app_url}/invitations/{token}")
}

impl Sender {
    /// Tries a delivery once, and notes how it went.
    pub async fn deliver(&self, run: &Run) -> Result<Outcome> {
        let id = deliveries::of_task(&run.task)?;
        let next = run.store.read(run.scope(), async |tx| deliveries::next(tx, id).await).await?;
        let (due, organization, recipient) = match next {
            Next::Nothing => return Ok(Outcome::Done),
            Next::Drop(reason) => {
                run.step(async |tx| deliveries::give_up(tx, id, reason).await).await?;
                return Ok(Outcome::Done);
            }
            Next::Send { due, organization, recipient } => {
                (due, organization, recipient.unwrap_or_default())
            }
        };
        let circuit = self.circuits.of(due.channel);
        if !deliveries::is_insisted_on(&run.task)
            && let Err(wait) = circuit.enter(run.scope().organization, Instant::now())
        {
            let reason = left_alone(due.channel, wait);
            deliveries::postpone(run, id, wait, &reason).await?;
            return Ok(Outcome::Completed);
        }
        let attempt = match due.channel {
            NotificationChannel::Slack => self.post(run, &due).await?,
            NotificationChannel::Email => {
                match self.mail(run.scope().organization, &due, &organization, recipient) {
                    Ok(mail) => self.mailer.send(&mail).await,
                    Err(reason) => Attempt::Refused { reason: reason.to_owned() },
                }
            }
        };
        self.circuits.note(due.channel, run, &attempt);
        if attempt != Attempt::Succeeded {
            tracing::warn!(delivery = %id, channel = %due.channel, "a delivery did not go out");
        }
        deliveries::settle(run, id, &attempt).await?;
        Ok(Outcome::Completed)
    }

    fn mail(
        &self,
        id: OrganizationId,
        due: &Due,
        organization: &str,
        to_name: String,
    ) -> Result<Mail, &'static str> {
        let organization = one_line(organization, 100);
        let settings = format!("{}/settings/notifications", self.app_url);
        let (subject, letter, unsubscribe) = if due.kind == deliveries::INVITATION {
            let link = due
                .secret
                .as_deref()
                .and_then(|sealed| self.server_key.open(INVITATION_LINKS, id, sealed));
            let link = link.and_then(|link| String::from_utf8(link).ok());
            let link = link.ok_or(
                "The link was encrypted with another server key; please invite the person again.",
            )?;
            let inviter = one_line(&due.body, 100);
            let values =
                [("inviter", inviter.as_str()), ("organization", &organization), ("link", &link)];
            (format!("{inviter} invites you to {organization}"), INVITATION.fill(&values), None)
        } else {
            let values = [
                ("title", due.title.as_str()),
                ("body", &due.body),
                ("action", ACTION),
                ("link", &self.link(due)),
                ("organization", &organization),
                ("settings", &settings),
            ];
            (due.title.clone(), NOTIFICATION.fill(&values), Some(settings.clone()))
        };
        let Letter { text, html } = letter;
        Ok(Mail {
            id: due.id.to_string(),
            to_name,
            to: due.target.clone(),
            subject,
            text,
            html,
            unsubscribe,
        })
    }

    /// The page of the web application about what happened.
    fn link(&self, due: &Due) -> String {
        let page = match due.subject_type.as_str() {
            "application" => "application-submissions",
            "job" => "jobs",
            _ => "deals",
        };
        format!("{}/{page}/{}", self.app_url, due.subject_id)
    }

    async fn post(&self, run: &Run, due: &Due) -> Result<Attempt> {
        let refused = |reason: &str| Ok(Attempt::Refused { reason: reason.to_owned() });
        let Some(stored) =
            run.store.read(run.scope(), async |tx| connections::get(tx).await).await?
        else {
            return refused("Slack is not connected.");
        };
        let token =
            self.server_key.open(slack::TOKENS, run.scope().organization, &stored.bot_token);
        let Some(token) = token.and_then(|token| String::from_utf8(token).ok()) else {
            return refused(
                "The token was encrypted with another server key; please connect Slack again.",
            );
        };
        let message = slack::message(&due.target, &due.title, &due.body, ACTION, &self.link(due));
        Ok(match self.slack.post(&token, &message).await {
            Ok(()) => Attempt::Succeeded,
            Err(fault) => fault.into_attempt(),
        })
    }

    /// Encrypts anew what was encrypted with a key before, so that the key can be given up.
    pub async fn renew_secrets(&self, run: &Run) -> Result<()> {
        let Some(stored) =
            run.store.read(run.scope(), async |tx| connections::get(tx).await).await?
        else {
            return Ok(());
        };
        let (organization, kept) = (run.scope().organization, &stored.bot_token);
        if let Some(sealed) = self.server_key.renew(slack::TOKENS, organization, kept)? {
            run.step(async |tx| connections::keep_token(tx, kept, &sealed).await).await?;
        }
        Ok(())
    }

    /// Mails a reset link. Each attempt has a token of its own; the last one is good. Somebody is
    /// waiting for it, so it is tried whether the mail server has answered others or not.
    pub async fn mail_reset(&self, run: &Run) -> Result<Outcome> {
        let wanted = run.step(async |tx| passwords::reset_mail(tx, &run.task).await).await?;
        let Some(wanted) = wanted else { return Ok(Outcome::Done) };
        let link = format!("{}/password-resets/{}", self.app_url, wanted.token.expose());
        let name = one_line(&wanted.name, 100);
        let Letter { text, html } = PASSWORD_RESET.fill(&[("name", &name), ("link", &link)]);
        let mail = Mail {
            id: format!("reset-{}", run.task.id),
            to_name: name,
            to: wanted.email,
            subject: "Choose a new password".to_owned(),
            text,
            html,
            unsubscribe: None,
        };
        let attempt = self.mailer.send(&mail).await;
        self.circuits.note(NotificationChannel::Email, run, &attempt);
        match attempt {
            Attempt::Succeeded => Ok(Outcome::Done),
            Attempt::Refused { .. } => {
                tracing::warn!(task = %run.task.id, "a mail with a reset link was refused for good");
                Ok(Outcome::Done)
            }
            Attempt::Failed { .. } | Attempt::Silent { .. } => {
                Err(Error::Unavailable("the mail with a reset link did not go out".into()))
            }
        }
    }
}

/// What the link is called.
const ACTION: &str = "Open in partneros";
