//! Where files are kept: uploads of imports, results of exports, logos. A folder below the data
//! folder, or an object store that several instances share.

use std::{os::unix::fs::PermissionsExt, path::Path as LocalPath, sync::Arc};

use actix_web::web::Bytes;
use anyhow::Context;
use chrono::{TimeDelta, Utc};
use domain::{
    Error, Result,
    ids::{JobId, OrganizationId, PartnerId},
};
use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{
    ObjectStore, ObjectStoreExt, aws::AmazonS3Builder, buffered::BufWriter, local::LocalFileSystem,
    path::Path, prefix::PrefixStore,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Bytes that are held in memory of a file on its way.
const CHUNK_SIZE: usize = 1024 * 1024;

/// The files of this deployment. Cheap to clone.
#[derive(Clone)]
pub struct Files(Arc<dyn ObjectStore>);

/// The upload of an import.
pub fn upload_of(organization: OrganizationId, job: JobId) -> Path {
    Path::from(format!("organizations/{organization}/jobs/{job}/upload"))
}

/// Everything of an organization, or of one of its partners.
pub fn folder_of(organization: OrganizationId, partner: Option<PartnerId>) -> Path {
    match partner {
        None => Path::from(format!("organizations/{organization}")),
        Some(partner) => Path::from(format!("organizations/{organization}/partners/{partner}")),
    }
}

/// What a file belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileOwner {
    /// A logo of this version.
    Partner(PartnerId, String),
    Job(JobId),
}

/// What the file at a path belongs to; none of what was not put there by this server.
pub fn owner_of(path: &Path) -> Option<FileOwner> {
    let parts: Vec<String> = path.parts().map(|part| part.as_ref().to_owned()).collect();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["organizations", _, "partners", partner, "logo", version] => {
            Some(FileOwner::Partner(partner.parse().ok()?, (*version).to_owned()))
        }
        ["organizations", _, "jobs", job, "upload" | "result"]
        | ["organizations", _, "jobs", job, "parts", _] => Some(FileOwner::Job(job.parse().ok()?)),
        _ => None,
    }
}

/// Everything of a job.
pub fn job_folder_of(organization: OrganizationId, job: JobId) -> Path {
    Path::from(format!("organizations/{organization}/jobs/{job}"))
}

/// The parts of the file that a job is at, and one of them.
pub fn parts_of(organization: OrganizationId, job: JobId) -> Path {
    Path::from(format!("organizations/{organization}/jobs/{job}/parts"))
}

/// See [`parts_of`].
pub fn part_of(organization: OrganizationId, job: JobId, part: &str) -> Path {
    Path::from(format!("organizations/{organization}/jobs/{job}/parts/{part}"))
}

/// The file that a job leaves behind.
pub fn result_of(organization: OrganizationId, job: JobId) -> Path {
    Path::from(format!("organizations/{organization}/jobs/{job}/result"))
}

impl Files {
    /// Opens `s3://bucket/prefix` (with the usual `AWS_` variables), `file:///folder`, or `files`
    /// below the data folder.
    ///
    /// # Errors
    /// Why the place cannot be used, in words for people.
    pub fn open(url: Option<&str>, data_dir: &LocalPath) -> anyhow::Result<Self> {
        let folder = match url {
            None => data_dir.join("files"),
            Some(url) if url.starts_with("s3://") => {
                let bucket = AmazonS3Builder::from_env()
                    .with_url(url)
                    .build()
                    .context("PARTNEROS_OBJECT_STORE_URL")?;
                let prefix = url
                    .trim_start_matches("s3://")
                    .split_once('/')
                    .map_or("", |(_, prefix)| prefix);
                return Ok(Self(Arc::new(PrefixStore::new(bucket, Path::from(prefix)))));
            }
            Some(url) => url.trim_start_matches("file://").into(),
        };
        private_folder(&folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        let folder = LocalFileSystem::new_with_prefix(&folder)
            .with_context(|| format!("cannot keep files in {}", folder.display()))?
            // Folders that become empty go with their last file: each job and partner has one of
            // its own.
            .with_automatic_cleanup(true);
        Ok(Self(Arc::new(folder)))
    }

    /// Keeps a small file.
    ///
    /// # Errors
    /// `unavailable` while the place is away, as for all that follow.
    pub async fn put(&self, path: &Path, bytes: Bytes) -> Result<()> {
        self.0.put(path, bytes.into()).await.map(drop).map_err(away)
    }

    /// Keeps a file of this machine, piece by piece.
    pub async fn upload(&self, path: &Path, file: std::fs::File) -> Result<()> {
        let mut file = tokio::fs::File::from_std(file);
        let mut writer = self.writer(path);
        let mut piece = vec![0; 65_536];
        loop {
            match file.read(&mut piece).await? {
                0 => return writer.close().await,
                read => writer.write(&piece[..read]).await?,
            }
        }
    }

    /// A copy on this machine that goes away with its handle. It stands at its beginning.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn download(&self, path: &Path) -> Result<std::fs::File> {
        let mut stream = self.stream(path).await?.1;
        let copy =
            tokio::task::spawn_blocking(tempfile::tempfile).await.map_err(Error::internal)??;
        let mut file = tokio::fs::File::from_std(copy);
        while let Some(piece) = stream.next().await {
            file.write_all(&piece?).await?;
        }
        file.flush().await?;
        tokio::io::AsyncSeekExt::rewind(&mut file).await?;
        Ok(file.into_std().await)
    }

