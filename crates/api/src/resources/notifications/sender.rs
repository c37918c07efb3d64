//! Sends notifications: each task makes one attempt to send one mail or one Slack message.

use std::time::{Duration, Instant};

use domain::{
    Error, Result,
    ids::OrganizationId,
    notifications::{NotificationChannel, NotificationType, plain_line, plain_name},
};
use persistence::{
    account_mails::{self, AccountMail, PendingMail},
    notification_deliveries::{self as deliveries, Attempt, DueDelivery, Next},
    passwords, registrations, slack as connections,
    worker::{Outcome, Run},
};

use super::templates::{ACCOUNT, INVITATION, MailBody, NOTIFICATION, PASSWORD_RESET, REGISTRATION};
use crate::kernel::{
    circuit::Circuit,
    mail::{Mail, Mailer},
    outgoing::slack::{self, SlackApi},
    server_key::ServerKey,
};

/// The purpose for which links of invitations are encrypted.
pub const INVITATION_LINKS: &str = "invitation links";

/// The external services that deliver notifications.
pub struct Sender {
    pub mailer: Mailer,
    pub slack: SlackApi,
    pub server_key: ServerKey,
    /// The URL of the web application, without a slash at the end.
    pub app_url: String,
    pub circuits: Circuits,
}

/// The circuits of the servers that deliver notifications.
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

    /// Records whether the server of a channel has answered.
    fn note(&self, channel: NotificationChannel, run: &Run, attempt: &Attempt) {
        let (circuit, organization) = (self.of(channel), run.scope().organization);
        match attempt {
            Attempt::Silent { .. } => circuit.timed_out(organization, Instant::now()),
            Attempt::Succeeded | Attempt::Refused { .. } => circuit.answered(organization),
            // A refused or broken connection takes no time, and does not mean that the next one
            // fails.
            Attempt::Failed { .. } => {}
        }
    }
}

/// The reason that is recorded when a delivery is postponed without an attempt.
fn left_alone(channel: NotificationChannel, wait: Duration) -> String {
    let server = match channel {
        NotificationChannel::Email => "The mail server",
        NotificationChannel::Slack => "Slack",
    };
    format!(
        "{server} does not respond at present. The next attempt is in {} s.",
        wait.as_secs().max(1)
    )
}

/// The page on which an invited person joins.
pub fn invitation_link(app_url: &str, token: &str) -> String {
    format!("{app_url}/invitations/{token}")
}

