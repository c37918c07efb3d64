//! Sends mail, one message at a time: over SMTP, or into a file if no server is configured.

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::{
        self,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, TlsParameters},
        extension::ClientId,
    },
};
use persistence::notification_deliveries::Attempt;
use reqwest::Url;
use tokio::io::AsyncWriteExt;

/// The time limit for sending a whole message.
const SMTP_TIMEOUT: Duration = Duration::from_secs(10);
/// The time limit for ending the connection.
const QUIT_TIMEOUT: Duration = Duration::from_secs(1);

/// A mail to one person.
#[derive(Debug, Clone)]
pub struct Mail {
    /// Becomes the Message-ID. It is the same for every attempt, so that mail programs recognize a
    /// repetition.
    pub id: String,
    pub to_name: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// The page where mails of this kind can be turned off; `None` if they cannot.
    pub unsubscribe: Option<String>,
}

/// Sends mail.
#[derive(Debug, Clone)]
pub struct Mailer {
    from: Mailbox,
    way: MailTransport,
}

#[derive(Debug, Clone)]
enum MailTransport {
    Smtp(SmtpServer),
    Folder(PathBuf),
}

impl Mailer {
    /// Creates a mailer that sends to this server, or writes into this folder if there is none.
    pub fn new(server: Option<SmtpServer>, folder: PathBuf, from: Mailbox) -> Self {
        Self { from, way: server.map_or(MailTransport::Folder(folder), MailTransport::Smtp) }
    }

    /// Tries to send a mail once.
    pub async fn send(&self, mail: &Mail) -> Attempt {
        let message = match self.message(mail) {
            Ok(message) => message,
            Err(reason) => return Attempt::Refused { reason },
        };
        match &self.way {
            MailTransport::Smtp(server) => server.send(&message).await,
            MailTransport::Folder(folder) => {
                let file = folder.join(format!("{}.eml", mail.id));
                let written = async {
                    // Mails contain secret links and personal data.
                    private_folder(folder).await?;
                    let mut options = tokio::fs::OpenOptions::new();
                    let mut file = options
                        .write(true)
                        .create(true)
                        .truncate(true)
                        .mode(0o600)
                        .open(&file)
                        .await?;
                    file.write_all(&message.formatted()).await?;
                    file.flush().await
                };
                match written.await {
                    Ok(()) => Attempt::Succeeded,
                    Err(error) => Attempt::Failed {
                        reason: format!("cannot write the mail: {error}"),
                        not_before: None,
                    },
                }
            }
        }
    }

    fn message(&self, mail: &Mail) -> Result<Message, String> {
        let address = Address::from_str(&mail.to)
            .map_err(|error| format!("the e-mail address is not valid: {error}"))?;
        let header = |name: &'static str, value: String| {
            HeaderValue::dangerous_new_pre_encoded(
                HeaderName::new_from_ascii_str(name),
                value.clone(),
                value,
            )
        };
        let to_name = Some(one_header_line(&mail.to_name)).filter(|name| !name.is_empty());
        let mut builder = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(to_name, address))
            .subject(one_header_line(&mail.subject))
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            .date_now()
            // Asks for no automatic replies (RFC 3834).
            .raw_header(header("Auto-Submitted", "auto-generated".to_owned()));
        if let Some(url) =
            mail.unsubscribe.as_ref().filter(|url| url.bytes().all(|b| b.is_ascii_graphic()))
        {
            builder = builder.raw_header(header("List-Unsubscribe", format!("<{url}>")));
        }
        builder
            .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
            .map_err(|error| format!("cannot compose the mail: {error}"))
    }
}

/// Creates a folder that only its owner can access; an existing folder is restricted as well.
async fn private_folder(folder: &Path) -> std::io::Result<()> {
    let mode = std::fs::Permissions::from_mode(0o700);
    tokio::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).await?;
    tokio::fs::set_permissions(folder, mode).await
}

/// Removes line breaks, so that a text cannot start another header.
fn one_header_line(text: &str) -> String {
    domain::notifications::one_line(text, 300)
}

/// When a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tls {
    Never,
    /// From the start.
    AtOnce,
    /// With STARTTLS, which is required.
    Required,
    /// With STARTTLS if the server offers it.
    Offered,
}

/// The mail server: `smtp://host:port`, `smtps://user:password@host`,
/// `smtp://user:password@host?tls=required` (or `opportunistic`).
#[derive(Clone)]
pub struct SmtpServer {
    host: String,
    port: u16,
    tls: Tls,
    credentials: Option<Credentials>,
}

impl std::fmt::Debug for SmtpServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SmtpServer({}:{}, {:?})", self.host, self.port, self.tls)
    }
}

impl FromStr for SmtpServer {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let url = Url::parse(text).map_err(drop)?;
        let wanted =
            url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
        let (tls, port) = match (url.scheme(), wanted.as_deref()) {
            ("smtp", None) => (Tls::Never, 25),
            ("smtp", Some("required")) => (Tls::Required, 587),
            ("smtp", Some("opportunistic")) => (Tls::Offered, 587),
            ("smtps", None) => (Tls::AtOnce, 465),
            _ => return Err(()),
        };
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(())?;
        let credentials = url.password().map(|password| {
            Credentials::new(percent_decoded(url.username()), percent_decoded(password))
        });
        let host = host.trim_matches(['[', ']']).to_owned();
        Ok(Self { host, port: url.port().unwrap_or(port), tls, credentials })
    }
}

