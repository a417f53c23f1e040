//! A server on the loopback that answers every request as a test wants it.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// The server, which ends when dropped.
pub(crate) struct Answers {
    /// Its address and port.
    pub(crate) at: String,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Answers {
    /// Starts it; the function gets the head of a request and the server's address, and gives the whole answer.
    pub(crate) fn start(answer: impl Fn(&str, &str) -> Vec<u8> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback has a free port");
        let at = listener.local_addr().expect("it listens").to_string();
        let is_over = Arc::new(AtomicBool::new(false));
        let (seen, own) = (is_over.clone(), at.clone());
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if seen.load(Ordering::Relaxed) {
                    break;
                }
                let mut stream = stream.expect("somebody asks");
                let head = head(&mut stream);
                // Whoever asked may have hung up.
                let _ = stream.write_all(&answer(&head, &own));
            }
        });
        Self { at, is_over, thread: Some(thread) }
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(&self.at);
        if let Some(thread) = self.thread.take() {
            thread.join().expect("it ends by itself");
        }
    }
}

fn head(stream: &mut TcpStream) -> String {
    let (mut text, mut byte) = (Vec::new(), [0]);
    while !text.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        text.push(byte[0]);
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// A whole answer.
pub(crate) fn page(status: u16, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n", body.len());
    for (name, value) in headers {
        write!(text, "{name}: {value}\r\n").expect("a text takes everything");
    }
    format!("{text}\r\n{body}").into_bytes()
}

/// A manifest, with what it says its digest is.
pub(crate) fn manifest(body: &str, digest: Option<&str>) -> Vec<u8> {
    let mut headers = vec![("Content-Type", "application/vnd.oci.image.index.v1+json")];
    headers.extend(digest.map(|digest| ("Docker-Content-Digest", digest)));
    page(200, &headers, body)
}
