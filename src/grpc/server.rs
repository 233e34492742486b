//! The server: a function of a listener and a shutdown future.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tonic::server::NamedService;
use tonic::transport::server::TcpIncoming;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;
use tower::util::MapResponseLayer;

use crate::engine::Engine;
use crate::grpc::DESCRIPTORS;
use crate::grpc::admin::Admin;
use crate::grpc::citation::Citations;
use crate::grpc::document::Documents;
use crate::grpc::encoded::search_service_server::SearchServiceServer;
use crate::grpc::offload::Offload;
use crate::grpc::pb::admin_service_server::AdminServiceServer;
use crate::grpc::pb::citation_service_server::CitationServiceServer;
use crate::grpc::pb::document_service_server::DocumentServiceServer;
use crate::grpc::search::Search;
use crate::grpc::settings::Settings;
use crate::grpc::transport_errors;

/// Why serving ended early.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The transport failed.
    #[error("the server stopped: {0}")]
    Transport(#[from] tonic::transport::Error),
    /// The descriptors for reflection are unusable.
    #[error("reflection cannot be served: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
}

/// Serves an engine over gRPC.
#[derive(Debug)]
pub struct Server {
    engine: Arc<Engine>,
    settings: Settings,
}

impl Server {
    /// A server of this engine.
    #[must_use]
    pub const fn new(engine: Arc<Engine>, settings: Settings) -> Self {
        Self { engine, settings }
    }

    /// Serves until `shutdown` resolves: then health goes `NOT_SERVING`, no new calls are taken,
    /// running ones finish within the drain time, and it returns.
    pub async fn run(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ServeError> {
        let Self { engine, settings } = self;
        let offload = Offload::new(engine, &settings);
        let limit = settings.max_message_bytes;
        let search = SearchServiceServer::new(Search(offload.clone())).max_decoding_message_size(limit);
        let documents =
            DocumentServiceServer::new(Documents(offload.clone())).max_decoding_message_size(limit);
        let citations = CitationServiceServer::new(Citations(offload.clone()));
        let admin = AdminServiceServer::new(Admin(offload));
        let (reporter, health) = tonic_health::server::health_reporter();
        set_all(&reporter, ServingStatus::Serving).await;

        let (draining, drained) = oneshot::channel();
        let stop = stop(shutdown, reporter, settings.lame_duck, draining);
        let serving = tonic::transport::Server::builder()
            .http2_keepalive_interval(Some(Duration::from_secs(30)))
            .http2_keepalive_timeout(Some(Duration::from_secs(20)))
            .layer(MapResponseLayer::new(transport_errors::complete))
            .add_service(health)
            .add_service(reflection().build_v1()?)
            .add_service(reflection().build_v1alpha()?)
            .add_service(search)
            .add_service(documents)
            .add_service(citations)
            .add_service(admin)
            .serve_with_incoming_shutdown(TcpIncoming::from(listener).with_nodelay(Some(true)), stop);
        let overtime = async {
            // An error means the server ended by itself; then there is nothing to limit.
            if drained.await.is_err() {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(settings.drain).await;
        };
        tokio::select! {
            ended = serving => Ok(ended?),
            () = overtime => {
                tracing::warn!(drain = ?settings.drain, "calls still run at the end of the drain time and are cut off");
                Ok(())
            }
        }
    }
}

fn reflection() -> tonic_reflection::server::Builder<'static> {
    // With the messages of google.rpc, so that clients can decode the details of errors.
    tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
}

/// The services that health speaks of; the empty name is the server as a whole.
const SERVICES: [&str; 5] = [
    "",
    <SearchServiceServer<Search> as NamedService>::NAME,
    <DocumentServiceServer<Documents> as NamedService>::NAME,
    <CitationServiceServer<Citations> as NamedService>::NAME,
    <AdminServiceServer<Admin> as NamedService>::NAME,
];

async fn set_all(reporter: &HealthReporter, status: ServingStatus) {
    for service in SERVICES {
        reporter.set_service_status(service, status).await;
    }
}

async fn stop(
    shutdown: impl Future<Output = ()>,
    mut reporter: HealthReporter,
    lame_duck: Duration,
    draining: oneshot::Sender<()>,
) {
    shutdown.await;
    tracing::info!("stopping: health is NOT_SERVING, running calls finish");
    set_all(&reporter, ServingStatus::NotServing).await;
    tokio::time::sleep(lame_duck).await;
    // Ends the streams of those who watch health, which would hold their connections open.
    for service in SERVICES {
        reporter.clear_service_status(service).await;
    }
    // The receiver is gone only when the server has ended already.
    let _ended = draining.send(());
}
