//! EPUB books.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onrecord_fuzz::containers::epub;
use onrecord_fuzz::promises::document;

fuzz_target!(|bytes: &[u8]| {
    document(&epub(bytes), "application/epub+zip");
});
