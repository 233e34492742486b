//! The segmenter alone, given any blocks.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onrecord_fuzz::interview::Interview;
use onrecord_fuzz::promises::extracted;
use onrecord_fuzz::promises::segmented;

fuzz_target!(|interview: Interview| {
    if let Some((extraction, source)) = interview.extraction() {
        extracted(&extraction, source.as_bytes());
        segmented(&extraction, source.as_bytes(), true);
    }
});
