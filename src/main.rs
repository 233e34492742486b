//! The `onrecord` binary: arguments → configuration → telemetry → command.

use std::io::Write as _;
use std::process::ExitCode;

use onrecord::cli;
use onrecord::config::Config;
use onrecord::telemetry;
use tokio::signal::unix::SignalKind;
use tokio::signal::unix::signal;

/// Documents are read by many threads and let go by the one that writes. The system's allocator
/// keeps what one thread frees of another's for long, in a heap for each thread; this one gives it
/// back, and takes less time for it.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let config = match Config::read(std::env::args_os()) {
        Ok(config) => config,
        Err(error) => {
            // Prints help to standard output and usage errors to standard error.
            drop(error.print());
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    if let Err(error) = telemetry::start(&config.log) {
        return fail(&format!("--log {:?} is no filter: {error}; write a level such as info", config.log), 2);
    }
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("the runtime cannot start: {error}"), 1),
    };
    let done = runtime.block_on(cli::run(config, stop_signal));
    // A thread that waits for standard input must not keep the process.
    runtime.shutdown_background();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is_broken_pipe() => ExitCode::SUCCESS,
        Err(error) => fail(&error.to_string(), error.exit_code()),
    }
}

/// Resolves at the first SIGTERM or SIGINT, which end the process no more once this is called.
fn stop_signal() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

fn fail(message: &str, code: u8) -> ExitCode {
    // With standard error closed there is nowhere left to report to.
    drop(writeln!(std::io::stderr(), "onrecord: {message}"));
    ExitCode::from(code)
}
