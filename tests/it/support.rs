//! Servers, clients and data for tests.

use std::future::Future;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use libtest_mimic::Trial;
use onrecord::engine;
use onrecord::engine::Engine;
use onrecord::engine::KeepSettings;
use onrecord::grpc;
use onrecord::grpc::Server;
use onrecord::grpc::pb;
use onrecord::grpc::pb::admin_service_client::AdminServiceClient;
use onrecord::grpc::pb::document_service_client::DocumentServiceClient;
use onrecord::grpc::pb::search_service_client::SearchServiceClient;
use onrecord::local;
use onrecord::local::LocalBackend;
use sha2::Digest as _;
use sha2::Sha256;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::Code;
use tonic::Status;
use tonic::transport::Channel;
use tonic_types::StatusExt as _;

/// A trial of a plain function.
pub(crate) fn trial(name: &str, test: fn()) -> Trial {
    Trial::test(name.to_owned(), move || {
        test();
        Ok(())
    })
}

/// A trial of an async function, on a runtime of its own.
pub(crate) fn wire<F: Future<Output = ()> + 'static>(name: &str, test: fn() -> F) -> Trial {
    Trial::test(name.to_owned(), move || {
        tokio::runtime::Runtime::new()?.block_on(test());
        Ok(())
    })
}

/// Names each trial after its module and function.
macro_rules! trials {
    ($kind:ident: $($test:ident),* $(,)?) => {
        vec![$(crate::support::$kind(concat!(module_path!(), "::", stringify!($test)), $test)),*]
    };
}
pub(crate) use trials;

