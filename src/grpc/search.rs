//! `SearchService`: decode, call, encode.

use tokio_stream::wrappers::ReceiverStream;
use tonic::Request;
use tonic::Response;
use tonic::Status;

use crate::grpc::batch;
use crate::grpc::batch::Batch;
use crate::grpc::encoded;
use crate::grpc::encoded::search_service_server::SearchService;
use crate::grpc::facet::ValueBudget;
use crate::grpc::from_proto;
use crate::grpc::from_proto::Violations;
use crate::grpc::offload::Offload;
use crate::grpc::pb;
use crate::grpc::search_response;
use crate::grpc::server_stream;
use crate::grpc::timeline;
use crate::grpc::to_proto;

/// Serves `onrecord.v1.SearchService`.
#[derive(Clone, Debug)]
pub(super) struct Search(pub(super) Offload);

#[tonic::async_trait]
impl SearchService for Search {
    async fn search(
        &self,
        request: Request<pb::SearchRequest>,
    ) -> Result<Response<encoded::SearchResponse>, Status> {
        let (call, generation) = from_proto::search_call(request.into_inner())?;
        self.0.wait_for_generation(generation).await?;
        let answer = self.0.search(call).await?;
        for document_id in &answer.unreachable {
            tracing::error!(document_id, "a search matches a document whose stored text is damaged");
        }
        Ok(Response::new(search_response::search_response(answer, &mut ValueBudget::new())))
    }

    async fn batch_search(
        &self,
        request: Request<pb::BatchSearchRequest>,
    ) -> Result<Response<encoded::BatchSearchResponse>, Status> {
        let batch = Batch::decode(request.into_inner())?;
        self.0.wait_for_generation(batch.generation).await?;
        Ok(Response::new(self.0.read(move |engine| Ok(batch.run(engine))).await?))
    }

    type ExportSearchStream = ReceiverStream<Result<encoded::ExportSearchResponse, Status>>;

    async fn export_search(
        &self,
        request: Request<pb::ExportSearchRequest>,
    ) -> Result<Response<Self::ExportSearchStream>, Status> {
        let (call, generation) = batch::export_call(request.into_inner())?;
        self.0.wait_for_generation(generation).await?;
        let engine = self.0.engine();
        let export = engine.export(call);
        let parts = server_stream::stream(self.0.clone(), (engine, export), |(engine, export)| {
            batch::next_part(engine, export)
        });
        Ok(Response::new(parts))
    }

    async fn get_exchange(
        &self,
        request: Request<pb::GetExchangeRequest>,
    ) -> Result<Response<pb::GetExchangeResponse>, Status> {
        let pb::GetExchangeRequest { exchange_id } = request.into_inner();
        let mut wrong = Violations::default();
        let id = from_proto::required_id(&mut wrong, "exchange_id", exchange_id);
        wrong.none()?;
        let found = self.0.read(move |engine| engine.exchange(&id)).await?;
        Ok(Response::new(pb::GetExchangeResponse { exchange: Some(to_proto::exchange(found)) }))
    }

    async fn get_timeline(
        &self,
        request: Request<pb::GetTimelineRequest>,
    ) -> Result<Response<pb::GetTimelineResponse>, Status> {
        let call = from_proto::timeline_call(request.into_inner())?;
        let found = self.0.read(move |engine| engine.timeline(&call)).await?;
        Ok(Response::new(timeline::response(found)))
    }
}