fn percent_decoded(text: &str) -> String {
    let pair = format!("={}", text.replace('+', "%2B"));
    form_urlencoded::parse(pair.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

impl SmtpServer {
    /// One connection per message: a connection with a timed-out request may still receive the
    /// reply to it, so none is reused.
    async fn send(&self, message: &Message) -> Attempt {
        match tokio::time::timeout(SMTP_TIMEOUT, self.hand_in(message)).await {
            // The server may have accepted the mail. It is sent again with the same Message-ID, by
            // which mail programs recognize a repetition.
            Err(_) => silent(),
            Ok(Err(error)) if error.is_timeout() => silent(),
            Ok(Err(error)) if is_final(&error) => Attempt::Refused { reason: error.to_string() },
            Ok(Err(error)) => Attempt::Failed { reason: error.to_string(), not_before: None },
            Ok(Ok(mut connection)) => {
                // The mail is accepted, whatever the reply to QUIT.
                tokio::time::timeout(QUIT_TIMEOUT, connection.quit()).await.ok();
                Attempt::Succeeded
            }
        }
    }

    async fn hand_in(&self, message: &Message) -> Result<AsyncSmtpConnection, smtp::Error> {
        let hello = ClientId::default();
        let parameters = || TlsParameters::new(self.host.clone());
        let at_once = if self.tls == Tls::AtOnce { Some(parameters()?) } else { None };
        let server = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(SMTP_TIMEOUT), &hello, at_once, None)
                .await?;
        if self.tls == Tls::Required || self.tls == Tls::Offered && connection.can_starttls() {
            connection.starttls(parameters()?, &hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        connection.send(message.envelope(), &message.formatted()).await?;
        Ok(connection)
    }
}

fn silent() -> Attempt {
    Attempt::Silent { reason: "the mail server did not answer in time".to_owned() }
}

/// Whether the server refuses this mail permanently. A failed login is not permanent, because the
/// operator can correct it.
fn is_final(error: &smtp::Error) -> bool {
    let code = error.status().map(u16::from);
    error.is_permanent() && !matches!(code, Some(500..=504 | 521 | 523 | 530..=539))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailer(folder: PathBuf) -> Mailer {
        Mailer::new(None, folder, "partneros <no-reply@example.com>".parse().unwrap())
    }

    fn mail() -> Mail {
        Mail {
            id: "ntd_x".into(),
            to_name: "Ada\r\nBcc: all@example.com".into(),
            to: "ada@example.com".into(),
            subject: "Hello\r\nX-Evil: 1\n\n<b>".into(),
            text: "text".into(),
            html: "<p>text</p>".into(),
            unsubscribe: Some("https://app.example.com/settings/notifications".into()),
        }
    }

    #[test]
    fn addresses_of_servers() {
        let server = |text: &str| text.parse::<SmtpServer>().map(|s| (s.host, s.port, s.tls)).ok();
        let of = |host: &str, port, tls| Some((host.to_owned(), port, tls));
        assert_eq!(server("smtp://127.0.0.1:2525"), of("127.0.0.1", 2525, Tls::Never));
        assert_eq!(server("smtp://[::1]:2525"), of("::1", 2525, Tls::Never));
        assert_eq!(
            server("smtps://u:p@mail.example.com"),
            of("mail.example.com", 465, Tls::AtOnce)
        );
        assert_eq!(
            server("smtp://u:p@mail.example.com?tls=required"),
            of("mail.example.com", 587, Tls::Required)
        );
        assert_eq!(
            server("smtp://mail.example.com?tls=opportunistic"),
            of("mail.example.com", 587, Tls::Offered)
        );
        for wrong in
            ["mail.example.com", "http://mail.example.com", "smtp://", "smtp://x?tls=maybe", ""]
        {
            assert_eq!(server(wrong), None, "{wrong}");
        }
        assert_eq!(percent_decoded("a%40b+c%2f"), "a@b+c/");
        let secret: SmtpServer = "smtp://user:hunter2@localhost".parse().unwrap();
        assert!(!format!("{secret:?}").contains("hunter2"));
    }

    #[test]
    fn no_text_begins_another_header() {
        let text = String::from_utf8(mailer(PathBuf::new()).message(&mail()).unwrap().formatted())
            .unwrap();
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        let names: Vec<&str> = head
            .split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']))
            .map(|line| line.split(':').next().unwrap())
            .collect();
        assert!(!names.contains(&"Bcc") && !names.contains(&"X-Evil"), "{head}");
        assert!(head.contains("Message-ID: <ntd_x@example.com>"), "{head}");
        assert!(
            head.contains("List-Unsubscribe: <https://app.example.com/settings/notifications>"),
            "{head}"
        );
    }

    #[tokio::test]
    async fn without_a_server_a_mail_is_a_file_and_a_repeated_one_the_same_file() {
        let folder = tempfile::tempdir().unwrap();
        let mailer = mailer(folder.path().join("mail"));
        assert_eq!(mailer.send(&mail()).await, Attempt::Succeeded);
        assert_eq!(mailer.send(&mail()).await, Attempt::Succeeded);
        let mails = folder.path().join("mail");
        assert_eq!(std::fs::read_dir(&mails).unwrap().count(), 1);
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&mails), 0o700);
        std::fs::set_permissions(&mails, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(mailer.send(&mail()).await, Attempt::Succeeded);
        assert_eq!(mode(&mails), 0o700);
        let nobody = Mail { to: "nobody".into(), ..mail() };
        assert!(matches!(mailer.send(&nobody).await, Attempt::Refused { .. }));
    }
}
