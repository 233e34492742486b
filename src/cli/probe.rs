//! Whether what listens at an address speaks HTTP/2.
//!
//! A failed call does not say: whether its error is a malformed frame or a closed connection
//! depends on which was noticed first.

use std::io;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;

/// What a client begins with (RFC 9113, section 3.4), and its settings, which are all the defaults.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
/// Length of a frame's head, in bytes (RFC 9113, section 4.1).
const HEAD: usize = 9;

/// What was found at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A server that speaks HTTP/2.
    Http2,
    /// Nothing that takes connections.
    Nothing,
    /// It takes connections, and says nothing within the time given.
    Silence,
    /// It says something else, or ends the connection.
    OtherProtocol,
}

/// Connects, and reads the beginning of the first answer.
pub(super) async fn probe(address: &str, limit: Duration) -> Found {
    let Ok(Ok(stream)) = timeout(limit, TcpStream::connect(address)).await else { return Found::Nothing };
    match timeout(limit, first_frame(&stream)).await {
        Err(_) => Found::Silence,
        // The first frame has to be the server's settings: type 4, of stream 0.
        Ok(Ok([_, _, _, 4, _, 0, 0, 0, 0])) => Found::Http2,
        Ok(_) => Found::OtherProtocol,
    }
}

/// Sends the preface, and reads the head of the first frame.
async fn first_frame(stream: &TcpStream) -> io::Result<[u8; HEAD]> {
    let mut unsent = PREFACE;
    while !unsent.is_empty() {
        stream.writable().await?;
        match stream.try_write(unsent) {
            Ok(sent) => unsent = unsent.get(sent..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    let mut head = [0; HEAD];
    let mut read = 0;
    while let Some(rest) = head.get_mut(read..).filter(|rest| !rest.is_empty()) {
        stream.readable().await?;
        match stream.try_read(rest) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(bytes) => read += bytes,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(head)
}
