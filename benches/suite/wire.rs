//! Messages as bytes: a client that decodes nothing and an echo that encodes nothing, so that what
//! is measured is the server under test.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::Ready;
use std::future::ready;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Context;
use std::task::Poll;

use bytes::Buf as _;
use bytes::BufMut as _;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::net::TcpListener;
use tonic::Status;
use tonic::body::Body;
use tonic::codec::Codec;
use tonic::codec::DecodeBuf;
use tonic::codec::Decoder;
use tonic::codec::EncodeBuf;
use tonic::codec::Encoder;
use tonic::codegen::http;
use tonic::server::NamedService;
use tonic::transport::Channel;
use tonic::transport::Endpoint;
use tonic::transport::server::TcpIncoming;
use tower::Service;

/// The path of the call under test; the echo answers it too.
const SEARCH: &str = "/onrecord.v1.SearchService/Search";

/// Passes messages through as they are.
#[derive(Clone, Copy, Debug, Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}

/// A connection to a server.
#[derive(Clone, Debug)]
pub(crate) struct Client(tonic::client::Grpc<Channel>);

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap().tcp_nodelay(true);
        Self(tonic::client::Grpc::new(endpoint.connect().await.unwrap()).max_decoding_message_size(64 << 20))
    }

    /// Calls Search with an encoded request; returns the encoded response.
    pub(crate) async fn search(&mut self, request: Bytes) -> Result<Bytes, Status> {
        self.0.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
        let path = http::uri::PathAndQuery::from_static(SEARCH);
        Ok(self.0.unary(tonic::Request::new(request), path, Raw).await?.into_inner())
    }
}

/// A server that knows the answer to each request beforehand: what gRPC itself costs.
#[derive(Clone, Debug)]
struct Echo(Arc<HashMap<Bytes, Bytes>>);

impl NamedService for Echo {
    const NAME: &'static str = "onrecord.v1.SearchService";
}

impl tonic::server::UnaryService<Bytes> for Echo {
    type Response = Bytes;
    type Future = Ready<Result<tonic::Response<Bytes>, Status>>;

    fn call(&mut self, request: tonic::Request<Bytes>) -> Self::Future {
        let answer = self.0.get(request.get_ref()).cloned();
        ready(answer.map(tonic::Response::new).ok_or_else(|| Status::not_found("an unknown request")))
    }
}

impl Service<http::Request<Body>> for Echo {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let echo = self.clone();
        Box::pin(async move { Ok(tonic::server::Grpc::new(Raw).unary(echo, request).await) })
    }
}

/// Serves the echo on a free port, told on standard output, until the process is ended.
pub(crate) async fn serve_echo(answers: HashMap<Bytes, Bytes>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    say!("ready on {}", listener.local_addr().unwrap());
    tonic::transport::Server::builder()
        .add_service(Echo(Arc::new(answers)))
        .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)))
        .await
        .unwrap();
}
