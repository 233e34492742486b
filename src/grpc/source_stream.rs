//! A source as a stream of pieces, read as fast as the client takes them.

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use crate::engine::SourceReader;
use crate::grpc::offload::Offload;
use crate::grpc::pb;

/// Pieces read ahead of the client.
const AHEAD: usize = 2;

/// Streams what `reader` reads.
pub(super) fn stream(
    offload: Offload,
    mut reader: SourceReader,
) -> ReceiverStream<Result<pb::GetSourceResponse, Status>> {
    let (pieces, stream) = mpsc::channel(AHEAD);
    tokio::spawn(async move {
        loop {
            let read = offload.read(move |_| reader.next_piece().map(|piece| (reader, piece))).await;
            let piece = match read {
                Ok((_, None)) => return,
                Ok((rest, Some(content))) => {
                    reader = rest;
                    Ok(pb::GetSourceResponse { content: content.into() })
                }
                Err(status) => {
                    // Sent or not, the stream ends here.
                    drop(pieces.send(Err(status)).await);
                    return;
                }
            };
            if pieces.send(piece).await.is_err() {
                return;
            }
        }
    });
    ReceiverStream::new(stream)
}
