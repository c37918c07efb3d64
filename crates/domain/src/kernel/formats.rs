//! The formats of texts (`format` in the document), each normalised to one spelling for storage.

use chrono::{Datelike, NaiveDate, Timelike};

use crate::kernel::{currencies, domains, text, timestamp::Timestamp};

/// The error of a format: its code and message.
pub type FormatError = (&'static str, &'static str);

/// Normalises a text of `format`. An unknown format accepts any text.
///
/// # Errors
/// `invalid_format` or, for domains, `invalid_domain`, with the expected format.
pub fn normalise(format: &str, text: &str) -> Result<String, FormatError> {
    let spelled = match format {
        // A secret is stored as it was typed, because leading or trailing spaces may be part of it.
        "password" | "typeid" => return Ok(text.to_owned()),
        "date-time" => date_time(text).ok_or("must be an instant such as 2026-11-22T11:20:07Z"),
        "date" => date(text).ok_or("must be a date such as 2026-11-22"),
        "domain" => {
            return domains::normalise(text).map_err(|e| (domains::INVALID_DOMAIN, reason(&e)));
        }
        "email" => email(text).ok_or("must be an e-mail address such as ann@example.com"),
        "phone" => {
            phone(text).ok_or("must be a phone number with its country code such as +41443334455")
        }
        "language" => language(text).ok_or("must be a language tag of BCP 47 such as en or de-CH"),
        "country" => {
            word_of(COUNTRIES, text).ok_or("must be a country code of ISO 3166-1 such as CH")
        }
        "currency" => currency(text).ok_or("must be a currency code of ISO 4217 such as USD"),
        "timezone" => {
            timezone(text).ok_or("must be a time zone of the IANA database such as Europe/Zurich")
        }
        "uri" => uri(text).ok_or("must be a URL such as https://example.com/path"),
        "cidr" => cidr(text).ok_or("must be an IP address or a network such as 203.0.113.0/24"),
        _ => return text::normalise(text).map_err(|_| ("invalid_format", CONTROL_CHARACTERS)),
    };
    spelled.map_err(|must| ("invalid_format", must))
}

const CONTROL_CHARACTERS: &str = "must not contain control characters except newline and tab";

/// Whether an empty text of this format means null.
pub fn empty_means_none(format: &str) -> bool {
    !matches!(format, "date-time" | "date" | "typeid")
}

fn reason(_: &domains::InvalidDomain) -> &'static str {
    "must be a domain such as example.com"
}

/// PostgreSQL has no year 0, and a year beyond 9999 is a typing error.
fn date_time(text: &str) -> Option<String> {
    let instant: Timestamp = text.trim().parse().ok()?;
    let whole = (1..=9999).contains(&instant.0.year()) && instant.0.nanosecond() < 1_000_000_000;
    whole.then(|| instant.to_string())
}

fn date(text: &str) -> Option<String> {
    let text = text.trim();
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    // chrono also reads `2026-1-2`, and years with a sign.
    (text.len() == 10 && text.is_ascii() && day.year() >= 1).then(|| day.to_string())
}

/// Lower case throughout: the part before the `@` may differ by case according to the standard, but
/// does not in practice.
fn email(text: &str) -> Option<String> {
    let lower = text.trim().to_lowercase();
    let (local, host) = lower.rsplit_once('@')?;
    let atom = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    };
    if local.len() > 64
        || !local.split('.').all(atom)
        || host.contains(['/', ':', '?', '#', '@'])
        || host.ends_with('.')
    {
        return None;
    }
    let domain = domains::normalise(host).ok()?;
    // Normalising drops `www.`, which is part of the name in an e-mail address.
    let www = if host.starts_with("www.") { "www." } else { "" };
    let address = format!("{local}@{www}{domain}");
    (address.len() <= 254).then_some(address)
}

