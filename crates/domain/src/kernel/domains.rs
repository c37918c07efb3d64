//! Internet domains as people write them, and their normalised form.

use std::borrow::Cow;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

/// Not a domain: a host without a dot, an IP address, an invalid top-level domain, invalid
/// characters, or too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a domain such as example.com")]
pub struct InvalidDomain;

/// The code of the error in `errors[]` and of the warning in an import.
pub const INVALID_DOMAIN: &str = "invalid_domain";

/// The longest host in bytes that can have 253 characters in any script. Encoding a host takes more
/// than linear time.
const MAX_HOST: usize = 1_000;

/// Normalises a domain or URL: the host in lower case and punycode, without scheme, user-info,
/// port, path, query, trailing dot and one leading `www.`; at most 253 characters.
pub fn normalise(text: &str) -> Result<String, InvalidDomain> {
    // Not with a URL parser, because people write hosts without a scheme, which a parser interprets
    // as a scheme or a path.
    let host = host_of(text.trim())?;
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.len() > MAX_HOST {
        return Err(InvalidDomain);
    }
    // Strict letters, digits and hyphens, and the DNS limits (253 in all, 63 a label).
    let ascii = Uts46::new()
        .to_ascii(host.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify)
        .map_err(|_| InvalidDomain)?;
    // One `www.` only, so that `www.www.example` is a domain of its own.
    let domain = match ascii.strip_prefix("www.") {
        Some(rest) => Cow::Borrowed(rest),
        None => ascii,
    };
    match domain.rsplit_once('.') {
        Some((_, last)) if is_top_level(last) => Ok(domain.into_owned()),
        _ => Err(InvalidDomain),
    }
}

/// The host in `scheme://user@host:port/path?query#fragment`, all parts except the host optional.
fn host_of(text: &str) -> Result<&str, InvalidDomain> {
    let rest = match text.split_once("://") {
        Some((scheme, rest)) if is_scheme(scheme) => rest,
        _ => text.strip_prefix("//").unwrap_or(text),
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // Several addresses in one text are not a domain.
    let lists = |part: &str| part.contains(|c: char| c.is_whitespace() || ",;@<".contains(c));
    let host_and_port = match authority.rsplit_once('@') {
        Some((user, _)) if lists(user) => return Err(InvalidDomain),
        Some((_, host)) => host,
        None => authority,
    };
    if text.split_whitespace().skip(1).any(|word| word.contains('.')) {
        return Err(InvalidDomain);
    }
    match host_and_port.rsplit_once(':') {
        None => Ok(host_and_port),
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) && port.len() <= 5 => {
            Ok(host)
        }
        Some(_) => Err(InvalidDomain),
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}

/// Whether a label can be a top-level domain. All that exist are letters, at least two, or
/// punycode: `n.a.` is an abbreviation, and a host that ends in a number is an IPv4 address in one
/// of its many spellings (`127.1`, `10.0.0.0x1`).
fn is_top_level(label: &str) -> bool {
    label.starts_with("xn--") || label.len() >= 2 && label.bytes().all(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_domain_agree() {
        for text in [
            "acme.com",
            " ACME.com ",
            "https://www.acme.com/",
            "http://acme.com:8080/a?b=c#d",
            "HTTPS://Ann:secret@WWW.Acme.COM./en/about",
            "//acme.com",
            "acme.com?utm_source=crm",
            "acme.com/redirect?to=https://other.org",
            "ann@acme.com",
            "acme。com",
            "ａｃｍｅ.com",
        ] {
            assert_eq!(normalise(text).as_deref(), Ok("acme.com"), "{text}");
        }
        assert_eq!(normalise("https://Bücher.example/").as_deref(), Ok("xn--bcher-kva.example"));
        assert_eq!(normalise("XN--BCHER-KVA.example").as_deref(), Ok("xn--bcher-kva.example"));
        assert_eq!(normalise("www.www.acme.com").as_deref(), Ok("www.acme.com"));
        assert_eq!(normalise("homeoffice.gov.uk").as_deref(), Ok("homeoffice.gov.uk"));
        assert_eq!(normalise("r3---sn.example.com").as_deref(), Ok("r3---sn.example.com"));
    }

    #[test]
    fn what_is_no_domain_is_refused() {
        let long = format!("{}.com", "a.".repeat(126));
        for text in [
            "",
            "https://",
            "http://url",
            "localhost",
            "www.com",
            "TBD",
            "not a website",
            "foo bar.com",
            "http://exa mple.com/x",
            "https://???",
            "https://htp://www.acme.com",
            "https://www.acme.work, http://www.other.com",
            "a..com",
            ".com",
            "acme.com..",
            "-acme.com",
            "ac_me.com",
            "acme.com:port",
            "n.a.",
            "N.A",
            "acme.c",
            "acme.c0m",
            "acme.123",
            "1.000",
            "acme.co-m",
            "ann@acme.com; bob@globex.com",
            "https://acme.com/ https://globex.com/",
            "127.0.0.1",
            "http://127.1/",
            "1.2.3.0x7f",
            "１２７.0.0.1",
            "[::1]",
            "http://[2001:db8::1]:80/",
            "xn--.com",
            "a\0.com",
            "javascript:alert(1)",
            long.as_str(),
            &format!("{}.com", "a".repeat(64)),
        ] {
            assert_eq!(normalise(text), Err(InvalidDomain), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_normal_form_is_stable_and_fits(text in "\\PC{0,40}|(https?://)?(www\\.)?[a-zA-ZäöÜß0-9.-]{1,30}\\.[a-z]{2,5}(:[0-9]{1,4})?(/[a-z]*)?") {
            if let Ok(domain) = normalise(&text) {
                prop_assert!(domain.len() <= 253 && domain.contains('.') && domain.is_ascii());
                prop_assert!(domain.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.'));
                if !domain.starts_with("www.") {
                    prop_assert_eq!(normalise(&domain), Ok(domain.clone()));
                    prop_assert_eq!(normalise(&format!("https://www.{domain}./x?y")), Ok(domain));
                }
            }
        }
    }
}
