//! `DocumentService`: decode, call, encode.

use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Request;
use tonic::Response;
use tonic::Status;
use tonic::Streaming;

use crate::engine::Engine;
use crate::engine::ExchangeRange;
use crate::engine::SourceKind;
use crate::grpc::from_proto;
use crate::grpc::from_proto::Violations;
use crate::grpc::import;
use crate::grpc::offload::Offload;
use crate::grpc::pb;
use crate::grpc::pb::document_service_server::DocumentService;
use crate::grpc::response_page::ResponsePage;
use crate::grpc::server_stream;
use crate::grpc::stored_document;
use crate::grpc::to_proto;

/// Serves `onrecord.v1.DocumentService`.
#[derive(Clone, Debug)]
pub(super) struct Documents(pub(super) Offload);

#[tonic::async_trait]
impl DocumentService for Documents {
    async fn put_document(
        &self,
        request: Request<pb::PutDocumentRequest>,
    ) -> Result<Response<pb::PutDocumentResponse>, Status> {
        let pb::PutDocumentRequest { document } = request.into_inner();
        let (submission, body) = from_proto::submission(document)?;
        let receipt = self.0.put(body, submission).await?;
        Ok(Response::new(to_proto::put_response(receipt)))
    }

    type ImportDocumentsStream = BoxStream<'static, Result<pb::ImportDocumentsResponse, Status>>;

    async fn import_documents(
        &self,
        requests: Request<Streaming<pb::ImportDocumentsRequest>>,
    ) -> Result<Response<Self::ImportDocumentsStream>, Status> {
        Ok(Response::new(import::answers(self.0.clone(), requests.into_inner()).boxed()))
    }

    async fn get_document(
        &self,
        request: Request<pb::GetDocumentRequest>,
    ) -> Result<Response<pb::GetDocumentResponse>, Status> {
        let pb::GetDocumentRequest { document_id } = request.into_inner();
        let mut wrong = Violations::default();
        let id = from_proto::required_id(&mut wrong, "document_id", document_id);
        wrong.none()?;
        let read = move |engine: &Engine| {
            let mut exchanges = ResponsePage::new();
            let page = engine
                .exchanges(&id, &ExchangeRange::START, |found| exchanges.add(to_proto::exchange(found)))?;
            Ok(to_proto::get_response(page, exchanges))
        };
        Ok(Response::new(self.0.read(read).await?))
    }

    async fn list_exchanges(
        &self,
        request: Request<pb::ListExchangesRequest>,
    ) -> Result<Response<pb::ListExchangesResponse>, Status> {
        let pb::ListExchangesRequest { document_id, page_size, page_token } = request.into_inner();
        let mut wrong = Violations::default();
        let id = from_proto::required_id(&mut wrong, "document_id", document_id);
        let range = from_proto::exchange_range(&mut wrong, page_size, 50, page_token);
        wrong.none()?;
        let read = move |engine: &Engine| {
            let mut exchanges = ResponsePage::new();
            let page = engine.exchanges(&id, &range, |found| exchanges.add(to_proto::exchange(found)))?;
            Ok(to_proto::list_exchanges_response(page, exchanges))
        };
        Ok(Response::new(self.0.read(read).await?))
    }

    type GetSourceStream = ReceiverStream<Result<pb::GetSourceResponse, Status>>;

    async fn get_source(
        &self,
        request: Request<pb::GetSourceRequest>,
    ) -> Result<Response<Self::GetSourceStream>, Status> {
        let pb::GetSourceRequest { document_id, span, extracted_text, document_sha256 } =
            request.into_inner();
        let mut wrong = Violations::default();
        let id = from_proto::required_id(&mut wrong, "document_id", document_id);
        let span = from_proto::span(&mut wrong, span);
        let version = from_proto::digest(&mut wrong, "document_sha256", &document_sha256);
        wrong.none()?;
        let kind = if extracted_text { SourceKind::Text } else { SourceKind::Received };
        let reader = self.0.read(move |engine| engine.source(&id, version, kind, span)).await?;
        let pieces = server_stream::stream(self.0.clone(), reader, |reader| {
            Ok(reader.next_chunk()?.map(|content| pb::GetSourceResponse { content: content.into() }))
        });
        Ok(Response::new(pieces))
    }

    async fn list_documents(
        &self,
        request: Request<pb::ListDocumentsRequest>,
    ) -> Result<Response<pb::ListDocumentsResponse>, Status> {
        let pb::ListDocumentsRequest { page_size, page_token } = request.into_inner();
        let mut wrong = Violations::default();
        let page_size = from_proto::page_size(&mut wrong, page_size, 100, 1000);
        wrong.none()?;
        let read = move |engine: &Engine| {
            let mut documents = ResponsePage::new();
            let add = |document| documents.add(stored_document::document(document));
            let page = engine.documents(page_size, &page_token, add)?;
            Ok(to_proto::list_response(page, documents))
        };
        Ok(Response::new(self.0.read(read).await?))
    }

    async fn list_document_versions(
        &self,
        request: Request<pb::ListDocumentVersionsRequest>,
    ) -> Result<Response<pb::ListDocumentVersionsResponse>, Status> {
        let pb::ListDocumentVersionsRequest { document_id, page_size, page_token } = request.into_inner();
        let mut wrong = Violations::default();
        let id = from_proto::required_id(&mut wrong, "document_id", document_id);
        let page_size = from_proto::page_size(&mut wrong, page_size, 100, 1000);
        wrong.none()?;
        let page = self.0.read(move |engine| engine.versions(&id, page_size, &page_token)).await?;
        Ok(Response::new(stored_document::versions_response(page)))
    }

    async fn restore_document(
        &self,
        request: Request<pb::RestoreDocumentRequest>,
    ) -> Result<Response<pb::RestoreDocumentResponse>, Status> {
        let pb::RestoreDocumentRequest { document_id, document_sha256, etag } = request.into_inner();
        let mut wrong = Violations::default();
        let id = from_proto::required_id(&mut wrong, "document_id", document_id);
        let version = from_proto::digest(&mut wrong, "document_sha256", &document_sha256);
        let if_etag = from_proto::if_etag(&mut wrong, "etag", etag);
        wrong.none()?;
        let restore = move |engine: &Engine| engine.restore(&id, version, if_etag);
        let receipt = self.0.write("document_sha256", restore).await?;
        Ok(Response::new(stored_document::restore_response(receipt)))
    }

    async fn delete_document(
        &self,
        request: Request<pb::DeleteDocumentRequest>,
    ) -> Result<Response<pb::DeleteDocumentResponse>, Status> {
        let (id, deletion) = from_proto::deletion(request.into_inner())?;
        let deleted = self.0.write("", move |engine| engine.delete(&id, &deletion)).await?;
        Ok(Response::new(to_proto::delete_response(deleted)))
    }

    async fn segment_document(
        &self,
        request: Request<pb::SegmentDocumentRequest>,
    ) -> Result<Response<pb::SegmentDocumentResponse>, Status> {
        let pb::SegmentDocumentRequest { document, page_size, page_token } = request.into_inner();
        let mut wrong = Violations::default();
        let range = from_proto::exchange_range(&mut wrong, page_size, usize::MAX, page_token);
        wrong.none()?;
        let (submission, body) = from_proto::submission(document)?;
        let read = move |engine: &Engine| {
            let mut exchanges = ResponsePage::new();
            let add = |found| exchanges.add(to_proto::exchange(found));
            let page = engine.segment(submission, &range, add)?;
            Ok(to_proto::segment_response(page, exchanges))
        };
        Ok(Response::new(self.0.write(body, read).await?))
    }
}
