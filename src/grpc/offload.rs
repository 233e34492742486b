//! Where work leaves the async threads: one place, bounded.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tonic::Status;

use crate::engine::Engine;
use crate::engine::EngineError;
use crate::grpc::status;

/// Runs engine calls on blocking threads, a bounded number at a time. Reads and writes have a bound each, so
/// that writes that wait for the disk hold no search back.
#[derive(Clone, Debug)]
pub(super) struct Offload {
    engine: Arc<Engine>,
    reads: Arc<Semaphore>,
    writes: Arc<Semaphore>,
}

impl Offload {
    pub(super) fn new(engine: Arc<Engine>, reads: usize, writes: usize) -> Self {
        Self { engine, reads: Arc::new(Semaphore::new(reads)), writes: Arc::new(Semaphore::new(writes)) }
    }

    /// Runs a call that only reads.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Engine) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, Status> {
        self.run(&self.reads, "", call).await
    }

    /// Runs a call that takes in a document held by the request's field `body`, or deletes one.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        body: &'static str,
        call: impl FnOnce(&Engine) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, Status> {
        self.run(&self.writes, body, call).await
    }

    async fn run<T: Send + 'static>(
        &self,
        room: &Arc<Semaphore>,
        body: &'static str,
        call: impl FnOnce(&Engine) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, Status> {
        let permit = Arc::clone(room).acquire_owned().await.map_err(|_| status::busy())?;
        let engine = Arc::clone(&self.engine);
        let done = tokio::task::spawn_blocking(move || {
            // Held by the work, not by the call: a cancelled call gives its place back only when its work ends.
            let _held = permit;
            call(&engine)
        });
        match done.await {
            Ok(result) => result.map_err(|error| status::of(error, body)),
            Err(panic) => Err(status::lost(&panic.to_string())),
        }
    }
}
