//! Server processes, and what they cost: from `/proc`, which counts what others on the machine do
//! not.

use std::fs;
use std::io::BufRead as _;
use std::io::BufReader;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

/// A running server; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From the start of the process to its word that it is ready.
    pub(crate) start: Duration,
}

impl Server {
    /// Starts a process and waits until it says `... ready on ADDRESS`.
    pub(crate) fn start(command: &mut Command) -> Self {
        let begin = Instant::now();
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split("ready on ").nth(1).unwrap_or_else(|| panic!("the server said {line:?}"));
        let address = address.split([':', '\n', ' ']).take(2).collect::<Vec<_>>().join(":").parse().unwrap();
        Self { child, address, start: begin.elapsed() }
    }

    /// Processor time of all its threads so far, user and system.
    pub(crate) fn cpu(&self) -> Duration {
        cpu_of(&self.child.id().to_string())
    }

    /// A line of `/proc/PID/status` in bytes: `RssAnon`, `VmHWM`.
    pub(crate) fn memory(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Asked to stop first, so that what it has open is closed in order.
        drop(Command::new("kill").arg(self.child.id().to_string()).status());
        drop(self.child.wait());
    }
}

fn cpu_of(process: &str) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // The name, in brackets, may hold anything; utime and stime are the 12th and 13th behind it.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    // USER_HZ is 100 on every Linux that is left.
    Duration::from_millis(ticks * 10)
}

/// Processor time of all threads of this process so far.
pub(crate) fn process_cpu() -> Duration {
    cpu_of("self")
}

/// Processor time of the calling thread so far.
pub(crate) fn thread_cpu() -> Duration {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(stat.split_whitespace().next().unwrap().parse().unwrap())
}

/// Bytes of all files below a folder.
pub(crate) fn size_of(folder: &Path) -> u64 {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).fold(0, |sum, path| {
        sum + if path.is_dir() { size_of(&path) } else { fs::metadata(&path).unwrap().len() }
    })
}
