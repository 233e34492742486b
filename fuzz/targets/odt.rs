//! OpenDocument texts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onrecord_fuzz::containers::odt;
use onrecord_fuzz::promises::document;

fuzz_target!(|bytes: &[u8]| {
    document(&odt(bytes), "application/vnd.oasis.opendocument.text");
});