/// E.164 without the spaces, dashes, dots, slashes and parentheses that people write between
/// digits, and without the zero that is only dialled inside a country: `+44 (0)20 7946 0958`.
fn phone(text: &str) -> Option<String> {
    let plain: String = text.chars().filter_map(phone_character).collect();
    let plain = without_trunk_zero(plain.trim());
    // A slash may follow the area code; a later one begins a second number: `+41 44 333 44 55/56`.
    let digits = |part: &str| part.bytes().filter(u8::is_ascii_digit).count();
    let is_second = |(before, after): (&str, &str)| digits(before) > 7 || after.contains('/');
    // Programs add `.0` when they treat a number as an amount.
    let is_amount = plain.ends_with(".0") && plain.matches('.').count() == 1;
    if plain.split_once('/').is_some_and(is_second) || is_amount {
        return None;
    }
    let dense: String = plain
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '(' | ')' | '.' | '/'))
        .collect();
    let digits = dense.strip_prefix('+')?;
    let with_zero = DROPS_ZERO
        .iter()
        .find_map(|country| Some((country, digits.strip_prefix(country)?.strip_prefix('0')?)));
    let digits = match with_zero {
        Some((country, rest)) => format!("{country}{rest}"),
        None => digits.to_owned(),
    };
    let fits = (5..=15).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !digits.starts_with('0');
    fits.then(|| format!("+{digits}"))
}

/// Maps wide and typographic characters to plain ones; invisible characters are dropped.
fn phone_character(c: char) -> Option<char> {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => None,
        other => Some(other),
    }
}

/// Countries in which a zero is dialled before the area code, but never from abroad: `+44 020` is
/// `+44 20`.
const DROPS_ZERO: [&str; 62] = [
    "20", "27", "31", "32", "33", "40", "41", "43", "44", "46", "49", "54", "55", "58", "60", "61",
    "62", "63", "64", "66", "81", "82", "84", "86", "90", "91", "92", "94", "98", "212", "213",
    "233", "234", "254", "255", "256", "353", "355", "358", "359", "380", "381", "382", "385",
    "386", "387", "389", "421", "593", "855", "880", "886", "961", "962", "963", "964", "966",
    "967", "970", "971", "972", "977",
];

/// Countries whose numbers keep their zero when called from abroad.
const KEEPS_ZERO: [&str; 7] = ["39", "378", "379", "225", "229", "241", "242"];

/// The number without the zero in parentheses after its country code: of `(0)20` and of `(020)`
/// alike.
fn without_trunk_zero(text: &str) -> String {
    let Some((before, after)) = text.split_once("(0") else { return text.to_owned() };
    let country: String = before.chars().filter(char::is_ascii_digit).collect();
    let is_behind_country = before.trim_start().starts_with(['+', '(']) && !country.is_empty();
    if is_behind_country && country.len() <= 3 && !KEEPS_ZERO.contains(&country.as_str()) {
        format!("{before}({after}")
    } else {
        text.to_owned()
    }
}

/// A well-formed tag of BCP 47 in its canonical case: `de-CH`, `zh-Hant-TW`. Registration of its
/// parts is not checked, but language subtags have at most three letters, so `English` is refused.
fn language(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() > 35 || !text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return None;
    }
    let mut parts = text.split('-').peekable();
    let alphabetic = |part: &str| part.bytes().all(|b| b.is_ascii_alphabetic());
    let first = parts.next().filter(|part| (2..=3).contains(&part.len()) && alphabetic(part))?;
    let mut out = first.to_ascii_lowercase();
    let mut add = |part: String| {
        out.push('-');
        out.push_str(&part);
    };
    for _ in 0..3 {
        let Some(extended) = parts.next_if(|part| part.len() == 3 && alphabetic(part)) else {
            break;
        };
        add(extended.to_ascii_lowercase());
    }
    if let Some(script) = parts.next_if(|part| part.len() == 4 && alphabetic(part)) {
        add(script[..1].to_ascii_uppercase() + &script[1..].to_ascii_lowercase());
    }
    let is_number = |part: &str| part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit());
    if let Some(region) =
        parts.next_if(|part| part.len() == 2 && alphabetic(part) || is_number(part))
    {
        add(region.to_ascii_uppercase());
    }
    let is_variant = |part: &str| {
        (5..=8).contains(&part.len()) || part.len() == 4 && part.as_bytes()[0].is_ascii_digit()
    };
    while let Some(variant) = parts.next_if(|part| is_variant(part)) {
        add(variant.to_ascii_lowercase());
    }
    // Extensions: one character, then parts of 2 to 8 (after `x`: 1 to 8).
    while let Some(singleton) = parts.next() {
        if singleton.len() != 1 {
            return None;
        }
        add(singleton.to_ascii_lowercase());
        let private = singleton.eq_ignore_ascii_case("x");
        let fits = |part: &&str| (1..=8).contains(&part.len()) && (private || part.len() > 1);
        add(parts.next_if(|part| fits(part))?.to_ascii_lowercase());
        while let Some(more) = parts.next_if(|part| fits(part)) {
            add(more.to_ascii_lowercase());
        }
    }
    Some(out)
}

