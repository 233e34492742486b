//! What was typed of how long page tokens hold.

use clap::Args;

/// How long, and at what cost, searches can be continued on the generation that they began on.
#[derive(Clone, Copy, Debug, Args)]
pub struct KeepPages {
    /// How long page tokens are answered on their own generation, in seconds since the last one of
    /// it was given out. A token is good for an hour at most.
    #[arg(
        id = "keep_pages_seconds",
        long = "keep-pages-seconds",
        value_name = "SECONDS",
        default_value_t = 900
    )]
    pub seconds: u64,
    /// How many earlier generations are kept for page tokens at most.
    #[arg(
        id = "keep_pages_generations",
        long = "keep-pages-generations",
        value_name = "COUNT",
        default_value_t = 20_000
    )]
    pub generations: usize,
    /// How much memory earlier generations may take, in bytes.
    #[arg(id = "keep_pages_memory_bytes", long = "keep-pages-memory-bytes", value_name = "BYTES", default_value_t = 256 << 20)]
    pub memory_bytes: usize,
    /// How many bytes of the disk may get used while earlier generations are kept; without it, a
    /// tenth of the disk.
    #[arg(id = "keep_pages_disk_bytes", long = "keep-pages-disk-bytes", value_name = "BYTES")]
    pub disk_bytes: Option<u64>,
}
