//! The only file that opens a connection. HTTPS with Mozilla's root certificates compiled in: what an administrator, a
//! state or malware adds to the machine's own list does not count, and every machine gives the same answer.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use ureq::http::{Response, header};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body};

use super::index::{Entry, MAX_INDEX_BYTES, MAX_SIGNATURE_BYTES};
use super::source::{FetchError, Source};
use super::url::{Scheme, Url, UrlError};

/// Redirects followed for one file.
const MAX_REDIRECTS: usize = 5;
/// Wait for a connection at the most.
const CONNECT: Duration = Duration::from_secs(15);
/// Longest silence while something is coming.
const SILENCE: Duration = Duration::from_secs(30);
/// Bytes of the header of an answer at the most.
const MAX_HEADER: usize = 32 << 10;
/// Bytes of a file with certificates at the most.
const MAX_PEM: u64 = 1 << 20;

/// Speaks HTTP, carefully.
pub struct Http {
    secure: Agent,
    /// For this machine's own address: never by way of a proxy.
    plain: Agent,
    /// How long one file may take.
    whole: Duration,
    loopback: bool,
}

impl Http {
    /// `ca` are certificates (PEM) to trust in place of the compiled-in ones; `loopback` allows plain HTTP to addresses
    /// of this machine.
    ///
    /// # Errors
    /// `ca` holds no certificate.
    pub fn new(whole: Duration, ca: Option<&[u8]>, loopback: bool) -> Result<Http, String> {
        let roots = match ca {
            None => RootCerts::WebPki,
            Some(pem) => certificates(pem)?,
        };
        let builder = || {
            Agent::config_builder()
                .tls_config(TlsConfig::builder().root_certs(roots.clone()).build())
                .http_status_as_error(false)
                .max_redirects(0)
                .max_redirects_will_error(false)
                .max_response_header_size(MAX_HEADER)
                .max_idle_connections_per_host(1)
                .timeout_connect(Some(CONNECT.min(whole)))
                .timeout_per_read(Some(SILENCE.min(whole)))
                .user_agent("vigie")
                .accept("*/*")
                .accept_encoding("identity")
        };
        Ok(Http {
            secure: builder().https_only(true).build().new_agent(),
            plain: builder().proxy(None).build().new_agent(),
            whole,
            loopback,
        })
    }

    /// Writes what is at an address, all of it or an error.
    ///
    /// # Errors
    /// It cannot be got, leads elsewhere, or is more than `limit` bytes.
    pub fn get(&self, url: &Url, limit: u64, to: &mut dyn Write) -> Result<(), FetchError> {
        let deadline = Instant::now() + self.whole;
        let mut at = url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let response = self.ask(&at, deadline)?;
            match response.status().as_u16() {
                200 => return self.body(&at, response, limit, to),
                301 | 302 | 303 | 307 | 308 => at = next(&at, &response)?,
                status => return Err(FetchError::Status { url: at.to_string(), status }),
            }
        }
        Err(FetchError::Redirects { url: url.to_string(), limit: MAX_REDIRECTS })
    }

    fn get_text(&self, url: &Url, limit: usize) -> Result<String, FetchError> {
        let mut bytes = Vec::new();
        self.get(url, limit as u64, &mut bytes)?;
        String::from_utf8(bytes)
            .map_err(|_| FetchError::Network { url: url.to_string(), why: "expected text, found other bytes".into() })
    }

    fn ask(&self, url: &Url, deadline: Instant) -> Result<Response<Body>, FetchError> {
        let agent = match url.scheme() {
            Scheme::Https => &self.secure,
            Scheme::Http if self.loopback && url.is_loopback() => &self.plain,
            Scheme::Http => {
                let why = "not HTTPS: on its way anybody could change it".to_owned();
                return Err(UrlError { url: url.to_string(), why }.into());
            }
        };
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(self.timeout(url));
        }
        tracing::debug!(%url, "asking");
        let request = agent.get(url.to_string()).config().timeout_global(Some(left)).build();
        request.call().map_err(|e| self.explain(url, &e, 0, None))
    }

    fn body(&self, url: &Url, response: Response<Body>, limit: u64, to: &mut dyn Write) -> Result<(), FetchError> {
        let text = |name| response.headers().get(name).map(|v| String::from_utf8_lossy(v.as_bytes()).trim().to_owned());
        if let Some(encoding) = text(header::CONTENT_ENCODING).filter(|e| !e.eq_ignore_ascii_case("identity")) {
            return Err(FetchError::Encoded { url: url.to_string(), encoding });
        }
        let chunked = text(header::TRANSFER_ENCODING).is_some_and(|t| t.to_ascii_lowercase().contains("chunked"));
        let said = text(header::CONTENT_LENGTH).and_then(|l| l.parse::<u64>().ok()).filter(|_| !chunked);
        if !chunked && said.is_none() {
            return Err(FetchError::Unframed { url: url.to_string() });
        }
        if said.is_some_and(|s| s > limit) {
            return Err(FetchError::TooLarge { url: url.to_string(), said, limit });
        }
        let mut reader = response.into_body().into_reader();
        let mut buffer = vec![0; 64 << 10];
        let mut got: u64 = 0;
        loop {
            let n = match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(self.explain(url, &ureq::Error::from(e), got, said)),
            };
            got += n as u64;
            if got > limit {
                return Err(FetchError::TooLarge { url: url.to_string(), said: None, limit });
            }
            to.write_all(&buffer[..n])?;
        }
        match said {
            Some(of) if of != got => Err(FetchError::Truncated { url: url.to_string(), got, of: said }),
            _ => Ok(()),
        }
    }

    fn timeout(&self, url: &Url) -> FetchError {
        FetchError::Timeout { url: url.to_string(), seconds: self.whole.as_secs() }
    }

    fn explain(&self, url: &Url, e: &ureq::Error, got: u64, of: Option<u64>) -> FetchError {
        match e {
            ureq::Error::Timeout(_) => self.timeout(url),
            ureq::Error::Io(e) if e.kind() == io::ErrorKind::TimedOut => self.timeout(url),
            // Before the first byte of an answer it is the network; inside one, the answer was cut.
            ureq::Error::Io(e) if e.kind() == io::ErrorKind::UnexpectedEof && (of.is_some() || got > 0) => {
                FetchError::Truncated { url: url.to_string(), got, of }
            }
            ureq::Error::HostNotFound => {
                FetchError::Network { url: url.to_string(), why: "there is no such host, or no network".into() }
            }
            other => FetchError::Network { url: url.to_string(), why: other.to_string() },
        }
    }
}

