//! `CitationService`: decode, call, encode.

use tonic::Request;
use tonic::Response;
use tonic::Status;

use crate::grpc::from_proto;
use crate::grpc::offload::Offload;
use crate::grpc::pb;
use crate::grpc::pb::citation_service_server::CitationService;
use crate::grpc::to_proto;

/// Serves `onrecord.v1.CitationService`.
#[derive(Clone, Debug)]
pub(super) struct Citations(pub(super) Offload);

#[tonic::async_trait]
impl CitationService for Citations {
    async fn verify_citation(
        &self,
        request: Request<pb::VerifyCitationRequest>,
    ) -> Result<Response<pb::VerifyCitationResponse>, Status> {
        let pb::VerifyCitationRequest { citation } = request.into_inner();
        let claim = from_proto::claim(citation)?;
        let verdict = self.0.read(move |engine| engine.verify_citation(&claim)).await?;
        Ok(Response::new(to_proto::verdict(verdict)))
    }
}