fn timezone(text: &str) -> Option<String> {
    text.trim().parse::<chrono_tz::Tz>().ok().map(|zone| zone.name().to_owned())
}

/// An http or https URL without user and password; scheme and host in lower case.
fn uri(text: &str) -> Option<String> {
    let text = text.trim();
    let (scheme, rest) = text.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let clean =
        text.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>\"{}|\\^`".contains(c));
    let host = authority.rsplit_once(':').map_or(authority, |(host, port)| {
        if port.bytes().all(|b| b.is_ascii_digit()) { host } else { authority }
    });
    let fits = matches!(scheme.as_str(), "http" | "https")
        && clean
        && !host.is_empty()
        && !authority.contains('@');
    fits.then(|| format!("{scheme}://{}{path}", authority.to_lowercase()))
}

/// A network; a plain address is the network with only that address. Bits beyond the prefix are
/// dropped.
fn cidr(text: &str) -> Option<String> {
    let text = text.trim();
    let network: ipnet::IpNet =
        text.parse().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(Into::into))?;
    Some(network.trunc().to_string())
}

fn currency(text: &str) -> Option<String> {
    let code = text.trim().to_ascii_uppercase();
    currencies::currency_exponent(&code).map(|_| code)
}

fn word_of(list: &str, text: &str) -> Option<String> {
    let code = text.trim().to_ascii_uppercase();
    list.split(' ').any(|listed| listed == code).then_some(code)
}

