//! What is read piece by piece, as a stream: as fast as the client takes it.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use crate::engine::EngineError;
use crate::grpc::offload::Offload;
use crate::grpc::status;

/// How long a client may take for a piece.
const PATIENCE: Duration = Duration::from_mins(5);

/// Pieces read ahead of the client.
const AHEAD: usize = 2;

/// Streams what `next` reads from `reader`, up to the first `None` or error.
pub(super) fn stream<R: Send + 'static, T: Send + 'static>(
    offload: Offload,
    mut reader: R,
    next: impl Fn(&mut R) -> Result<Option<T>, EngineError> + Copy + Send + 'static,
) -> ReceiverStream<Result<T, Status>> {
    let (pieces, stream) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        loop {
            let read = offload.read_in_stream(move |_| next(&mut reader).map(|piece| (reader, piece))).await;
            let piece = match read {
                Ok((_, None)) => return,
                Ok((rest, Some(piece))) => {
                    reader = rest;
                    Ok(piece)
                }
                Err(status) => {
                    // Sent or not, the stream ends here.
                    drop(pieces.send(Err(status)).await);
                    return;
                }
            };
            match tokio::time::timeout(PATIENCE, pieces.reserve()).await {
                Ok(Ok(place)) => place.send(piece),
                Ok(Err(_)) => return,
                Err(_) => {
                    // The reader keeps old pages of the store from being used again, so a client
                    // that takes nothing for long loses it, and gets an error when it comes back.
                    drop(reader);
                    drop(pieces.send(Err(status::too_slow())).await);
                    return;
                }
            }
        }
    });
    ReceiverStream::new(stream)
}
