//! Plain text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onrecord_fuzz::promises::plain;

fuzz_target!(|bytes: &[u8]| {
    plain(bytes);
});