impl Sender {
    /// Tries a delivery once, and records the result.
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
            tracing::warn!(delivery = %id, channel = %due.channel, "a notification could not be \
                delivered");
        }
        deliveries::finish_attempt(run, id, &attempt).await?;
        Ok(Outcome::Completed)
    }

    fn mail(
        &self,
        id: OrganizationId,
        due: &DueDelivery,
        organization: &str,
        to_name: String,
    ) -> Result<Mail, &'static str> {
        // These names are chosen by the person who registers or invites, and the recipient may not
        // know that person.
        let organization = named(organization, "an organization");
        let to_name = plain_name(&to_name, 100);
        let settings = format!("{}/settings/notifications", self.app_url);
        let (subject, letter, unsubscribe) = if due.kind == deliveries::INVITATION {
            let link = due
                .secret
                .as_deref()
                .and_then(|sealed| self.server_key.open(INVITATION_LINKS, id, sealed));
            let link = link.and_then(|link| String::from_utf8(link).ok());
            let link = link.ok_or(
                "The link was encrypted with another server key. Invite the person again.",
            )?;
            let inviter = named(&due.body, "A member");
            let values =
                [("inviter", inviter.as_str()), ("organization", &organization), ("link", &link)];
            (INVITATION_SUBJECT.to_owned(), INVITATION.fill(&values), None)
        } else {
            // Text from the public form must not contain links; text from members may.
            let is_of_stranger = due.kind == NotificationType::ApplicationSubmitted.as_str();
            let plain =
                |text: &str| if is_of_stranger { plain_line(text, 500) } else { text.to_owned() };
            let (title, body) = (plain(&due.title), plain(&due.body));
            let values = [
                ("title", title.as_str()),
                ("body", &body),
                ("action", ACTION),
                ("link", &self.link(due)),
                ("organization", &organization),
                ("settings", &settings),
            ];
            (title.clone(), NOTIFICATION.fill(&values), Some(settings.clone()))
        };
        let MailBody { text, html } = letter;
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

    /// The page of the web application that shows the record of a notification.
    fn link(&self, due: &DueDelivery) -> String {
        let page = match due.subject_type.as_str() {
            "application" => "application-submissions",
            "job" => "jobs",
            _ => "deals",
        };
        match due.subject_id.as_str() {
            "" => format!("{}/{page}", self.app_url),
            id => format!("{}/{page}/{id}", self.app_url),
        }
    }

    async fn post(&self, run: &Run, due: &DueDelivery) -> Result<Attempt> {
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
                "The token was encrypted with another server key. Connect Slack again.",
            );
        };
        let message = slack::message(&due.target, &due.title, &due.body, ACTION, &self.link(due));
        Ok(match self.slack.post(&token, &message).await {
            Ok(()) => Attempt::Succeeded,
            Err(fault) => fault.into_attempt(),
        })
    }

    /// Encrypts stored secrets with the present key, so that the previous key can be removed.
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

    /// Mails a reset link. Each attempt creates a new token, and only the last one is valid. A
    /// person is waiting for this mail, so it is tried even while the circuit of the mail server is
    /// open.
    pub async fn mail_reset(&self, run: &Run) -> Result<Outcome> {
        let wanted = run.step(async |tx| passwords::reset_mail(tx, &run.task).await).await?;
        let Some(wanted) = wanted else { return Ok(Outcome::Done) };
        let link = format!("{}/password-resets/{}", self.app_url, wanted.token.expose());
        let name = named(&wanted.name, "there");
        let organization = named(&wanted.organization, "an organization");
        let values =
            [("name", name.as_str()), ("organization", &organization), ("link", link.as_str())];
        let MailBody { text, html } = PASSWORD_RESET.fill(&values);
        let mail = Mail {
            id: format!("reset-{}", run.task.id),
            to_name: name,
            to: wanted.email,
            subject: "Choose a new password".to_owned(),
            text,
            html,
            unsubscribe: None,
        };
        self.hand_in(run, &mail).await
    }

    /// Mails the link of a registration. Each attempt creates a new token, and only the last one is
    /// valid.
    pub async fn mail_registration(&self, run: &Run) -> Result<Outcome> {
        let wanted = run.step(async |tx| registrations::issue_token(tx, &run.task).await).await?;
        let Some(wanted) = wanted else { return Ok(Outcome::Done) };
        let link = format!("{}/registration-confirmations/{}", self.app_url, wanted.token.expose());
        let name = named(&wanted.name, "there");
        let organization = named(&wanted.organization_name, "an organization");
        let note = if wanted.displaces { DISPLACES } else { "" };
        let values = [
            ("name", name.as_str()),
            ("organization", &organization),
            ("link", link.as_str()),
            ("note", note),
        ];
        let MailBody { text, html } = REGISTRATION.fill(&values);
        let mail = Mail {
            id: format!("registration-{}", run.task.id),
            to_name: name,
            to: wanted.email,
            subject: "Confirm your registration".to_owned(),
            text,
            html,
            unsubscribe: None,
        };
        self.hand_in(run, &mail).await
    }

    /// Mails a person what happened to their account.
    pub async fn mail_account(&self, run: &Run) -> Result<Outcome> {
        let read = async |tx: &persistence::Tx<'_>| account_mails::get(tx, &run.task).await;
        let Some(wanted) = run.store.read(run.scope(), read).await? else {
            return Ok(Outcome::Done);
        };
        let name = named(&wanted.name, "there");
        let AccountNews { title, what, advice } = AccountNews::of(&wanted);
        let link = format!("{}/sign-in", self.app_url);
        let values = [
            ("title", title),
            ("name", name.as_str()),
            ("what", what.as_str()),
            ("advice", advice),
            ("link", link.as_str()),
        ];
        let MailBody { text, html } = ACCOUNT.fill(&values);
        let mail = Mail {
            id: format!("account-{}", run.task.id),
            to_name: name,
            to: wanted.email,
            subject: title.to_owned(),
            text,
            html,
            unsubscribe: None,
        };
        self.hand_in(run, &mail).await
    }

    async fn hand_in(&self, run: &Run, mail: &Mail) -> Result<Outcome> {
        let kind = &run.task.kind;
        let attempt = self.mailer.send(mail).await;
        self.circuits.note(NotificationChannel::Email, run, &attempt);
        match attempt {
            Attempt::Succeeded => Ok(Outcome::Done),
            Attempt::Refused { .. } => {
                tracing::warn!(task = %run.task.id, kind, "a mail was refused permanently");
                Ok(Outcome::Done)
            }
            Attempt::Failed { .. } | Attempt::Silent { .. } => {
                Err(Error::Unavailable("the mail could not be sent".into()))
            }
        }
    }
}

