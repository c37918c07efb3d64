//! The guard against real sockets.

use std::sync::{
    Mutex,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

const LIMITS: Limits = Limits { time: Duration::from_secs(5), bytes: 1 << 20, redirects: 3 };

/// A server that answers each path in its own way, and keeps the heads of requests.
struct Server {
    address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, heads) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let kept = heads.clone();
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let kept = kept.clone();
                tokio::spawn(async move {
                    let mut head = vec![0; 4_096];
                    let read = socket.read(&mut head).await.unwrap_or(0);
                    let head = String::from_utf8_lossy(&head[..read]).into_owned();
                    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                    kept.lock().unwrap().push(head);
                    answer(&path, &mut socket).await.ok();
                });
            }
        });
        Self { address, heads }
    }

    /// A client that finds this server under `acme.test`.
    fn client(&self) -> Outgoing {
        Outgoing::new(
            AddressPolicy::Public,
            &HashMap::from([("acme.test".to_owned(), self.address)]),
        )
        .unwrap()
    }
}

async fn answer(path: &str, socket: &mut tokio::net::TcpStream) -> std::io::Result<()> {
    let redirect = |to: &str| {
        format!(
            "HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )
    };
    let port = socket.local_addr()?.port();
    let text = match path {
        "/" => "HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=utf-8\r\nSet-Cookie: \
            a=b\r\nContent-Length: 5\r\n\r\nhello"
            .to_owned(),
        "/gone" => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned(),
        "/packed" => "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \
            5\r\n\r\nhello"
            .to_owned(),
        "/nonsense" => "SMTP ready\r\n\r\n".to_owned(),
        "/short" => "HTTP/1.1 200 OK\r\nContent-Length: 50\r\nConnection: \
            close\r\n\r\nhello"
            .to_owned(),
        "/large" => "HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n".to_owned(),
        "/once" => redirect("/"),
        "/loop" => redirect("/loop"),
        "/nowhere" => redirect("http://[::"),
        "/ftp" => redirect("ftp://acme.test/"),
        "/file" => redirect("file:///etc/passwd"),
        "/port" => redirect("http://acme.test:8080/"),
        "/password" => redirect("http://ann:secret@acme.test/"),
        "/loopback" => redirect(&format!("http://127.0.0.1:{port}/")),
        "/decimal" => redirect("http://2130706433/"),
        "/mapped" => redirect("http://[::ffff:127.0.0.1]/"),
        "/metadata" => redirect("http://169.254.169.254/latest/meta-data"),
        "/localhost" => redirect("//localhost/"),
        "/hang" => {
            std::future::pending::<()>().await;
            String::new()
        }
        "/drip" => {
            socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
            loop {
                socket.write_all(b" ").await?;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        "/endless" => {
            socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
            loop {
                socket.write_all(&[b' '; 65_536]).await?;
            }
        }
        _ => String::new(),
    };
    socket.write_all(text.as_bytes()).await?;
    socket.shutdown().await
}

async fn get(client: &Outgoing, url: &str) -> Result<FetchedPage, RequestError> {
    client.get(Url::parse(url).unwrap(), "*/*", LIMITS).await
}

#[tokio::test]
async fn what_is_there_comes_whole_and_without_a_trace() {
    let server = Server::start().await;
    let client = server.client();
    for path in ["", "once"] {
        let fetched = get(&client, &format!("http://www.acme.test/{path}")).await.unwrap();
        assert_eq!(
            (fetched.body.as_slice(), fetched.media_type()),
            (&b"hello"[..], Some("text/html"))
        );
        assert_eq!(fetched.url.as_str(), "http://www.acme.test/");
    }
    let heads = server.heads.lock().unwrap().clone();
    assert_eq!(heads.len(), 3);
    for head in heads {
        let head = head.to_ascii_lowercase();
        assert!(
            head.contains("user-agent: partneros/") && head.contains("accept-encoding: identity"),
            "{head}"
        );
        assert!(
            !head.contains("cookie")
                && !head.contains("authorization")
                && !head.contains("referer"),
            "{head}"
        );
    }
}

#[tokio::test]
async fn redirects_are_checked_like_first_addresses() {
    let server = Server::start().await;
    let client = server.client();
    for path in [
        "ftp",
        "file",
        "port",
        "password",
        "loopback",
        "decimal",
        "mapped",
        "metadata",
        "localhost",
    ] {
        let refused = get(&client, &format!("http://acme.test/{path}")).await.unwrap_err();
        assert!(
            matches!(&refused, RequestError::NotAllowed(why) if why.starts_with("redirects to")),
            "{path}: {refused:?}"
        );
        assert_eq!(refused.of("`acme.test`").code(), Code::UrlNotAllowed);
    }
    assert_eq!(server.heads.lock().unwrap().len(), 9, "nobody was led anywhere");
}

#[tokio::test]
async fn answers_that_are_of_no_use_say_why() {
    let server = Server::start().await;
    let client = server.client();
    for (path, why) in [
        ("gone", "responded with the status 404"),
        ("packed", "compressed"),
        ("nonsense", "closed the connection before the end"),
        ("silence", "closed the connection before the end"),
        ("short", "closed the connection before the end"),
        ("large", "more than 1024 KiB"),
        ("endless", "more than 1024 KiB"),
        ("loop", "redirects more than 3 times"),
        ("nowhere", "redirects without a valid target"),
    ] {
        match get(&client, &format!("http://acme.test/{path}")).await {
            Err(RequestError::Failed(said)) => assert!(said.contains(why), "{path}: {said}"),
            other => panic!("{path}: {other:?}"),
        }
    }
    for path in ["hang", "drip"] {
        let limits = Limits { time: Duration::from_millis(300), ..LIMITS };
        let url = Url::parse(&format!("http://acme.test/{path}")).unwrap();
        let late = client.get(url, "*/*", limits).await.unwrap_err();
        assert!(
            matches!(&late, RequestError::Failed(why) if why.contains("did not respond within")),
            "{late:?}"
        );
    }
}

#[tokio::test]
async fn who_cannot_be_reached_is_told_apart() {
    // Nobody listens where somebody just did.
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let client =
        Outgoing::new(AddressPolicy::Public, &HashMap::from([("acme.test".to_owned(), address)]))
            .unwrap();
    for url in ["http://acme.test/", "https://acme.test/", "http://no-such-name.invalid/"] {
        let trouble = get(&client, url).await.unwrap_err();
        assert!(matches!(trouble, RequestError::Unreachable(_)), "{url}: {trouble:?}");
    }
    // Somebody who does not speak TLS is nobody to https.
    let server = Server::start().await;
    let trouble = get(&server.client(), "https://acme.test/").await.unwrap_err();
    assert!(matches!(trouble, RequestError::Unreachable(_)), "{trouble:?}");
}

#[tokio::test]
async fn private_addresses_are_refused_in_every_spelling() {
    let server = Server::start().await;
    let client = Outgoing::new(AddressPolicy::Public, &HashMap::new()).unwrap();
    let port = server.address.port();
    for url in [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://0x7f000001/",
        "http://017700000001/",
        "http://[::1]/",
        "http://[::ffff:7f00:1]/",
        "http://[64:ff9b::a00:1]/",
        "http://10.1.2.3/",
        "http://169.254.169.254/",
        "http://0.0.0.0/",
        "http://localhost/",
        "https://LOCALHOST/",
        "http://ann:secret@example.com/",
        "ftp://example.com/",
        &format!("http://localhost:{port}/"),
        &format!("http://8.8.8.8:{port}/"),
    ] {
        let trouble = get(&client, url).await.unwrap_err();
        assert!(matches!(trouble, RequestError::NotAllowed(_)), "{url}: {trouble:?}");
    }
    assert!(server.heads.lock().unwrap().is_empty());
    let open = Outgoing::new(AddressPolicy::Anywhere, &HashMap::new()).unwrap();
    assert_eq!(get(&open, &format!("http://127.0.0.1:{port}/")).await.unwrap().body, b"hello");
    assert_eq!(get(&open, &format!("http://localhost:{port}/")).await.unwrap().body, b"hello");
}

/// Answers with the next list of addresses each time it is asked.
struct Moody {
    lists: Vec<Vec<SocketAddr>>,
    asked: AtomicUsize,
}

impl Resolve for Moody {
    fn resolve(&self, _: Name) -> Resolving {
        let turn = self.asked.fetch_add(1, Ordering::Relaxed);
        let list = self.lists[turn.min(self.lists.len() - 1)].clone();
        Box::pin(async move { Ok(Box::new(list.into_iter()) as Addrs) })
    }
}

#[tokio::test]
async fn a_name_that_changes_its_mind_gains_nothing() {
    let (first, second) = (Server::start().await, Server::start().await);
    let moody = Arc::new(Moody {
        lists: vec![vec![first.address], vec![second.address]],
        asked: AtomicUsize::new(0),
    });
    let open =
        Outgoing::with_names(AddressPolicy::Anywhere, &HashMap::new(), moody.clone()).unwrap();
    get(&open, "http://rebinding.test/").await.unwrap();
    assert_eq!(moody.asked.load(Ordering::Relaxed), 1, "what was checked is what is called");
    assert_eq!((first.heads.lock().unwrap().len(), second.heads.lock().unwrap().len()), (1, 0));

    let public: SocketAddr = "93.184.216.34:0".parse().unwrap();
    for list in [
        vec![second.address],
        vec![public, second.address],
        vec!["[::ffff:10.0.0.1]:0".parse().unwrap()],
    ] {
        let names = Arc::new(Moody { lists: vec![list], asked: AtomicUsize::new(0) });
        let guarded = Outgoing::with_names(AddressPolicy::Public, &HashMap::new(), names).unwrap();
        let trouble = get(&guarded, "http://rebinding.test/").await.unwrap_err();
        assert_eq!(trouble, RequestError::NotAllowed(NOT_PUBLIC.to_owned()));
    }
    assert_eq!(second.heads.lock().unwrap().len(), 0);
}
