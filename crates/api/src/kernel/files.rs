//! The file store: uploads of imports, results of exports, logos. A folder below the data folder,
//! or an object store that instances share.

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

/// Bytes of a file that are kept in memory during a transfer.
const CHUNK_SIZE: usize = 1024 * 1024;

/// The files of this deployment. Cheap to clone.
#[derive(Clone)]
pub struct Files(Arc<dyn ObjectStore>);

/// The upload of an import.
pub fn upload_of(organization: OrganizationId, job: JobId) -> Path {
    Path::from(format!("organizations/{organization}/jobs/{job}/upload"))
}

/// The folder of an organization, or of one of its partners.
pub fn folder_of(organization: OrganizationId, partner: Option<PartnerId>) -> Path {
    match partner {
        None => Path::from(format!("organizations/{organization}")),
        Some(partner) => Path::from(format!("organizations/{organization}/partners/{partner}")),
    }
}

/// The record to which a file belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileOwner {
    /// A logo with this version.
    Partner(PartnerId, String),
    Job(JobId),
}

/// The record to which the file at a path belongs; `None` if this server did not write it.
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

/// The folder of a job.
pub fn job_folder_of(organization: OrganizationId, job: JobId) -> Path {
    Path::from(format!("organizations/{organization}/jobs/{job}"))
}

/// The folder for the parts of an export in progress.
pub fn parts_of(organization: OrganizationId, job: JobId) -> Path {
    Path::from(format!("organizations/{organization}/jobs/{job}/parts"))
}

/// The path of one part; see [`parts_of`].
pub fn part_of(organization: OrganizationId, job: JobId, part: &str) -> Path {
    Path::from(format!("organizations/{organization}/jobs/{job}/parts/{part}"))
}

/// The path of the result of a job.
pub fn result_of(organization: OrganizationId, job: JobId) -> Path {
    Path::from(format!("organizations/{organization}/jobs/{job}/result"))
}

impl Files {
    /// Opens `s3://bucket/prefix` (with the usual `AWS_` variables), `file:///folder`, or `files`
    /// below the data folder.
    ///
    /// # Errors
    /// The reason why the store cannot be used, for the operator.
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
            .with_context(|| format!("cannot create the folder {}", folder.display()))?;
        let folder = LocalFileSystem::new_with_prefix(&folder)
            .with_context(|| format!("cannot store files in {}", folder.display()))?
            // Deletes folders that become empty, because each job and partner has its own.
            .with_automatic_cleanup(true);
        Ok(Self(Arc::new(folder)))
    }

    /// Stores a small file.
    ///
    /// # Errors
    /// `unavailable` while the store does not respond, as for all that follow.
    pub async fn put(&self, path: &Path, bytes: Bytes) -> Result<()> {
        self.0.put(path, bytes.into()).await.map(drop).map_err(away)
    }

    /// Stores a local file, piece by piece.
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

    /// Copies a file to this machine, positioned at its beginning. It is deleted when the handle is
    /// dropped.
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

    /// Returns the size of a file and its bytes, piece by piece.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn stream(&self, path: &Path) -> Result<(u64, BoxStream<'static, Result<Bytes>>)> {
        let found = self.0.get(path).await.map_err(away)?;
        Ok((found.meta.size, found.into_stream().map(|piece| piece.map_err(away)).boxed()))
    }

    /// Writes a file piece by piece; it exists after it is closed.
    pub fn writer(&self, path: &Path) -> FileWriter {
        // S3 accepts no part below 5 MiB except the last.
        FileWriter(BufWriter::with_capacity(Arc::clone(&self.0), path.clone(), 5 * CHUNK_SIZE))
    }

    /// Lists the files below a folder that are older than this, in groups of at most `most`.
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
    /// `unavailable`; some files may be erased then.
    pub async fn delete_folder(&self, folder: &Path) -> Result<()> {
        let mut all = self.0.list(Some(folder));
        while let Some(file) = all.next().await {
            match file {
                Ok(file) => self.delete(&file.location).await?,
                // Another process has erased it meanwhile.
                Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(away(error)),
            }
        }
        Ok(())
    }

    /// Erases a file; a missing file is not an error.
    pub async fn delete(&self, path: &Path) -> Result<()> {
        match self.0.delete(path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(away(error)),
        }
    }
}

/// Creates a folder that other accounts of this machine cannot read. The mode of an existing folder
/// is not changed.
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
    /// Completes the file, which exists from then on.
    pub async fn close(mut self) -> Result<()> {
        self.0.shutdown().await.map_err(|error| Error::Unavailable(error.into()))
    }
    /// Discards the file, which then never existed.
    pub async fn throw_away(mut self) {
        if let Err(error) = self.0.abort().await {
            tracing::debug!(%error, "could not discard an incomplete file");
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
