//! Which e-mail addresses lead to the same mailbox.

/// The mailbox to which an address most likely leads: without the part after `+`, and at Gmail
/// without dots. Only for counting mails, so that other spellings of an address do not raise the
/// limit. Never for identity, because elsewhere these may be different people.
pub fn mailbox(email: &str) -> String {
    let email = email.to_lowercase();
    let Some((local, domain)) = email.rsplit_once('@') else { return email };
    let base = local.split('+').next().unwrap_or_default();
    let (base, domain) = match domain {
        "gmail.com" | "googlemail.com" => (base.replace('.', ""), "gmail.com"),
        other => (base.to_owned(), other),
    };
    if base.is_empty() { email } else { format!("{base}@{domain}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_mailbox_count_as_one() {
        for (email, counted) in [
            ("ann@acme.com", "ann@acme.com"),
            ("Ann@Acme.com", "ann@acme.com"),
            ("ann+a+b@acme.com", "ann@acme.com"),
            ("ann.lee@acme.com", "ann.lee@acme.com"),
            ("Ann.Lee+x@googlemail.com", "annlee@gmail.com"),
            ("+x@acme.com", "+x@acme.com"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(mailbox(email), counted, "{email}");
        }
    }
}
