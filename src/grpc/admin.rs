//! `AdminService`: decode, call, encode.

use futures_util::StreamExt as _;
use futures_util::stream;
use futures_util::stream::BoxStream;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Request;
use tonic::Response;
use tonic::Status;

use crate::engine::Engine;
use crate::engine::SnapshotPart;
use crate::grpc::offload::Offload;
use crate::grpc::pb;
use crate::grpc::pb::admin_service_server::AdminService;
use crate::grpc::server_stream;
use crate::grpc::to_proto;

/// Serves `onrecord.v1.AdminService`.
#[derive(Clone, Debug)]
pub(super) struct Admin(pub(super) Offload);

#[tonic::async_trait]
impl AdminService for Admin {
    async fn get_stats(
        &self,
        request: Request<pb::GetStatsRequest>,
    ) -> Result<Response<pb::GetStatsResponse>, Status> {
        let pb::GetStatsRequest {} = request.into_inner();
        let info = self.0.read(Engine::server_info).await?;
        Ok(Response::new(to_proto::stats_response(&info)))
    }

    type CreateSnapshotStream = BoxStream<'static, Result<pb::CreateSnapshotResponse, Status>>;

    async fn create_snapshot(
        &self,
        request: Request<pb::CreateSnapshotRequest>,
    ) -> Result<Response<Self::CreateSnapshotStream>, Status> {
        let pb::CreateSnapshotRequest { name } = request.into_inner();
        if !name.is_empty() {
            let summary = self.0.read(move |engine| engine.snapshot_to(&name)).await?;
            let part = to_proto::snapshot_part(SnapshotPart::Summary(summary));
            return Ok(Response::new(stream::iter([Ok(part)]).boxed()));
        }
        let reader = self.0.read(Engine::snapshot).await?;
        let parts = server_stream::stream(self.0.clone(), reader, |reader| {
            Ok(reader.next_part()?.map(to_proto::snapshot_part))
        });
        Ok(Response::new(parts.boxed()))
    }

    type RebuildIndexStream = BoxStream<'static, Result<pb::RebuildIndexResponse, Status>>;

    async fn rebuild_index(
        &self,
        request: Request<pb::RebuildIndexRequest>,
    ) -> Result<Response<Self::RebuildIndexStream>, Status> {
        let pb::RebuildIndexRequest {} = request.into_inner();
        let documents = self.0.read(Engine::stats).await?.documents;
        let offload = self.0.clone();
        let rebuilt = async move {
            let (generation, stats) =
                offload.write("", |engine| Ok((engine.rebuild_index()?, engine.stats()?))).await?;
            Ok(to_proto::rebuilt(generation, stats.documents))
        };
        let begun = to_proto::rebuild_begun(documents);
        Ok(Response::new(stream::iter([Ok(begun)]).chain(stream::once(rebuilt)).boxed()))
    }

    type VerifyIntegrityStream = ReceiverStream<Result<pb::VerifyIntegrityResponse, Status>>;

    async fn verify_integrity(
        &self,
        request: Request<pb::VerifyIntegrityRequest>,
    ) -> Result<Response<Self::VerifyIntegrityStream>, Status> {
        let pb::VerifyIntegrityRequest {} = request.into_inner();
        let check = self.0.read(Engine::check_integrity).await?;
        let reports = server_stream::stream(self.0.clone(), check, |check| {
            Ok(check.next_report()?.map(to_proto::integrity_response))
        });
        Ok(Response::new(reports))
    }
}
