//! DOCX.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onrecord_fuzz::containers::docx;
use onrecord_fuzz::promises::document;

const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

fuzz_target!(|bytes: &[u8]| {
    document(&docx(bytes), MEDIA_TYPE);
});
