//! Domains that many companies share, which therefore do not identify a company, and the registered
//! domain of a company.

/// Social networks, directories, link lists, file shares and mail providers: neither they nor their
/// subdomains are the domain of a company. An organization may add others (`shared_domains`).
const SHARED: &[&str] = &[
    // Social networks and messengers.
    "facebook.com",
    "fb.com",
    "fb.me",
    "m.me",
    "instagram.com",
    "instagr.am",
    "threads.net",
    "threads.com",
    "linkedin.com",
    "lnkd.in",
    "twitter.com",
    "x.com",
    "t.co",
    "youtube.com",
    "youtu.be",
    "tiktok.com",
    "pinterest.com",
    "pin.it",
    "snapchat.com",
    "tumblr.com",
    "whatsapp.com",
    "wa.me",
    "telegram.org",
    "telegram.me",
    "t.me",
    "vk.com",
    "ok.ru",
    "weibo.com",
    "weixin.qq.com",
    "discord.gg",
    "mastodon.social",
    "bsky.app",
    "xing.com",
    "viadeo.com",
    "medium.com",
    "twitch.tv",
    "flickr.com",
    "meetup.com",
    "slideshare.net",
    "about.me",
    "behance.net",
    "dribbble.com",
    // Link lists and short links.
    "linktr.ee",
    "linktree.com",
    "bio.link",
    "beacons.ai",
    "carrd.co",
    "taplink.cc",
    "campsite.bio",
    "lnk.bio",
    "bit.ly",
    "tinyurl.com",
    "goo.gl",
    "ow.ly",
    "rebrand.ly",
    "is.gd",
    "buff.ly",
    "cutt.ly",
    // Directories, market places and reviews.
    "g.page",
    "g.co",
    "maps.app.goo.gl",
    "goo.gle",
    "yelp.com",
    "yelp.de",
    "yelp.co.uk",
    "tripadvisor.com",
    "crunchbase.com",
    "wikipedia.org",
    "wikidata.org",
    "yellowpages.com",
    "foursquare.com",
    "northdata.de",
    "northdata.com",
    "opencorporates.com",
    "patreon.com",
    "gofundme.com",
    "kickstarter.com",
    // File shares, forms and calendars.
    "onedrive.live.com",
    "1drv.ms",
    "docs.google.com",
    "drive.google.com",
    "sites.google.com",
    "plus.google.com",
    "maps.google.com",
    "business.google.com",
    "forms.gle",
    "issuu.com",
    "scribd.com",
    // Mail providers.
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "outlook.de",
    "outlook.fr",
    "outlook.es",
    "outlook.it",
    "hotmail.com",
    "hotmail.co.uk",
    "hotmail.de",
    "hotmail.fr",
    "hotmail.it",
    "hotmail.es",
    "live.com",
    "live.co.uk",
    "live.de",
    "live.fr",
    "live.nl",
    "msn.com",
    "passport.com",
    "yahoo.com",
    "yahoo.co.uk",
    "yahoo.co.in",
    "yahoo.co.jp",
    "yahoo.com.br",
    "yahoo.com.ar",
    "yahoo.com.mx",
    "yahoo.ca",
    "yahoo.de",
    "yahoo.fr",
    "yahoo.es",
    "yahoo.it",
    "yahoo.in",
    "ymail.com",
    "rocketmail.com",
    "myyahoo.com",
    "aol.com",
    "aol.de",
    "aim.com",
    "icloud.com",
    "me.com",
    "mac.com",
    "protonmail.com",
    "protonmail.ch",
    "proton.me",
    "pm.me",
    "tutanota.com",
    "tutanota.de",
    "tuta.io",
    "tuta.com",
    "mail.com",
    "email.com",
    "usa.com",
    "gmx.com",
    "gmx.net",
    "gmx.de",
    "gmx.at",
    "gmx.ch",
    "gmx.us",
    "gmx.fr",
    "web.de",
    "freenet.de",
    "t-online.de",
    "arcor.de",
    "mailbox.org",
    "posteo.de",
    "posteo.net",
    "bluewin.ch",
    "hispeed.ch",
    "sunrise.ch",
    "wanadoo.fr",
    "laposte.net",
    "neuf.fr",
    "libero.it",
    "virgilio.it",
    "alice.it",
    "tiscali.it",
    "tin.it",
    "terra.com.br",
    "uol.com.br",
    "bol.com.br",
    "ig.com.br",
    "mail.ru",
    "bk.ru",
    "inbox.ru",
    "list.ru",
    "yandex.ru",
    "yandex.com",
    "ya.ru",
    "rambler.ru",
    "ukr.net",
    "wp.pl",
    "o2.pl",
    "onet.pl",
    "interia.pl",
    "seznam.cz",
    "centrum.cz",
    "abv.bg",
    "qq.com",
    "foxmail.com",
    "163.com",
    "126.com",
    "yeah.net",
    "sina.com",
    "sina.cn",
    "sohu.com",
    "139.com",
    "naver.com",
    "daum.net",
    "hanmail.net",
    "nate.com",
    "rediffmail.com",
    "zohomail.com",
    "fastmail.com",
    "fastmail.fm",
    "hushmail.com",
    "hey.com",
    "comcast.net",
    "att.net",
    "sbcglobal.net",
    "bellsouth.net",
    "cox.net",
    "charter.net",
    "earthlink.net",
    "juno.com",
    "optonline.net",
    "btinternet.com",
    "btopenworld.com",
    "talktalk.net",
    "blueyonder.co.uk",
    "ntlworld.com",
    "sympatico.ca",
    "videotron.ca",
    "bigpond.com",
    "bigpond.net.au",
    "optusnet.com.au",
    "xtra.co.nz",
    "mailinator.com",
    "guerrillamail.com",
    "10minutemail.com",
    "yopmail.com",
    "temp-mail.org",
];