/// ISO 3166-1 alpha-2.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI \
    BJ BL BM BN BO BQ BR BS BT BV BW BY BZ \
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI \
FJ FK FM FO FR GA GB GD GE GF GG \
GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP \
KE KG KH KI KM KN KP KR KW KY KZ \
LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY \
MZ NA NC NE NF NG NI NL NO NP NR \
NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK \
SL SM SN SO SR SS ST SV SX SY SZ \
TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT \
ZA ZM ZW";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_format_has_one_spelling() {
        for (format, written, kept) in [
            ("email", " Ann.Lee+x@WWW.Acme.COM ", "ann.lee+x@www.acme.com"),
            ("email", "ann@bücher.example", "ann@xn--bcher-kva.example"),
            ("phone", "+41 (44) 333-44.55", "+41443334455"),
            ("phone", "+44 (0)20 7946 0958", "+442079460958"),
            ("phone", "+44 (020) 7946 0958", "+442079460958"),
            ("phone", "+44 020 7946 0958", "+442079460958"),
            ("phone", "(+44) (0) 20 7946 0958", "+442079460958"),
            ("phone", "+39 (06) 1234 5678", "+390612345678"),
            ("phone", "+49 30/1234-567", "+49301234567"),
            ("phone", "\u{202a}+41 44 333 44 55\u{202c}", "+41443334455"),
            ("phone", "＋８１ ３ １２３４ ５６７８", "+81312345678"),
            ("language", "DE-ch", "de-CH"),
            ("language", "zh-hANT-tw", "zh-Hant-TW"),
            ("language", "es-419", "es-419"),
            ("language", "sl-rozaj-BISKE-1994", "sl-rozaj-biske-1994"),
            ("language", "de-DE-u-co-phonebk-x-a", "de-DE-u-co-phonebk-x-a"),
            ("country", "ch", "CH"),
            ("currency", " usd", "USD"),
            ("timezone", "Europe/Zurich", "Europe/Zurich"),
            ("uri", "HTTPS://Acme.com:8443/A?b=C", "https://acme.com:8443/A?b=C"),
            ("cidr", "10.1.2.3/8", "10.0.0.0/8"),
            ("cidr", "203.0.113.9", "203.0.113.9/32"),
            ("cidr", "2001:DB8::1", "2001:db8::1/128"),
            ("date", "2026-11-22", "2026-11-22"),
            ("date-time", "2026-11-22T12:20:07+01:00", "2026-11-22T11:20:07.000000Z"),
            ("domain", "https://www.acme.com/", "acme.com"),
            ("password", " x ", " x "),
            ("other", " x ", "x"),
        ] {
            assert_eq!(normalise(format, written).as_deref(), Ok(kept), "{format} {written}");
        }
    }

    #[test]
    fn what_is_of_another_form_is_refused() {
        for (format, written) in [
            ("email", "ann"),
            ("email", "ann@acme"),
            ("email", "a b@acme.com"),
            ("email", "ann@acme.com."),
            ("email", "ann@https://acme.com"),
            ("email", "a..b@acme.com"),
            ("email", "a@b@acme.com"),
            ("phone", "044 333 44 55"),
            ("phone", "+0443334455"),
            ("phone", "+41 44 call"),
            ("phone", "+41 44 333 44 55/56"),
            ("phone", "+41 44 333 44 55 ext. 12"),
            ("phone", "+41443334455.0"),
            ("phone", "4.14433E+10"),
            ("phone", "+1234567890123456"),
            ("language", "e"),
            ("language", "english language"),
            ("language", "English"),
            ("language", "en-"),
            ("language", "en-US-US"),
            ("language", "en-x"),
            ("language", ""),
            ("country", "UK"),
            ("country", "Switzerland"),
            ("country", "CH DE"),
            ("currency", "XXX"),
            ("currency", "JPY0"),
            ("currency", "US"),
            ("timezone", "Zurich"),
            ("uri", "acme.com"),
            ("uri", "ftp://acme.com"),
            ("uri", "https://ann:secret@acme.com"),
            ("uri", "https:///x"),
            ("uri", "https://acme.com/a b"),
            ("cidr", "10.0.0.0/33"),
            ("date", "2026-2-1"),
            ("date", "2026-02-30"),
            ("date", "0000-01-01"),
            ("date-time", "2026-11-22"),
            ("date-time", "2026-11-22T11:20:07"),
            ("date-time", "2026-11-22T23:59:60Z"),
            ("other", "a\0b"),
        ] {
            assert_eq!(
                normalise(format, written).map_err(|(code, _)| code),
                Err("invalid_format"),
                "{format} {written}"
            );
        }
        assert_eq!(normalise("domain", "TBD").map_err(|(code, _)| code), Err("invalid_domain"));
    }

    const FORMATS: [&str; 11] = [
        "email",
        "phone",
        "language",
        "country",
        "currency",
        "timezone",
        "uri",
        "cidr",
        "date",
        "date-time",
        "other",
    ];

    proptest! {
        #[test]
        fn the_kept_spelling_is_kept(format in proptest::sample::select(&FORMATS[..]), text in "\\PC{0,30}|[a-zA-Z0-9+@.:/ -]{0,30}") {
            if let Ok(kept) = normalise(format, &text) {
                prop_assert_eq!(normalise(format, &kept), Ok(kept.clone()));
            }
        }

        #[test]
        fn addresses_are_stable(local in "[a-zA-Z0-9._+-]{1,20}", host in "(www\\.)?[a-zA-ZäöÜß0-9.-]{1,20}\\.[a-z]{2,5}") {
            if let Ok(kept) = normalise("email", &format!("{local}@{host}")) {
                prop_assert_eq!(normalise("email", &kept), Ok(kept.clone()));
            }
        }
    }
}
