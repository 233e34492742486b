//! Queries and the dates of filters.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onrecord_fuzz::promises::asked;

fuzz_target!(|text: &str| asked(text));
