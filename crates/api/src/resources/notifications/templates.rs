//! Templates of mails: files with `{{names}}`. Values are always inserted as text.

use crate::kernel::html::escaped;

/// A mail in its two forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailBody {
    pub text: String,
    pub html: String,
}

/// A template in its two forms, text and HTML.
#[derive(Debug, Clone, Copy)]
pub struct Template {
    text: &'static str,
    html: &'static str,
}

macro_rules! template {
    ($name:literal) => {
        Template {
            text: include_str!(concat!("templates/", $name, ".txt")),
            html: include_str!(concat!("templates/", $name, ".html")),
        }
    };
}

/// A notification: `title`, `body`, `action`, `link`, `organization`, `settings`.
pub const NOTIFICATION: Template = template!("notification");
/// An invitation: `inviter`, `organization`, `link`.
pub const INVITATION: Template = template!("invitation");
/// A reset link: `name`, `organization`, `link`.
pub const PASSWORD_RESET: Template = template!("password_reset");

/// The link that confirms a registration: `name`, `organization`, `link`, `note` (may be empty).
pub const REGISTRATION: Template = template!("registration");
/// What happened to a person's account: `title`, `name`, `what`, `advice`, `link`.
pub const ACCOUNT: Template = template!("account");

impl Template {
    /// Fills both forms with these values.
    pub fn fill(&self, values: &[(&str, &str)]) -> MailBody {
        MailBody {
            text: filled(self.text, values, str::to_owned),
            html: filled(self.html, values, escaped),
        }
    }
}

/// Replaces names in one pass: a `{{name}}` inside a value is not replaced.
fn filled(template: &str, values: &[(&str, &str)], form: impl Fn(&str) -> String) -> String {
    let mut parts = template.split("{{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").expect("every {{ in a template has its }}");
        let value = values.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        out += &form(value.unwrap_or_else(|| panic!("nothing is given for {name}")));
        out += rest;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVIL: &str = "<script>alert(1)</script>\" onclick='x' {{link}} &lt; <!-- -->";

    #[test]
    fn every_template_can_be_filled_and_nothing_breaks_out_of_it() {
        for (template, names) in [
            (NOTIFICATION, &["title", "body", "action", "link", "organization", "settings"][..]),
            (INVITATION, &["inviter", "organization", "link"]),
            (PASSWORD_RESET, &["name", "organization", "link"]),
            (REGISTRATION, &["name", "organization", "link", "note"]),
            (ACCOUNT, &["title", "name", "what", "advice", "link"]),
        ] {
            let plain: Vec<(&str, &str)> = names.iter().map(|name| (*name, "plain")).collect();
            let evil: Vec<(&str, &str)> = names.iter().map(|name| (*name, EVIL)).collect();
            let (plain, evil) = (template.fill(&plain), template.fill(&evil));
            for mark in ["<", ">", "\"", "'"] {
                assert_eq!(
                    evil.html.matches(mark).count(),
                    plain.html.matches(mark).count(),
                    "{mark}: {}",
                    evil.html
                );
            }
            assert!(
                !evil.html.contains("<script>") && evil.html.contains("{{link}}"),
                "{}",
                evil.html
            );
            assert!(evil.text.contains(EVIL), "plain text shows what was written");
        }
    }

    #[test]
    fn a_notification_reads_like_this() {
        let values = [
            ("title", "New application: Acme"),
            ("body", "Ann has applied to become a partner."),
            ("action", "Open in partneros"),
            ("link", "https://app.example.com/application-submissions/sub_x"),
            ("organization", "Rockets & Co"),
            ("settings", "https://app.example.com/settings/notifications"),
        ];
        let letter = NOTIFICATION.fill(&values);
        assert_eq!(
            letter.text,
            "New application: Acme\n\nAnn has applied to become a partner.\n\n\
             Open in partneros: https://app.example.com/application-submissions/sub_x\n\n--\n\
             You receive this mail as a member of Rockets & Co on partneros. You can turn these \
             mails off: https://app.example.com/settings/notifications\n"
        );
        assert!(letter.html.contains("member of Rockets &amp; Co on"), "{}", letter.html);
    }
}
