//! The address of the client, when proxies forward requests.

use std::net::{IpAddr, SocketAddr};

use actix_web::http::header::HeaderValue;
use ipnet::IpNet;

/// The address of the client: the peer, or the address that trusted proxies state. `lines` are all
/// lines of `X-Forwarded-For` in their order, which together are one list (a proxy may add a line
/// instead of appending to the existing one).
///
/// The list is read from its end: each address was written by the proxy that follows it, so it is
/// trusted as long as all later ones are trusted proxies. Anything before the first address that is
/// not a trusted proxy could be invented by the client, and nothing before an invalid entry can be
/// trusted.
pub fn of<'a>(
    peer: IpAddr,
    lines: impl DoubleEndedIterator<Item = &'a HeaderValue>,
    trusted: &[IpNet],
) -> IpAddr {
    let mut client = peer.to_canonical();
    for line in lines.rev() {
        let line = String::from_utf8_lossy(line.as_bytes());
        for hop in line.rsplit(',').map(str::trim).filter(|hop| !hop.is_empty()) {
            if !trusted.iter().any(|net| net.contains(&client)) {
                return client;
            }
            match address(hop) {
                Some(address) => client = address,
                None => return client,
            }
        }
    }
    client
}

/// Parses one element of the list: an address, with or without quotes, brackets, port and zone.
fn address(hop: &str) -> Option<IpAddr> {
    let hop = hop.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(hop).trim();
    let without_port = match hop.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            let port = port.strip_prefix(':').unwrap_or(port);
            if !port.is_empty() {
                port.parse::<u16>().ok()?;
            }
            address
        }
        None => hop,
    };
    let without_zone = without_port.split_once('%').map_or(without_port, |(address, _)| address);
    let address = match without_zone.parse() {
        Ok(address) => Some(address),
        // Only an IPv4 address can have a port without brackets.
        Err(_) => hop.parse::<SocketAddr>().ok().map(|socket| socket.ip()),
    };
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn client(peer: &str, lines: &[&str]) -> String {
        let trusted: Vec<IpNet> =
            ["10.0.0.0/8", "2001:db8:ffff::/48"].map(|net| net.parse().unwrap()).into();
        let lines: Vec<HeaderValue> =
            lines.iter().map(|line| HeaderValue::from_bytes(line.as_bytes()).unwrap()).collect();
        of(peer.parse().unwrap(), lines.iter(), &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(client("192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(client("10.0.0.1", &["203.0.113.9, 198.51.100.7"]), "198.51.100.7");
        assert_eq!(client("10.0.0.1", &["198.51.100.7, 10.0.0.2"]), "198.51.100.7");
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(client("::ffff:10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(client("::ffff:192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(client("10.0.0.1", &["10.0.0.3, 10.0.0.2"]), "10.0.0.3", "somebody inside");
    }

    #[test]
    fn several_lines_are_one_list() {
        assert_eq!(client("10.0.0.1", &["203.0.113.9", "198.51.100.7"]), "198.51.100.7");
        assert_eq!(client("10.0.0.1", &["198.51.100.7", "10.0.0.2"]), "198.51.100.7");
        assert_eq!(
            client("10.0.0.1", &["203.0.113.9", "198.51.100.7, 10.0.0.3", "10.0.0.2"]),
            "198.51.100.7"
        );
        assert_eq!(client("10.0.0.1", &["198.51.100.7", "", " , "]), "198.51.100.7");
    }

    #[test]
    fn every_way_to_write_an_address_is_read() {
        for (hop, read) in [
            ("198.51.100.7:4711", "198.51.100.7"),
            ("\"198.51.100.7\"", "198.51.100.7"),
            ("\"198.51.100.7:80\"", "198.51.100.7"),
            ("  198.51.100.7\t", "198.51.100.7"),
            ("2001:db8::7", "2001:db8::7"),
            ("2001:DB8:0:0::7", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("[2001:db8::7]:443", "2001:db8::7"),
            ("\"[2001:db8::7]:443\"", "2001:db8::7"),
            ("fe80::7%eth0", "fe80::7"),
            ("[fe80::7%eth0]:80", "fe80::7"),
            ("::ffff:198.51.100.7", "198.51.100.7"),
            ("[::ffff:198.51.100.7]:443", "198.51.100.7"),
        ] {
            assert_eq!(client("10.0.0.1", &[hop]), read, "{hop}");
            assert_eq!(client("10.0.0.1", &[&format!("203.0.113.9, {hop}")]), read, "{hop}");
            assert_eq!(client("10.0.0.1", &["203.0.113.9", hop, "10.0.0.2:80"]), read, "{hop}");
        }
    }

    #[test]
    fn nothing_before_nonsense_is_believed() {
        for nonsense in [
            "unknown",
            "_hidden",
            "nonsense",
            "198.51.100.7:99999",
            "198.51.100.7:x",
            "198.51.100",
            "198.51.100.7 198.51.100.8",
            "[2001:db8::7",
            "[2001:db8::7]x",
            "\"198.51.100.7",
            "f\u{fc}nf",
        ] {
            assert_eq!(client("10.0.0.1", &[nonsense]), "10.0.0.1", "{nonsense}");
            let list = format!("203.0.113.9, {nonsense}, 10.0.0.2");
            assert_eq!(client("10.0.0.1", &[&list]), "10.0.0.2", "{nonsense}");
        }
    }

    proptest! {
        /// However a client writes its own lines: the proxy's last word holds.
        #[test]
        fn the_last_word_is_the_proxys(lines in prop::collection::vec("[ -~]{0,40}", 0..4)) {
            let mut lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            lines.push("198.51.100.7");
            prop_assert_eq!(client("10.0.0.1", &lines), "198.51.100.7");
            let one_line = lines.join(",");
            prop_assert_eq!(client("10.0.0.1", &[&one_line]), "198.51.100.7");
        }
    }
}