/// Where a redirect leads, if it may.
fn next(at: &Url, response: &Response<Body>) -> Result<Url, FetchError> {
    let location = response.headers().get(header::LOCATION).map(|v| String::from_utf8_lossy(v.as_bytes()).into_owned());
    let Some(location) = location else {
        let why = format!("HTTP status {} without a Location", response.status().as_u16());
        return Err(FetchError::Network { url: at.to_string(), why });
    };
    let to = at.join(&location)?;
    if at.may_lead_to(&to) {
        return Ok(to);
    }
    let downgrade = at.scheme() == Scheme::Https && to.scheme() == Scheme::Http;
    Err(FetchError::Redirect {
        url: at.to_string(),
        from: at.authority(),
        to: to.authority(),
        why: if downgrade { ": it leads from HTTPS into the clear" } else { ": it is another host" },
    })
}

fn certificates(pem: &[u8]) -> Result<RootCerts, String> {
    let mut found: Vec<Certificate<'static>> = Vec::new();
    for item in parse_pem(pem) {
        match item {
            Ok(PemItem::Certificate(c)) => found.push(c),
            Ok(_) => {}
            Err(e) => return Err(e.to_string()),
        }
    }
    match found.is_empty() {
        true => Err("no certificate (PEM) in it".to_owned()),
        false => Ok(RootCerts::from(found)),
    }
}

/// Reads a file with certificates.
///
/// # Errors
/// The system refused, or it is too large.
pub fn read_pem(path: &std::path::Path) -> io::Result<Vec<u8>> {
    read_small(path, MAX_PEM)
}

fn read_small(path: &std::path::Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > limit {
        true => Err(io::Error::new(io::ErrorKind::InvalidData, format!("more than {limit} bytes"))),
        false => Ok(bytes),
    }
}

/// Where an index is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexAt {
    /// On the network.
    Url(Url),
    /// On disk; its packs are on the network all the same.
    File(PathBuf),
}

/// An index, and packs that are fetched over HTTPS.
pub struct Web {
    http: Http,
    at: IndexAt,
    name: String,
}

impl Web {
    /// Nothing is asked for yet.
    ///
    /// # Errors
    /// `ca` holds no certificate, or the file of the index is not there.
    pub fn new(at: IndexAt, whole: Duration, ca: Option<&[u8]>) -> Result<Web, String> {
        let loopback = matches!(&at, IndexAt::Url(url) if url.scheme() == Scheme::Http && url.is_loopback());
        let name = match &at {
            IndexAt::Url(url) => url.to_string(),
            IndexAt::File(path) => {
                let whole = path.canonicalize().map_err(|e| format!("{}: {e}", path.display()))?;
                format!("file:{}", whole.display())
            }
        };
        Ok(Web { http: Http::new(whole, ca, loopback)?, at, name })
    }
}

impl Source for Web {
    fn name(&self) -> &str {
        &self.name
    }

    fn base(&self) -> Option<Url> {
        match &self.at {
            IndexAt::Url(url) => Some(url.clone()),
            IndexAt::File(_) => None,
        }
    }

    fn index(&mut self) -> Result<Vec<u8>, FetchError> {
        match &self.at {
            IndexAt::File(path) => Ok(read_small(path, MAX_INDEX_BYTES)?),
            IndexAt::Url(url) => {
                let mut bytes = Vec::new();
                self.http.get(url, MAX_INDEX_BYTES, &mut bytes)?;
                Ok(bytes)
            }
        }
    }

    fn index_signature(&mut self) -> Result<String, FetchError> {
        match &self.at {
            IndexAt::Url(url) => self.http.get_text(&url.with_suffix(".minisig")?, MAX_SIGNATURE_BYTES),
            IndexAt::File(path) => {
                let mut beside = path.clone().into_os_string();
                beside.push(".minisig");
                let bytes = read_small(beside.as_ref(), MAX_SIGNATURE_BYTES as u64)?;
                String::from_utf8(bytes).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e).into())
            }
        }
    }

    fn pack(&mut self, entry: &Entry, limit: u64, to: &mut dyn Write) -> Result<(), FetchError> {
        self.http.get(&entry.url, limit, to)
    }

    fn signature(&mut self, _: &Entry, url: &Url) -> Result<String, FetchError> {
        self.http.get_text(url, MAX_SIGNATURE_BYTES)
    }

    fn fetched(&self, _: &Entry) -> Option<String> {
        None
    }
}
