//! How answers to searches are encoded: as all messages are, into a buffer that most of them fit.

use std::marker::PhantomData;

use prost::Message;
use tonic::codec::BufferSettings;
use tonic::codec::Codec;
use tonic_prost::ProstCodec;
use tonic_prost::ProstDecoder;
use tonic_prost::ProstEncoder;

/// Bytes that ten passages with their citations take, with room to spare. tonic begins with 8 KiB,
/// and copies what is encoded each time that it doubles them.
const INITIAL_BUFFER_BYTES: usize = 32 << 10;

/// The codec of the search service, also of its smaller answers: a buffer lives no longer than it
/// takes to send it.
#[derive(Debug)]
pub(super) struct AnswerCodec<T, U>(PhantomData<(T, U)>);

impl<T, U> Default for AnswerCodec<T, U> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T, U> Codec for AnswerCodec<T, U>
where
    T: Message + Send + 'static,
    U: Message + Default + Send + 'static,
{
    type Encode = T;
    type Decode = U;
    type Encoder = ProstEncoder<T>;
    type Decoder = ProstDecoder<U>;

    fn encoder(&mut self) -> Self::Encoder {
        ProstCodec::<T, U>::raw_encoder(BufferSettings::new(INITIAL_BUFFER_BYTES, INITIAL_BUFFER_BYTES))
    }

    fn decoder(&mut self) -> Self::Decoder {
        ProstCodec::<T, U>::raw_decoder(BufferSettings::default())
    }
}