    /// The size of a file and its bytes, piece by piece.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn stream(&self, path: &Path) -> Result<(u64, BoxStream<'static, Result<Bytes>>)> {
        let found = self.0.get(path).await.map_err(away)?;
        Ok((found.meta.size, found.into_stream().map(|piece| piece.map_err(away)).boxed()))
    }

    /// Writes a file piece by piece; it exists once it is closed.
    pub fn writer(&self, path: &Path) -> FileWriter {
        // S3 takes no part below 5 MiB but the last.
        FileWriter(BufWriter::with_capacity(Arc::clone(&self.0), path.clone(), 5 * CHUNK_SIZE))
    }

    /// The files below a folder that have lain there for so long, in groups of at most `most`.
    pub fn older(
        &self,
        folder: &Path,
        age: TimeDelta,
        most: usize,
    ) -> BoxStream<'static, Result<Vec<Path>>> {
        let before = Utc::now() - age;
        let all = self.0.list(Some(folder)).map_err(away);
        let old = all.try_filter_map(move |file| {
            let old = (file.last_modified <= before).then_some(file.location);
            std::future::ready(Ok(old))
        });
        old.try_chunks(most).map_err(|error| error.1).boxed()
    }

    /// Erases everything below a folder.
    ///
    /// # Errors
    /// `unavailable`; some may be gone then.
    pub async fn delete_folder(&self, folder: &Path) -> Result<()> {
        let mut all = self.0.list(Some(folder));
        while let Some(file) = all.next().await {
            match file {
                Ok(file) => self.delete(&file.location).await?,
                // Somebody else has erased it meanwhile.
                Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(away(error)),
            }
        }
        Ok(())
    }

    /// Erases a file; one that is not there is no fault.
    pub async fn delete(&self, path: &Path) -> Result<()> {
        match self.0.delete(path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(away(error)),
        }
    }
}

/// Whoever else has an account on this machine has no business with what was uploaded. A folder
/// that exists stays as its owner wants it.
fn private_folder(folder: &LocalPath) -> std::io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    std::fs::create_dir_all(folder)?;
    std::fs::set_permissions(folder, PermissionsExt::from_mode(0o700))
}

/// A file that is being written.
pub struct FileWriter(BufWriter);

impl FileWriter {
    pub async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.0.write_all(bytes).await.map_err(|error| Error::Unavailable(error.into()))
    }
    /// From now on it exists.
    pub async fn close(mut self) -> Result<()> {
        self.0.shutdown().await.map_err(|error| Error::Unavailable(error.into()))
    }
    /// It never existed.
    pub async fn throw_away(mut self) {
        if let Err(error) = self.0.abort().await {
            tracing::debug!(%error, "a part of a file is left behind");
        }
    }
}

fn away(error: object_store::Error) -> Error {
    match error {
        object_store::Error::NotFound { .. } => Error::not_found(),
        other => Error::Unavailable(other.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Seek, Write};

    use super::*;

    #[actix_web::test]
    async fn files_come_back_as_they_were_kept_and_go_away() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(None, folder.path()).unwrap();
        let path = upload_of(OrganizationId::new(), JobId::new());
        assert_eq!(
            files.stream(&path).await.map(|_| ()).unwrap_err().code(),
            domain::Code::NotFound
        );
        let bytes: Vec<u8> = (0..7_000_000_u32).map(|n| n as u8).collect();
        let mut local = tempfile::tempfile().unwrap();
        local.write_all(&bytes).unwrap();
        local.rewind().unwrap();
        files.upload(&path, local).await.unwrap();
        let mut back = Vec::new();
        files.download(&path).await.unwrap().read_to_end(&mut back).unwrap();
        assert!(back == bytes);
        files.delete(&path).await.unwrap();
        files.delete(&path).await.unwrap();
        let mut writer = files.writer(&path);
        writer.write(b"half").await.unwrap();
        writer.throw_away().await;
        assert!(files.download(&path).await.is_err());
    }
}
