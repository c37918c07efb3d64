//! Reads the first page of a company's website. Pure functions, in time linear in the length of the
//! page.
//!
//! Pages are read as a stream of HTML tokens and never as a tree, so that broken markup costs
//! nothing and deep nesting has no effect.

use std::{
    cell::RefCell,
    time::{Duration, Instant},
};

use domain::text;
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use html5ever::{
    Attribute,
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer,
        states::{Rawtext, Rcdata, ScriptData},
    },
};
use reqwest::Url;

/// The longest title that is stored, in characters.
const MAX_TITLE: usize = 300;
/// The most pictures that are tried.
const MAX_PICTURES: usize = 4;
/// The time limit for parsing a page. A tag with a hundred thousand attributes takes more than
/// linear time.
const PARSE_TIMEOUT: Duration = Duration::from_millis(500);
/// Bytes that are parsed between two checks of the clock.
const CHUNK_SIZE: usize = 4_096;

/// What was found on a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Website {
    /// The title, as one line.
    pub title: Option<String>,
    /// The description for search engines, otherwise the one for social networks.
    pub description: Option<String>,
    /// The language, as the page states it.
    pub language: Option<String>,
    /// Pictures that may be the logo, the best first.
    pub pictures: Vec<Url>,
}

/// Parses a page that was loaded from `at`.
pub fn read(bytes: &[u8], content_type: Option<&str>, at: &Url) -> Website {
    let text = decoded(bytes, content_type);
    let tokenizer = Tokenizer::new(Head::default(), Default::default());
    let input = BufferQueue::default();
    let (since, mut rest) = (Instant::now(), text.as_str());
    while !rest.is_empty()
        && !tokenizer.sink.state.borrow().ended
        && since.elapsed() < PARSE_TIMEOUT
    {
        let (piece, left) = rest.split_at(rest.floor_char_boundary(CHUNK_SIZE.min(rest.len())));
        input.push_back(StrTendril::from_slice(piece));
        // The sink never asks the tokenizer to wait.
        let _ = tokenizer.feed(&input);
        rest = left;
    }
    tokenizer.end();
    tokenizer.sink.state.take().website(at)
}

/// Decodes the text of a page. Valid UTF-8 is decoded as UTF-8 whatever the server states; invalid
/// UTF-8 is decoded as windows-1252, the usual encoding of old pages.
fn decoded(bytes: &[u8], content_type: Option<&str>) -> String {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0.into_owned();
    }
    let header = content_type.and_then(label);
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(1_024)]).to_ascii_lowercase();
    let stated =
        header.or_else(|| label(&start).filter(|found| *found != UTF_16LE && *found != UTF_16BE));
    let seven_bits = |encoding: &&Encoding| [ISO_2022_JP, UTF_16LE, UTF_16BE].contains(encoding);
    match (std::str::from_utf8(bytes), stated.filter(seven_bits)) {
        (Ok(text), None) => text.to_owned(),
        _ => {
            let other = stated.filter(|encoding| *encoding != UTF_8).unwrap_or(WINDOWS_1252);
            other.decode_without_bom_handling(bytes).0.into_owned()
        }
    }
}

/// The encoding behind `charset=`.
fn label(text: &str) -> Option<&'static Encoding> {
    let (_, behind) = text.split_once("charset=")?;
    let label = behind.trim_start_matches(['"', '\'', ' ']);
    let end = label
        .find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c)))
        .unwrap_or(label.len());
    Encoding::for_label(&label.as_bytes()[..end])
}

/// Collects the metadata from the tokens of a page, up to its body.
#[derive(Default)]
struct Head {
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    in_title: bool,
    title: Option<String>,
    descriptions: [Option<String>; 3],
    language: Option<String>,
    base: Option<String>,
    pictures: Vec<Picture>,
    ended: bool,
}

/// A picture that a page refers to.
struct Picture {
    /// Lower is better.
    rank: u8,
    /// The side in pixels, if the page states it.
    side: u32,
    address: String,
}