/// Site builders and hosting services: their subdomains belong to companies, they themselves do
/// not.
const BUILDERS: &[&str] = &[
    "sharepoint.com",
    "wix.com",
    "wixsite.com",
    "editorx.io",
    "squarespace.com",
    "weebly.com",
    "weeblysite.com",
    "wordpress.com",
    "blogspot.com",
    "blogger.com",
    "godaddysites.com",
    "webflow.io",
    "jimdo.com",
    "jimdofree.com",
    "jimdosite.com",
    "webnode.com",
    "webnode.page",
    "strikingly.com",
    "mystrikingly.com",
    "myshopify.com",
    "bigcartel.com",
    "square.site",
    "site123.me",
    "yolasite.com",
    "webs.com",
    "tilda.ws",
    "tilda.cc",
    "ucraft.net",
    "zyrosite.com",
    "hs-sites.com",
    "business.site",
    "negocio.site",
    "ghost.io",
    "substack.com",
    "typepad.com",
    "notion.site",
    "framer.website",
    "framer.app",
    "framer.site",
    "github.io",
    "gitlab.io",
    "pages.dev",
    "workers.dev",
    "netlify.app",
    "vercel.app",
    "herokuapp.com",
    "firebaseapp.com",
    "web.app",
    "appspot.com",
    "azurewebsites.net",
    "amazonaws.com",
    "cloudfront.net",
    "onrender.com",
    "fly.dev",
    "glitch.me",
    "replit.app",
    "repl.co",
    "surge.sh",
    "000webhostapp.com",
    "altervista.org",
    "free.nf",
    "page.link",
];

/// Whether a normalised domain is shared: one of our list or of the organization's, or a subdomain
/// of one.
pub fn is_shared(domain: &str, added: &[String]) -> bool {
    BUILDERS.contains(&domain)
        || ancestors(domain).any(|one| SHARED.contains(&one) || added.iter().any(|add| add == one))
}

/// The domain and its parent domains.
fn ancestors<'a>(domain: &'a str) -> impl Iterator<Item = &'a str> {
    std::iter::successors(Some(domain), |domain: &&'a str| {
        domain.split_once('.').map(|(_, rest)| rest)
    })
}

/// Second-level domains below which companies register in a country: `co.uk`, `com.br`.
const SECOND_LEVEL: &[&str] = &[
    "ac", "asn", "asso", "biz", "co", "com", "ed", "edu", "firm", "gen", "go", "gob", "gouv",
    "gov", "govt", "gv", "id", "ind", "info", "k12", "lg", "ltd", "me", "mil", "ne", "net", "nhs",
    "nom", "or", "org", "plc", "police", "pro", "sch", "school", "web",
];

/// The registered domain of a company: `globex.com` of `eu.globex.com`. By the usual form of
/// domains, not by the list of public suffixes: good enough for a hint, not for a decision. A
/// subdomain of a shared host is returned unchanged.
pub fn site(domain: &str) -> &str {
    let labels = domain.split('.').count();
    let last = domain.rsplit('.').next().unwrap_or_default();
    let second = domain.rsplit('.').nth(1).unwrap_or_default();
    let deep = last.len() == 2 && SECOND_LEVEL.contains(&second);
    let kept = if deep { 3 } else { 2 };
    let site = ancestors(domain).nth(labels.saturating_sub(kept)).unwrap_or(domain);
    if BUILDERS.contains(&site) || is_shared(site, &[]) { domain } else { site }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_many_share_is_known_with_all_that_lies_under_it() {
        let added = ["marketplace.example".to_owned()];
        for domain in [
            "facebook.com",
            "m.facebook.com",
            "de.linkedin.com",
            "gmail.com",
            "sites.google.com",
            "wixsite.com",
            "marketplace.example",
            "acme.marketplace.example",
        ] {
            assert!(is_shared(domain, &added), "{domain}");
        }
        for domain in [
            "acme.com",
            "acme.wixsite.com",
            "notfacebook.com",
            "facebook.com.evil.example",
            "x.org",
        ] {
            assert!(!is_shared(domain, &added), "{domain}");
        }
        for list in [SHARED, BUILDERS] {
            for domain in list {
                assert_eq!(crate::kernel::domains::normalise(domain).as_deref(), Ok(*domain));
            }
        }
    }

    #[test]
    fn a_site_is_what_a_company_registers() {
        for (domain, expected) in [
            ("globex.com", "globex.com"),
            ("eu.globex.com", "globex.com"),
            ("a.b.globex.com", "globex.com"),
            ("shop.globex.co.uk", "globex.co.uk"),
            ("globex.co.uk", "globex.co.uk"),
            ("globex.de", "globex.de"),
            ("globex.github.io", "globex.github.io"),
            ("com.br", "com.br"),
        ] {
            assert_eq!(site(domain), expected, "{domain}");
        }
    }
}