/// The folder of the real interview, from `ONRECORD_CORPUS`; tests that need it are ignored without
/// it.
pub(crate) fn corpus() -> Option<PathBuf> {
    std::env::var_os("ONRECORD_CORPUS").map(|folder| root().join(folder))
}

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Files below `folder` whose names do not start with README, ordered by path.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.file_name().unwrap().to_string_lossy().starts_with("README") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// A server in this process, on a port of its own.
pub(crate) struct TestServer {
    /// Its data folder.
    pub(crate) folder: Arc<TempDir>,
    /// Where it listens.
    pub(crate) address: String,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl TestServer {
    /// A server on an empty data folder.
    pub(crate) async fn start() -> Self {
        Self::start_in(Arc::new(TempDir::new().unwrap())).await
    }

    /// A server on this data folder.
    pub(crate) async fn start_in(folder: Arc<TempDir>) -> Self {
        Self::start_with(folder, |_| {}).await
    }

    /// A server on this data folder, with other settings.
    pub(crate) async fn start_with(folder: Arc<TempDir>, set: impl FnOnce(&mut local::Settings)) -> Self {
        Self::start_sized(folder, 1 << 20, KeepSettings::default(), set).await
    }

    /// A server on an empty data folder that keeps earlier generations within these bounds.
    pub(crate) async fn start_keeping(keep: KeepSettings) -> Self {
        Self::start_sized(Arc::new(TempDir::new().unwrap()), 1 << 20, keep, |_| {}).await
    }

    /// A server on an empty data folder that takes documents of so many bytes.
    pub(crate) async fn start_with_room_for(source_bytes: usize) -> Self {
        let folder = Arc::new(TempDir::new().unwrap());
        Self::start_sized(folder, source_bytes, KeepSettings::default(), |_| {}).await
    }

    async fn start_sized(
        folder: Arc<TempDir>,
        source_bytes: usize,
        keep: KeepSettings,
        set: impl FnOnce(&mut local::Settings),
    ) -> Self {
        let mut settings = local::Settings::new(SystemTime::now, [3; 32]);
        set(&mut settings);
        let mut engine_settings = engine::Settings::new(settings.clock);
        engine_settings.limits.source_bytes = source_bytes;
        engine_settings.keep = keep;
        let backend = LocalBackend::open(folder.path(), settings).unwrap();
        let engine = Engine::new(Arc::new(backend), engine_settings);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel();
        let server = Server::new(Arc::new(engine), grpc::Settings::default());
        let running = tokio::spawn(async move {
            server.run(listener, async { drop(stopped.await) }).await.unwrap();
        });
        Self { folder, address, stop, running }
    }

    /// A server with these files as documents, each under its file name.
    pub(crate) async fn with_files(files: &[PathBuf]) -> Self {
        let server = Self::start().await;
        let mut documents = server.documents().await;
        for file in files {
            let id = file.file_name().unwrap().to_string_lossy().into_owned();
            let content = std::fs::read(file).unwrap();
            documents.put_document(put_bytes(&id, content)).await.unwrap();
        }
        server
    }

    /// A server with the bundled samples.
    pub(crate) async fn with_samples() -> Self {
        Self::with_files(&files(&root().join("samples"))).await
    }

    pub(crate) async fn channel(&self) -> Channel {
        Channel::from_shared(self.address.clone()).unwrap().connect().await.unwrap()
    }

    pub(crate) async fn searches(&self) -> SearchServiceClient<Channel> {
        SearchServiceClient::new(self.channel().await)
    }

    pub(crate) async fn admin(&self) -> AdminServiceClient<Channel> {
        AdminServiceClient::new(self.channel().await)
    }

    pub(crate) async fn documents(&self) -> DocumentServiceClient<Channel> {
        DocumentServiceClient::new(self.channel().await)
    }

    /// Stops it and waits until it has; the data folder stays.
    pub(crate) async fn stop(self) -> Arc<TempDir> {
        self.stop.send(()).unwrap();
        self.running.await.unwrap();
        self.folder
    }
}

/// A request to store `text` under `id`.
pub(crate) fn put_text(id: &str, text: &str) -> pb::PutDocumentRequest {
    put(id, pb::document::Body::Text(text.to_owned()))
}

/// A request to store `bytes` under `id`.
pub(crate) fn put_bytes(id: &str, bytes: Vec<u8>) -> pb::PutDocumentRequest {
    put(id, pb::document::Body::Content(bytes))
}

fn put(id: &str, body: pb::document::Body) -> pb::PutDocumentRequest {
    let document = pb::Document { id: id.to_owned(), body: Some(body), ..pb::Document::default() };
    pb::PutDocumentRequest { document: Some(document) }
}

/// A search for the first page of `query`.
pub(crate) fn query(query: &str) -> pb::SearchRequest {
    pb::SearchRequest { query: query.to_owned(), ..pb::SearchRequest::default() }
}

/// A document's source, read over the wire.
pub(crate) async fn source(documents: &mut DocumentServiceClient<Channel>, id: &str) -> Vec<u8> {
    let request = pb::GetSourceRequest { document_id: id.to_owned(), ..pb::GetSourceRequest::default() };
    let mut pieces = documents.get_source(request).await.unwrap().into_inner();
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.message().await.unwrap() {
        bytes.extend_from_slice(&piece.content);
    }
    bytes
}

/// The bytes of `spans`, joined.
pub(crate) fn cut(source: &[u8], spans: &[pb::Span]) -> Vec<u8> {
    let offset = |offset: i64| usize::try_from(offset).unwrap();
    spans.iter().flat_map(|span| source[offset(span.start)..offset(span.end)].to_vec()).collect()
}

/// SHA-256 in hexadecimal, by a second route than the service's own.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    Sha256::digest(bytes).iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

/// Asserts a status's code, the reason of its `ErrorInfo`, and the field or resource it names.
pub(crate) fn refused(status: &Status, code: Code, reason: &str, subject: &str) {
    let details = status.get_error_details();
    let said = format!("{status:?} {details:?}");
    assert_eq!(status.code(), code, "{said}");
    let info = details.error_info().unwrap_or_else(|| panic!("no ErrorInfo: {said}"));
    assert_eq!((info.domain.as_str(), info.reason.as_str()), ("onrecord", reason), "{said}");
    match code {
        Code::InvalidArgument => {
            let violations = &details.bad_request().expect("a BadRequest").field_violations;
            assert_eq!(
                violations.iter().map(|violation| &*violation.field).collect::<Vec<_>>(),
                [subject],
                "{said}"
            );
            assert!(violations.iter().all(|violation| !violation.description.is_empty()), "{said}");
        }
        Code::NotFound | Code::AlreadyExists => {
            assert_eq!(details.resource_info().expect("a ResourceInfo").resource_name, subject, "{said}");
        }
        Code::FailedPrecondition => {
            let violations = &details.precondition_failure().expect("a PreconditionFailure").violations;
            assert_eq!(
                violations.iter().map(|violation| &*violation.subject).collect::<Vec<_>>(),
                [subject],
                "{said}"
            );
        }
        other => panic!("{other:?} is no refusal: {said}"),
    }
}