impl TokenSink for Head {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let state = &mut *self.state.borrow_mut();
        match token {
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => return state.start(&tag),
            Token::TagToken(tag) if &*tag.name == "title" => state.in_title = false,
            Token::CharacterTokens(text) if state.in_title => {
                let title = state.title.get_or_insert_default();
                if title.len() < 4 * MAX_TITLE {
                    title.push_str(&text);
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl State {
    fn start(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        match &*tag.name {
            "html" if self.language.is_none() => self.language = attribute(tag, "lang"),
            "base" if self.base.is_none() => self.base = attribute(tag, "href"),
            "meta" => self.meta(tag),
            "link" => self.link(tag),
            "body" => self.ended = true,
            "title" => {
                // Later titles belong to drawings (SVG).
                self.in_title = self.title.is_none();
                return TokenSinkResult::RawData(Rcdata);
            }
            "textarea" => return TokenSinkResult::RawData(Rcdata),
            "style" | "xmp" | "iframe" | "noembed" | "noframes" => {
                return TokenSinkResult::RawData(Rawtext);
            }
            "script" => return TokenSinkResult::RawData(ScriptData),
            _ => {}
        }
        TokenSinkResult::Continue
    }

    fn meta(&mut self, tag: &Tag) {
        let name = attribute(tag, "name")
            .or_else(|| attribute(tag, "property"))
            .unwrap_or_default()
            .to_ascii_lowercase();
        let Some(content) = attribute(tag, "content") else { return };
        let place = match name.as_str() {
            "description" => 0,
            "og:description" => 1,
            "twitter:description" => 2,
            "og:image" | "og:image:url" | "og:image:secure_url" => {
                return self.picture(3, 0, content);
            }
            "twitter:image" | "twitter:image:src" => return self.picture(4, 0, content),
            _ => return,
        };
        self.descriptions[place].get_or_insert(content);
    }

    fn link(&mut self, tag: &Tag) {
        let rel = attribute(tag, "rel").unwrap_or_default().to_ascii_lowercase();
        let Some(address) = attribute(tag, "href") else { return };
        let sizes = attribute(tag, "sizes").unwrap_or_default().to_ascii_lowercase();
        let side = sizes
            .split_whitespace()
            .filter_map(|size| size.split('x').next()?.parse().ok())
            .max()
            .unwrap_or(0);
        let kind = attribute(tag, "type").unwrap_or_default().to_ascii_lowercase();
        let path = address.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        let unreadable = kind.contains("svg")
            || kind.contains("icon")
            || path.ends_with(".svg")
            || path.ends_with(".ico");
        let rank = match rel.split_whitespace().find(|word| word.contains("icon")) {
            Some("apple-touch-icon" | "apple-touch-icon-precomposed") => 0,
            // A mask icon has one color and is not a logo.
            Some("mask-icon") | None => return,
            // Formats that cannot be decoded come last, so that the error can name them.
            Some(_) if unreadable => 9,
            Some(_) if side >= 64 => 1,
            Some(_) => 5,
        };
        self.picture(rank, side, address);
    }

    fn picture(&mut self, rank: u8, side: u32, address: String) {
        // Bounds the memory, because a page can refer to any number of pictures.
        if self.pictures.len() < 100 {
            self.pictures.push(Picture { rank, side, address });
        }
    }

    fn website(mut self, at: &Url) -> Website {
        let base = self.base.and_then(|base| at.join(&base).ok()).unwrap_or_else(|| at.clone());
        self.pictures.sort_by_key(|picture| (picture.rank, std::cmp::Reverse(picture.side)));
        let mut pictures: Vec<Url> = Vec::new();
        for picture in &self.pictures {
            let address = base
                .join(&picture.address)
                .ok()
                .filter(|url| matches!(url.scheme(), "http" | "https"));
            if let Some(url) =
                address.filter(|url| pictures.len() < MAX_PICTURES && !pictures.contains(url))
            {
                pictures.push(url);
            }
        }
        let title = self
            .title
            .as_deref()
            .and_then(one_line)
            .map(|title| title.chars().take(MAX_TITLE).collect());
        let description = self.descriptions.iter().flatten().find_map(|text| one_line(text));
        Website { title, description, language: self.language, pictures }
    }
}

fn attribute(tag: &Tag, name: &str) -> Option<String> {
    let found = tag.attrs.iter().find(|Attribute { name: own, .. }| &*own.local == name)?;
    let value = found.value.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

/// Replaces line breaks and repeated spaces by single spaces.
fn one_line(text: &str) -> Option<String> {
    let line = text::clean_lossy(text).0.split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at() -> Url {
        Url::parse("https://acme.com/start/").unwrap()
    }

    fn page(html: &str) -> Website {
        read(html.as_bytes(), Some("text/html"), &at())
    }

    fn addresses(site: &Website) -> Vec<&str> {
        site.pictures.iter().map(Url::as_str).collect()
    }

    #[test]
    fn a_page_tells_who_it_is() {
        let site = page(
            r#"<!doctype html><HTML Lang=" de-ch "><head><meta charset=utf-8><title>
              Acme &amp; S&ouml;hne
              AG</title><script>if (a < b) document.write("<meta name=description content=wrong>")</script>
            <META NAME="Description" CONTENT="Wir machen
               Dinge.">
            <meta property="og:description" content="Anders">
            <meta property=og:image content="/banner.jpg"><base href="https://cdn.acme.com/a/">
            <link rel="shortcut icon" href="favicon.ico"><link rel=icon sizes="16x16" href=16.png>
            <link rel="icon" type="image/png" sizes="96x96 192x192" href="192.png"><link rel="apple-touch-icon" href="touch.png">
            <link rel=mask-icon href=mask.svg><link rel=icon href="data:image/png;base64,AAAA">
            </head><body><title>no</title><meta name=description content=late></body>"#,
        );
        assert_eq!(site.title.as_deref(), Some("Acme & Söhne AG"));
        assert_eq!(site.description.as_deref(), Some("Wir machen Dinge."));
        assert_eq!(site.language.as_deref(), Some("de-ch"));
        assert_eq!(
            addresses(&site),
            [
                "https://cdn.acme.com/a/touch.png",
                "https://cdn.acme.com/a/192.png",
                "https://cdn.acme.com/banner.jpg",
                "https://cdn.acme.com/a/16.png"
            ]
        );
    }

    #[test]
    fn broken_pages_tell_what_they_can() {
        assert_eq!(page(""), Website::default());
        assert_eq!(page("\0\u{feff}<<<>><!-- never closed <title>x</title>"), Website::default());
        assert_eq!(page("<title>Never closed").title.as_deref(), Some("Never closed"));
        assert_eq!(page("<title></title><meta name=description content='  '>"), Website::default());
        assert_eq!(
            page("<p><b><i>x<title>Deep</title><meta name=description").title.as_deref(),
            Some("Deep")
        );
        assert_eq!(
            page(&format!("<title>{}", "ü".repeat(5_000))).title.unwrap().chars().count(),
            MAX_TITLE
        );
        assert_eq!(
            page("<meta property='og:description' content='a\u{1}b'>").description.as_deref(),
            Some("ab")
        );
        assert_eq!(
            addresses(&page("<link rel=icon href='logo.svg'>")),
            ["https://acme.com/start/logo.svg"]
        );
        assert_eq!(
            addresses(&page(
                "<meta property=og:image content='http://[::'><link rel=icon href='javascript:x'>"
            ))
            .len(),
            0
        );
    }

    #[test]
    fn the_encoding_is_found_whatever_is_said_of_it() {
        let title =
            |bytes: &[u8], kind: Option<&str>| read(bytes, kind, &at()).title.unwrap_or_default();
        let latin = b"<meta charset=iso-8859-1><title>Z\xfcrich</title>";
        assert_eq!(title(latin, Some("text/html")), "Zürich");
        assert_eq!(
            title(b"<title>Z\xfcrich</title>", Some("text/html; charset=utf-8")),
            "Zürich",
            "it is not UTF-8"
        );
        assert_eq!(
            title("<title>Zürich</title>".as_bytes(), Some("text/html; charset=iso-8859-1")),
            "Zürich"
        );
        assert_eq!(
            title(b"<title>\x93\xfa\x96{</title>", Some("text/html;charset=\"shift_jis\"")),
            "日本"
        );
        assert_eq!(
            title(b"<title>\xcf\xf0\xe8</title>", Some("text/html; charset=windows-1251")),
            "При"
        );
        assert_eq!(title(b"<title>x\xff</title>", Some("text/html; charset=nonsense")), "xÿ");
        let wide: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain("<title>Zü</title>".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert_eq!(title(&wide, None), "Zü");
    }

    /// Each of these takes hours where every tag looks at all that came before it.
    #[test]
    fn hostile_pages_take_no_time() {
        let many = |what: &str| what.repeat((1 << 20) / what.len());
        let attributes: String = (0..120_000).map(|n| format!(" a{n}=1")).collect();
        let pages = [
            many("<div>"),
            many("<b><i>"),
            many("<"),
            many("<!--"),
            many("<title>"),
            many("&"),
            format!("<p {attributes}>"),
        ];
        for html in &pages {
            let since = Instant::now();
            page(html);
            assert!(since.elapsed() < Duration::from_secs(10), "{}", &html[..20]);
        }
    }

    proptest! {
        #[test]
        fn no_page_is_too_broken(bytes in proptest::collection::vec(any::<u8>(), 0..400), tags in "(<(/?(html|title|meta|link|base|script|!--|body)|[a-z]{1,3})( (lang|content|name|rel|href)=['\"]?[a-zA-Z:/#]{0,8}['\"]?)*>?|.){0,30}") {
            read(&bytes, None, &at());
            let site = read(tags.as_bytes(), Some("text/html; charset=utf-16"), &at());
            prop_assert!(site.pictures.len() <= MAX_PICTURES);
            prop_assert!(site.title.is_none_or(|title| !title.is_empty() && !title.contains('\n')));
        }
    }
}
