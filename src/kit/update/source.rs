//! Where packs come from: the network, or a bundle that was carried here. Everything behind this is the same for both.

use std::io::{self, Write};

use super::index::Entry;
use super::url::{Url, UrlError};

/// Why something could not be got.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address is none, or one that is not followed.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// The network, the name, the certificate.
    #[error("{url}: {why}")]
    Network {
        /// What was asked for.
        url: String,
        /// What went wrong.
        why: String,
    },
    /// It took too long.
    #[error("{url}: not all of it came within {seconds} s (--timeout)")]
    Timeout {
        /// What was asked for.
        url: String,
        /// How long it was waited for.
        seconds: u64,
    },
    /// The server has something else to say.
    #[error("{url}: the server answers with HTTP status {status}, expected 200")]
    Status {
        /// What was asked for.
        url: String,
        /// The number.
        status: u16,
    },
    /// It leads elsewhere.
    #[error("{url}: {from} redirects to {to}, which is not followed{why}")]
    Redirect {
        /// What was asked for.
        url: String,
        /// Who sent us.
        from: String,
        /// Where to.
        to: String,
        /// More on that.
        why: &'static str,
    },
    /// It leads on and on.
    #[error("{url}: more than {limit} redirects (MAX_REDIRECTS)")]
    Redirects {
        /// What was asked for.
        url: String,
        /// How many are followed.
        limit: usize,
    },
    /// It is larger than allowed.
    #[error("{url}: {} bytes, at most {limit} are taken", said.map_or("more".to_owned(), |s| s.to_string()))]
    TooLarge {
        /// What was asked for.
        url: String,
        /// What the server says it is.
        said: Option<u64>,
        /// The limit.
        limit: u64,
    },
    /// It ended early.
    #[error("{url}: cut short after {got} bytes{}", of.map_or(String::new(), |o| format!(" of {o}")))]
    Truncated {
        /// What was asked for.
        url: String,
        /// What came.
        got: u64,
        /// What should have come.
        of: Option<u64>,
    },
    /// Nobody could tell whether all of it came.
    #[error("{url}: the answer has neither Content-Length nor chunks, so a cut one looks like a whole one")]
    Unframed {
        /// What was asked for.
        url: String,
    },
    /// It is packed in a way that was not asked for.
    #[error("{url}: encoded as {encoding}, which was not asked for")]
    Encoded {
        /// What was asked for.
        url: String,
        /// As the server says.
        encoding: String,
    },
    /// The bundle does not hold it.
    #[error("not in this bundle")]
    Absent,
    /// The bundle is not what was written.
    #[error("the bundle is damaged or was tampered with: {0}")]
    Damaged(String),
    /// What came cannot be written, or a file cannot be read.
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl FetchError {
    /// A short stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            FetchError::Url(_) => "url",
            FetchError::Network { .. } => "network",
            FetchError::Timeout { .. } => "timeout",
            FetchError::Status { .. } => "http-status",
            FetchError::Redirect { .. } | FetchError::Redirects { .. } => "redirect",
            FetchError::TooLarge { .. } => "too-large",
            FetchError::Truncated { .. } => "truncated",
            FetchError::Unframed { .. } => "unframed",
            FetchError::Encoded { .. } => "encoding",
            FetchError::Absent => "absent",
            FetchError::Damaged(_) => "bundle-damaged",
            FetchError::Io(_) => "io",
        }
    }

    /// True when something was offered and turned down; false when nothing whole was offered.
    #[must_use]
    pub fn refused(&self) -> bool {
        match self {
            FetchError::Url(_)
            | FetchError::Redirect { .. }
            | FetchError::Redirects { .. }
            | FetchError::TooLarge { .. }
            | FetchError::Unframed { .. }
            | FetchError::Encoded { .. }
            | FetchError::Damaged(_) => true,
            FetchError::Network { .. }
            | FetchError::Timeout { .. }
            | FetchError::Status { .. }
            | FetchError::Truncated { .. }
            | FetchError::Absent
            | FetchError::Io(_) => false,
        }
    }
}

/// Gives an index and its packs.
pub trait Source {
    /// What the index is known by in the lock file.
    fn name(&self) -> &str;

    /// Whether the user chose the index; a bundle names its own.
    fn is_chosen(&self) -> bool {
        true
    }

    /// The address of the index, where it has one.
    fn base(&self) -> Option<Url>;

    /// The bytes of the index.
    ///
    /// # Errors
    /// They cannot be got.
    fn index(&mut self) -> Result<Vec<u8>, FetchError>;

    /// The minisign signature of the index.
    ///
    /// # Errors
    /// There is none.
    fn index_signature(&mut self) -> Result<String, FetchError>;

    /// Writes a pack of at most `limit` bytes.
    ///
    /// # Errors
    /// It cannot be got, or only a part of it was.
    fn pack(&mut self, entry: &Entry, limit: u64, to: &mut dyn Write) -> Result<(), FetchError>;

    /// The minisign signature of a pack whose entry gives an address of it.
    ///
    /// # Errors
    /// There is none.
    fn signature(&mut self, entry: &Entry, url: &Url) -> Result<String, FetchError>;

    /// The day a pack was got from the network, where that was not now.
    fn fetched(&self, entry: &Entry) -> Option<String>;
}
