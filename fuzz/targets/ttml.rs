//! TTML subtitles.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onrecord_fuzz::promises::document;

fuzz_target!(|bytes: &[u8]| {
    document(bytes, "application/ttml+xml");
});
