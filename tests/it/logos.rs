//! Logos.

use std::{
    io::Cursor,
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime},
};

use harness::{Answer, Client, Organization, instance};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use reqwest::Method;
use serde_json::Value;

use crate::partners::{path, plain};

/// A picture of one colour.
pub fn picture(width: u32, height: u32, shade: u8, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(RgbImage::from_pixel(width, height, Rgb([shade, 20, 30])))
        .write_to(&mut bytes, format)
        .unwrap();
    bytes.into_inner()
}

/// A small file that promises 49 million pixels.
pub fn bomb() -> Vec<u8> {
    let mut bytes = picture(10, 10, 1, ImageFormat::Jpeg);
    // The header of the frame: marker, length, precision, then height and width.
    let frame = bytes.windows(2).position(|word| word == [0xff, 0xc0]).unwrap();
    bytes[frame + 5..frame + 9].copy_from_slice(&[0x1b, 0x58, 0x1b, 0x58]);
    bytes
}

pub async fn upload(client: &Client, partner: &Answer, kind: &str, bytes: Vec<u8>) -> Answer {
    let path = format!("{}/logo", path(partner));
    client
        .send(Method::PUT, &path, |request| request.header("content-type", kind).body(bytes))
        .await
}

/// The path and query of the address that a partner shows.
pub fn address(partner: &Answer) -> String {
    let url = partner.body["logo_url"].as_str().unwrap();
    url[url.find("/v1/").unwrap()..].to_owned()
}

#[tokio::test]
async fn a_logo_is_uploaded_served_replaced_and_removed() {
    let org = Organization::new().await;
    let made = plain(&org.owner, "Acme").await;
    let logo = format!("{}/logo", path(&made));
    org.owner.get(&logo).await.problem(404, "not_found");

    let first = upload(&org.owner, &made, "image/jpeg", picture(1_000, 500, 10, ImageFormat::Jpeg))
        .await
        .expect(200);
    assert_eq!(
        (first.version(), &first.body["logo_source"], first.header("etag")),
        (2, &Value::from("uploaded"), "\"2\"")
    );
    let served = org.owner.get(&address(&first)).await.expect(200);
    assert_eq!(served.header("content-type"), "image/png");
    assert_eq!(served.header("cache-control"), "private, max-age=31536000, immutable");
    let shown = image::load_from_memory(&served.bytes).unwrap();
    assert_eq!((shown.width(), shown.height()), (512, 256));
    org.owner.with("if-none-match", served.header("etag")).get(&address(&first)).await.expect(304);
    let of_now = org.owner.get(&logo).await.expect(200);
    assert_eq!(
        (of_now.bytes == served.bytes, of_now.header("cache-control")),
        (true, "private, no-cache")
    );

    let same = upload(&org.owner, &made, "image/jpeg", picture(1_000, 500, 10, ImageFormat::Jpeg))
        .await
        .expect(200);
    assert_eq!(
        (same.version(), address(&same)),
        (2, address(&first)),
        "the same picture changes nothing"
    );
    assert_eq!(org.owner.get(&address(&first)).await.expect(200).bytes, served.bytes);

    // The bytes decide, not what the header says.
    let second = upload(&org.owner, &made, "image/png", picture(64, 64, 200, ImageFormat::WebP))
        .await
        .expect(200);
    assert_ne!(address(&second), address(&first));
    org.owner.get(&address(&first)).await.problem(404, "not_found");
    org.owner.get(&address(&second)).await.expect(200);

    let other = Organization::new().await;
    other.owner.get(&address(&second)).await.problem(404, "not_found");
    org.member("viewer").await.get(&address(&second)).await.expect(200);

    org.owner.with("if-match", "\"1\"").delete(&logo).await.problem(412, "version_mismatch");
    let removed = org.owner.delete(&logo).await.expect(200);
    assert_eq!(
        (removed.version(), &removed.body["logo_url"], &removed.body["logo_source"]),
        (4, &Value::Null, &Value::Null)
    );
    org.owner.get(&address(&second)).await.problem(404, "not_found");
    assert_eq!(org.owner.delete(&logo).await.expect(200).version(), 4);
    let events = org.owner.all(&format!("{}/events?types=partner.updated", path(&made))).await;
    assert_eq!(events.len(), 3);
    assert!(
        events[0]["data"]["changes"]["logo_url"]["to"]
            .as_str()
            .unwrap()
            .ends_with(&address(&first))
    );
}

