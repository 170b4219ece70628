//! A small HTTP/1.1 server on loopback that says exactly what a test wants it to say, true or not.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// What is answered.
#[derive(Clone)]
pub enum Reply {
    /// 200 with Content-Length.
    Ok(Vec<u8>),
    /// Bytes as they are; then the connection is closed.
    Raw(Vec<u8>),
    /// 200 in chunks of this size.
    Chunked(Vec<u8>, usize),
    /// 200 in chunks, until the other side has had enough.
    Endless,
    /// Another status, with a Location.
    Redirect(u16, String),
    /// Nothing, for a long time.
    Silence,
    /// 200 with Content-Length, one byte at a time.
    Trickle(Vec<u8>),
}

/// 200 with a header of one's own and everything else right.
pub fn with_header(header: &str, body: &[u8]) -> Reply {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{header}\r\n\r\n", body.len());
    Reply::Raw([head.as_bytes(), body].concat())
}

/// Another status.
pub fn status(status: u16) -> Reply {
    Reply::Raw(format!("HTTP/1.1 {status} No\r\nContent-Length: 2\r\n\r\nno").into_bytes())
}

type Routes = Arc<Mutex<HashMap<String, Reply>>>;

/// Runs until the test ends.
pub struct Server {
    /// `http://127.0.0.1:port`, without a slash.
    pub origin: String,
    routes: Routes,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// In clear.
    pub fn start() -> Server {
        Server::listen(None)
    }

    /// Over TLS, with a certificate of `vectors/ca.pem` for 127.0.0.1.
    pub fn start_tls() -> Server {
        let read = |name: &str| super::vector(name);
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&read("server.pem")).map(Result::unwrap).collect();
        let key = PrivateKeyDer::from_pem_slice(&read("server-key.pem")).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        Server::listen(Some(Arc::new(config)))
    }

    fn listen(tls: Option<Arc<rustls::ServerConfig>>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let origin = format!("{scheme}://{}", listener.local_addr().unwrap());
        let (routes, asked) = (Routes::default(), Arc::new(Mutex::new(Vec::new())));
        let server = Server { origin, routes: routes.clone(), asked: asked.clone() };
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (Ok(stream), routes, asked, tls) = (stream, routes.clone(), asked.clone(), tls.clone()) else {
                    return;
                };
                thread::spawn(move || {
                    let _ = match tls {
                        None => serve(stream, &routes, &asked),
                        Some(config) => {
                            let connection = rustls::ServerConnection::new(config).unwrap();
                            serve(rustls::StreamOwned::new(connection, stream), &routes, &asked)
                        }
                    };
                });
            }
        });
        server
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// From now on this is answered there.
    pub fn put(&self, path: &str, reply: Reply) {
        self.routes.lock().unwrap().insert(path.to_owned(), reply);
    }

    /// Paths that were asked for, in order.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(mut stream: impl Read + Write, routes: &Routes, asked: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut reader = BufReader::with_capacity(1, &mut stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    asked.lock().unwrap().push(path.clone());
    let reply = routes.lock().unwrap().get(&path).cloned().unwrap_or_else(|| status(404));
    answer(&mut stream, reply)
}

fn answer(stream: &mut impl Write, reply: Reply) -> std::io::Result<()> {
    let head = |n: usize| format!("HTTP/1.1 200 OK\r\nContent-Length: {n}\r\nConnection: close\r\n\r\n");
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    match reply {
        Reply::Ok(body) => {
            stream.write_all(head(body.len()).as_bytes())?;
            stream.write_all(&body)?;
        }
        Reply::Raw(bytes) => stream.write_all(&bytes)?,
        Reply::Chunked(body, size) => {
            stream.write_all(chunked.as_bytes())?;
            for chunk in body.chunks(size) {
                write!(stream, "{:x}\r\n", chunk.len())?;
                stream.write_all(chunk)?;
                stream.write_all(b"\r\n")?;
            }
            stream.write_all(b"0\r\n\r\n")?;
        }
        Reply::Endless => {
            stream.write_all(chunked.as_bytes())?;
            let chunk = vec![b' '; 0x4000];
            loop {
                stream.write_all(b"4000\r\n")?;
                stream.write_all(&chunk)?;
                stream.write_all(b"\r\n")?;
            }
        }
        Reply::Redirect(status, to) => {
            write!(
                stream,
                "HTTP/1.1 {status} Moved\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )?;
        }
        Reply::Silence => thread::sleep(Duration::from_secs(20)),
        Reply::Trickle(body) => {
            stream.write_all(head(body.len()).as_bytes())?;
            for b in body {
                stream.write_all(&[b])?;
                stream.flush()?;
                thread::sleep(Duration::from_millis(50));
            }
        }
    }
    stream.flush()
}
