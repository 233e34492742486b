//! Errors that the transport raises before a handler is reached get the details of all others.

use tonic::Status;
use tonic::body::Body;
use tonic::codegen::http::Response;

use crate::grpc::status;

/// Completes a response that is nothing but an error; every other passes as it is.
pub(super) fn complete(response: Response<Body>) -> Response<Body> {
    let Some(error) = Status::from_header_map(response.headers()) else { return response };
    if error.code() == tonic::Code::Ok || !error.details().is_empty() {
        return response;
    }
    status::with_details(error).into_http()
}
