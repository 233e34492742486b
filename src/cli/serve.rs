//! `onrecord serve`.

use std::future::Future;
use std::io::Write as _;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::Duration;
use std::time::SystemTime;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::cli::CliError;
use crate::cli::eval;
use crate::cli::sources;
use crate::cli::sources::Found;
use crate::cli::sources::Item;
use crate::config::KeepPages;
use crate::config::Serve;
use crate::engine;
use crate::engine::Body;
use crate::engine::Engine;
use crate::engine::EngineError;
use crate::engine::KeepSettings;
use crate::engine::Submission;
use crate::grpc;
use crate::grpc::Server;
use crate::local;
use crate::local::LocalBackend;
use crate::local::restore_into;
use crate::transcript::Metadata;

pub(super) async fn run(
    args: Serve,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), CliError> {
    if args.restore.is_some() && args.data_dir.is_none() {
        return Err(CliError::Usage("name the folder to restore into with --data-dir".into()));
    }
    let found = sources::find(&args.paths)?;
    // Bound before the import, so that a taken port is reported at once.
    let listener = TcpListener::bind(args.listen).await.map_err(|error| {
        CliError::Failed(format!("cannot listen on {}: {error}; name another with --listen", args.listen))
    })?;
    let address = listener.local_addr()?;
    let temporary = if args.data_dir.is_none() { Some(tempfile::tempdir()?) } else { None };
    let folder = args.data_dir.as_deref().or(temporary.as_ref().map(tempfile::TempDir::path));
    let folder = folder.ok_or_else(|| CliError::Failed("there is no data folder".into()))?;

    let mut stop = Box::pin(stop);
    let stopped = Arc::new(AtomicBool::new(false));
    let start = {
        let (folder, backend, engine) =
            (folder.to_owned(), backend_settings(&args)?, engine_settings(&args)?);
        let (limit, stopped) = (args.max_document_bytes, Arc::clone(&stopped));
        let restore = args.restore.clone();
        move || {
            if let Some(snapshot) = restore {
                restore_into(&snapshot, &folder)?;
            }
            let engine = Engine::new(Arc::new(LocalBackend::open(&folder, backend)?), engine);
            import(&engine, &found, limit, &stopped)?;
            Ok::<_, CliError>(engine)
        }
    };
    let mut starting = tokio::task::spawn_blocking(start);
    let started = tokio::select! {
        started = &mut starting => started,
        () = &mut stop => {
            // What was imported so far stays; the document under way is finished.
            stopped.store(true, Ordering::Relaxed);
            drop(starting.await);
            return Ok(());
        }
    };
    let engine = Arc::new(started.map_err(|error| CliError::Failed(format!("the start failed: {error}")))??);
    let stats = engine.stats()?;
    writeln!(
        std::io::stdout(),
        "onrecord is ready on {address}: {} documents, {} exchanges",
        stats.documents,
        stats.exchanges
    )?;
    let server = Server::new(Arc::clone(&engine), server_settings(&args));
    // A store that turns out to be damaged is not served any longer than it takes to find out.
    let mut checking = tokio::task::spawn_blocking(move || engine.wait_until_checked());
    let (damaged, found) = oneshot::channel();
    let stop_or_damage = async move {
        tokio::select! {
            () = stop => {}
            Ok(Err(error)) = &mut checking => drop(damaged.send(error)),
        }
    };
    server.run(listener, stop_or_damage).await?;
    found.await.map_or(Ok(()), |error| Err(error.into()))
}

fn engine_settings(args: &Serve) -> Result<engine::Settings, CliError> {
    let mut settings = engine::Settings::new(SystemTime::now);
    settings.limits.source_bytes = args.max_document_bytes;
    settings.passage_cache_bytes = args.passage_cache_bytes;
    let KeepPages { seconds, generations, memory_bytes, disk_bytes } = args.keep_pages;
    let time = Duration::from_secs(seconds);
    settings.keep = KeepSettings { time, generations, memory_bytes, disk_bytes };
    settings.ranking = eval::ranking(settings.ranking, &args.ranking)?;
    Ok(settings)
}

fn backend_settings(args: &Serve) -> Result<local::Settings, CliError> {
    let mut entropy = [0; 32];
    getrandom::fill(&mut entropy)
        .map_err(|error| CliError::Failed(format!("the system gives no random bytes: {error}")))?;
    let mut settings = local::Settings::new(SystemTime::now, entropy);
    settings.store_cache_bytes = args.store_cache_bytes;
    settings.check_first_bytes = args.check_first_bytes;
    settings.keep_versions = args.keep_versions.unwrap_or(settings.keep_versions);
    settings.keep_versions_bytes = args.keep_versions_bytes.unwrap_or(settings.keep_versions_bytes);
    settings.keep_versions_for =
        args.keep_versions_days.map(|days| Duration::from_secs(u64::from(days) * 86_400));
    settings.disk_reserve = args.disk_reserve_bytes;
    if let Some(folder) = &args.snapshot_dir {
        if !folder.is_dir() {
            let message =
                format!("--snapshot-dir {} is no folder; make it, or name another", folder.display());
            return Err(CliError::Failed(message));
        }
        settings.snapshot_dir = Some(folder.clone());
    }
    Ok(settings)
}

fn server_settings(args: &Serve) -> grpc::Settings {
    grpc::Settings {
        // Room for the metadata around the largest document.
        max_message_bytes: args.max_document_bytes.saturating_add(1 << 20),
        drain: Duration::from_secs(args.drain_seconds),
        processors: processors(),
        ..grpc::Settings::default()
    }
}

fn processors() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// Imports files with all cores. One that cannot be read is reported and skipped; an error is the
/// engine's.
fn import(engine: &Engine, found: &[Found], limit: usize, stopped: &AtomicBool) -> Result<(), EngineError> {
    let workers = processors();
    let (items, queue) = mpsc::sync_channel::<Item>(workers);
    let queue = Arc::new(Mutex::new(queue));
    thread::scope(|scope| {
        let threads: Vec<_> = (0..workers)
            .map(|_| {
                // Each worker owns a share, so that the queue closes when the last one gives up.
                let queue = Arc::clone(&queue);
                scope.spawn(move || work(engine, &queue))
            })
            .collect();
        drop(queue);
        sources::read(found, limit, &mut |item| !stopped.load(Ordering::Relaxed) && items.send(item).is_ok());
        drop(items);
        threads.into_iter().try_for_each(|thread| {
            thread.join().unwrap_or_else(|_| Err(EngineError::Internal("an import thread panicked".into())))
        })
    })
}

fn work(engine: &Engine, queue: &Mutex<Receiver<Item>>) -> Result<(), EngineError> {
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
    while let Ok(Item { name, id, content }) = next() {
        let content = match content {
            Ok(content) => content,
            Err(error) => {
                tracing::warn!(name, error, "a file cannot be read and is passed over");
                continue;
            }
        };
        let body = Body::Bytes(content);
        let submission =
            Submission { id, metadata: Metadata::default(), media_type: String::new(), body, if_etag: None };
        match engine.put(submission) {
            Ok(receipt) if receipt.document.exchanges == 0 => {
                tracing::warn!(name, "no exchange was found; see what onrecord segment --explain says");
            }
            Ok(_) => {}
            Err(EngineError::Extract(error)) => {
                tracing::warn!(name, %error, "a file is no transcript and is passed over");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