/// The subject of every invitation. It contains no text that the inviter can choose.
const INVITATION_SUBJECT: &str = "You are invited to join an organization on partneros";

/// What the mail of a registration adds if an account uses the address without confirmation.
const DISPLACES: &str = " An account on partneros already uses this e-mail address, but the \
                         address was never confirmed. Confirming this registration suspends that \
                         account. If the account is yours and you want to keep it, do not confirm. \
                         Request a new password on the sign-in page instead.";

/// A name as it is shown in a mail, or `otherwise` if nothing of it can be shown.
fn named(name: &str, otherwise: &str) -> String {
    match plain_name(name, 100) {
        plain if plain.is_empty() => otherwise.to_owned(),
        plain => plain,
    }
}

/// The text of a mail about an account.
struct AccountNews {
    title: &'static str,
    what: String,
    /// What to do if the recipient did not do this.
    advice: &'static str,
}

impl AccountNews {
    fn of(pending: &PendingMail) -> Self {
        const TAKE_BACK: &str = "If this was not you, request a new password at once. This signs \
                                 out all sessions. Then inform an admin of your organization.";
        let at = pending.at.0.format("%Y-%m-%d %H:%M UTC");
        match &pending.mail {
            AccountMail::AlreadyRegistered => Self {
                title: "You already have an account",
                what: "someone, probably you, has tried to register an organization on partneros \
                       with this e-mail address. You already have an account."
                    .to_owned(),
                advice: "Sign in with it, or request a new password if you have forgotten yours. \
                         If this was not you, you do not need to do anything: nothing has changed.",
            },
            AccountMail::Suspended => Self {
                title: "Your account is suspended",
                what:
                    "someone, probably you, has requested a new password or tried to register an \
                       organization on partneros with this e-mail address. Your account is \
                       suspended, so you cannot sign in."
                        .to_owned(),
                advice: "Ask an admin of your organization to activate the account again. If this \
                         was not you, you do not need to do anything: nothing has changed.",
            },
            AccountMail::MemberDisplaced { name, email } => Self {
                title: "A member was suspended",
                what: format!(
                    "a member of your organization on partneros was suspended at {at}: {} ({}). \
                     This person joined without confirming the e-mail address, and another person \
                     has confirmed it since. The sessions of the member have ended.",
                    named(name, "(no name)"),
                    plain_line(email, 254)
                ),
                advice: "Review what the member did. If the person belongs to your organization, \
                         remove the member and invite the person with another address.",
            },
            AccountMail::PasswordChanged => Self {
                title: "Your password was changed",
                what: format!("the password of your account on partneros was changed at {at}."),
                advice: TAKE_BACK,
            },
            AccountMail::ApiKeyMade { name } => Self {
                title: "An API key was created",
                what: format!(
                    "an API key was created with your account on partneros at {at}. Its name: \
                     \"{}\".",
                    named(name, "(none)")
                ),
                advice: "If this was not you, request a new password at once, and ask an admin of \
                         your organization to revoke the key.",
            },
            AccountMail::NewDevice { user_agent, ip } => Self {
                title: "A new device has signed in",
                what: format!(
                    "someone signed in to your account on partneros at {at} from a new device. \
                     Address: {ip}. Program: \"{}\".",
                    named(user_agent, "unknown")
                ),
                advice: TAKE_BACK,
            },
        }
    }
}

/// The label of the link.
const ACTION: &str = "Open in partneros";