#[tokio::test]
async fn only_pictures_of_a_sensible_size_are_taken() {
    let org = Organization::new().await;
    let made = plain(&org.owner, "Acme").await;
    let png = picture(10, 10, 1, ImageFormat::Png);
    upload(
        &org.owner,
        &made,
        "image/svg+xml",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(),
    )
    .await
    .problem(422, "image_unreadable");
    upload(&org.owner, &made, "image/png", Vec::new()).await.problem(422, "image_unreadable");
    upload(&org.owner, &made, "image/png", png[..40].to_vec())
        .await
        .problem(422, "image_unreadable");
    upload(&org.owner, &made, "image/png", bomb()).await.problem(422, "image_unreadable");
    upload(&org.owner, &made, "text/plain", png.clone())
        .await
        .problem(415, "unsupported_media_type");
    upload(&org.owner, &made, "image/png", vec![0; (1 << 20) + 1])
        .await
        .problem(413, "body_too_large");
    let stale = upload(&org.owner.with("if-match", "\"9\""), &made, "image/png", png.clone()).await;
    stale.problem(412, "version_mismatch");
    upload(&org.owner.with("if-match", "\"1\""), &made, "image/png", png.clone()).await.expect(200);
    let viewer = org.member("viewer").await;
    upload(&viewer, &made, "image/png", png.clone()).await.problem(403, "insufficient_role");
    org.owner.delete(&path(&made)).await.expect(204);
    upload(&org.owner, &made, "image/png", png).await.problem(404, "not_found");
}

/// The files of an organization, as the server keeps them.
fn folder(org: &Organization) -> PathBuf {
    instance().folder.join("files/organizations").join(org.id.to_string())
}

fn logos_below(folder: &Path) -> usize {
    std::fs::read_dir(folder.join("logo")).map_or(0, Iterator::count)
}

/// A file that was put there so many hours ago.
fn aged(path: &Path, hours: u64) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let file = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(hours * 3_600)).unwrap();
}

/// The daily work of an organization, now and to its end.
async fn keep_house(org: &Organization) {
    let task = domain::jobs::NewTask::new("housekeeping", Value::Null)
        .unique("housekeeping")
        .lane(domain::jobs::Lane::Housekeeping);
    org.in_database(async |tx| persistence::tasks::enqueue(tx, &task).await).await;
    let left = "SELECT count(*)::text FROM tasks WHERE kind = 'housekeeping' \
        AND organization_id = current_organization()";
    let since = Instant::now();
    while org.sql(left).await != [Some("0".to_owned())] {
        assert!(since.elapsed() < Duration::from_secs(60), "housekeeping does not end");
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
}

#[tokio::test]
async fn the_files_of_partners_go_with_them_and_those_that_nobody_names_go_too() {
    let org = Organization::new().await;
    let (gone, kept) = (plain(&org.owner, "Gone").await, plain(&org.owner, "Kept").await);
    for partner in [&gone, &kept] {
        let png = picture(10, 10, 1, ImageFormat::Png);
        upload(&org.owner, partner, "image/png", png).await.expect(200);
    }
    let of = |partner: &Answer| folder(&org).join("partners").join(partner.id());
    assert_eq!((logos_below(&of(&gone)), logos_below(&of(&kept))), (1, 1));
    org.owner.delete(&path(&gone)).await.expect(204);
    org.sql(
        "UPDATE partners SET deleted_at = now() - interval '31 days' WHERE deleted_at IS NOT NULL",
    )
    .await;
    let logo = std::fs::read_dir(of(&kept).join("logo")).unwrap().next().unwrap().unwrap().path();
    aged(&logo, 48);
    let replaced = of(&kept).join("logo/0123456789ab-01234567");
    aged(&replaced, 48);
    let young = of(&kept).join("logo/0123456789ab-89abcdef");
    aged(&young, 1);
    let upload = folder(&org).join(format!("jobs/{}/upload", domain::ids::JobId::new()));
    aged(&upload, 48);
    let elsewhere = folder(&org).join("somebody/elses");
    aged(&elsewhere, 48);

    keep_house(&org).await;
    assert_eq!(
        org.sql(
            "SELECT count(*)::text FROM partners WHERE organization_id = current_organization()"
        )
        .await,
        [Some("1".to_owned())]
    );
    assert!(!of(&gone).join("logo").exists(), "the logo of a partner that is erased");
    assert!(logo.exists(), "the logo that the partner shows");
    assert!(!replaced.exists(), "a logo that no partner shows");
    assert!(young.exists(), "a file whose row may still be written");
    assert!(!upload.exists(), "the upload of a job that does not exist");
    assert!(elsewhere.exists(), "what this server did not put there");
    let shown = org.owner.get(&format!("{}/logo", path(&kept))).await.expect(200);
    assert_eq!(shown.header("content-type"), "image/png");
}
