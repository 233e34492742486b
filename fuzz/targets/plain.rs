//! Plain text: whatever the detector makes of the bytes, and UTF-8 by name where they are.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onrecord_fuzz::promises::document;

fuzz_target!(|bytes: &[u8]| {
    let utf8 = std::str::from_utf8(bytes).is_ok();
    document(bytes, if utf8 { "text/plain; charset=utf-8" } else { "text/plain" });
});
