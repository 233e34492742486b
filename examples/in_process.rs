//! The library without a server: puts an interview into a corpus, asks a question, prints the cited answers.
//!
//! `cargo run --example in_process -- samples/climate-river-keeper.md "eels in the river"`

use std::error::Error;
use std::io::Write as _;
use std::time::SystemTime;

use onrecord::engine::Body;
use onrecord::engine::SearchCall;
use onrecord::engine::Submission;
use onrecord::local;
use onrecord::query::Filter;
use onrecord::query::Query;
use onrecord::transcript::Metadata;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(question)) = (arguments.next(), arguments.next()) else {
        return Err("usage: in_process FILE QUESTION".into());
    };
    // A library has no clock and no randomness: the caller gives both. The bytes sign page tokens; a service draws them.
    let folder = tempfile::tempdir()?;
    let engine = local::open(folder.path(), local::Settings::new(SystemTime::now, [7; 32]))?;

    let body = Body::Bytes(std::fs::read(&file)?);
    let submission = Submission {
        id: file,
        metadata: Metadata::default(),
        media_type: String::new(),
        body,
        if_etag: None,
    };
    // Once it returns, the document is durable, and every later search finds it.
    engine.put(submission)?;

    let query = Query::parse(&question)?;
    let call = SearchCall { page_size: 3, ..SearchCall::new(query, Filter::default()) };
    let mut out = std::io::stdout().lock();
    for result in engine.search(&call)?.results {
        let citation = &result.passage.citation;
        writeln!(out, "{}: {}", result.passage.speaker, result.passage.answer)?;
        writeln!(out, "  {} {:?}", citation.document_id, citation.answer_spans)?;
    }
    Ok(())
}
