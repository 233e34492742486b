//! Every served quote is in the source, byte for byte, proved through the wire alone.

use std::path::PathBuf;

use libtest_mimic::Trial;
use onrecord::grpc::pb;
use onrecord::grpc::pb::citation_service_client::CitationServiceClient;
use onrecord::grpc::pb::document_service_client::DocumentServiceClient;
use onrecord::grpc::pb::verify_citation_response::Verdict;
use tonic::transport::Channel;

use crate::support::TestServer;
use crate::support::corpus;
use crate::support::cut;
use crate::support::files;
use crate::support::query;
use crate::support::root;
use crate::support::sha256;
use crate::support::source;
use crate::support::trials;
use crate::support::wire;

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = trials![wire: samples_hold, fixtures_hold];
    let real = wire("citations::the_real_interview_holds", the_real_interview_holds);
    trials.push(real.with_ignored_flag(corpus().is_none()));
    trials
}

async fn samples_hold() {
    assert!(check(&files(&root().join("samples"))).await >= 80);
}

async fn fixtures_hold() {
    assert!(check(&files(&root().join("tests/corpus"))).await >= 40);
}

async fn the_real_interview_holds() {
    assert_eq!(check(&[corpus().unwrap().join("csto-mir-nazarbayev-2017.txt")]).await, 8);
}

/// Checks every exchange, and every passage that a search for its own words returns; says how many
/// exchanges.
async fn check(files: &[PathBuf]) -> usize {
    let files: Vec<_> =
        files.iter().filter(|file| file.extension().is_none_or(|it| it != "expected")).cloned().collect();
    let server = TestServer::with_files(&files).await;
    let mut documents = server.documents().await;
    let mut searches = server.searches().await;
    let mut citations = CitationServiceClient::new(server.channel().await);
    let mut exchanges = 0;
    for file in &files {
        let id = file.file_name().unwrap().to_string_lossy().into_owned();
        let received = source(&mut documents, &id).await;
        assert_eq!(received, std::fs::read(file).unwrap(), "{id}: the source is what was sent");
        let cited = Cited { id: &id, received, text: extracted_text(&mut documents, &id).await };
        let request = pb::GetDocumentRequest { document_id: id.clone() };
        for exchange in documents.get_document(request).await.unwrap().into_inner().exchanges {
            exchanges += 1;
            let citation = exchange.citation.unwrap();
            let asker = exchange.question.as_ref().map_or("", |question| &question.speaker);
            assert_eq!((&*citation.exchange_id, &*citation.asker), (&*exchange.id, asker));
            let answer = exchange.answer.unwrap();
            assert_eq!(citation.speaker, answer.speaker);
            cited.quoted(&citation, &citation.answer_spans, &answer.text);
            if let Some(question) = &exchange.question {
                cited.quoted(&citation, &citation.question_spans, &question.text);
            }
            cited.digests(&citation);
            for place in &citation.occurrences {
                cited.quoted(&citation, &place.answer_spans, &answer.text);
                if let Some(question) =
                    exchange.question.as_ref().filter(|_| !place.question_spans.is_empty())
                {
                    cited.quoted(&citation, &place.question_spans, &question.text);
                }
            }

            let request = pb::VerifyCitationRequest { citation: Some(citation.clone()) };
            let verified = citations.verify_citation(request).await.unwrap().into_inner();
            assert_eq!(verified.verdict(), Verdict::Valid, "{id}");
            assert_eq!(verified.quote, cut(cited.source(&citation), &citation.answer_spans), "{id}");

            let words: Vec<&str> = answer.text.split_whitespace().take(12).collect();
            let filter = pb::Filter { document_ids: vec![id.clone()], ..pb::Filter::default() };
            let request =
                pb::SearchRequest { filter: Some(filter), page_size: 100, ..query(&words.join(" ")) };
            let response = searches.search(request).await.unwrap().into_inner();
            let found = response
                .results
                .iter()
                .any(|result| result.passage.as_ref().unwrap().exchange_id == exchange.id);
            assert!(found, "{id}: {:?} finds {:?}", words, exchange.id);
            for result in response.results {
                let passage = result.passage.unwrap();
                let citation = passage.citation.unwrap();
                assert_eq!(citation.document_id, id);
                cited.quoted(&citation, &citation.answer_spans, &passage.answer);
                cited.quoted(&citation, &citation.question_spans, &passage.question);
                cited.digests(&citation);
                for mark in result.highlights {
                    let text = match mark.field() {
                        pb::highlight::Field::Question => &passage.question,
                        pb::highlight::Field::Answer => &passage.answer,
                        pb::highlight::Field::Speaker => &passage.speaker,
                        pb::highlight::Field::Asker => &passage.asker,
                        pb::highlight::Field::Title => &citation.title,
                        pb::highlight::Field::Publisher => &citation.publisher,
                        pb::highlight::Field::Unspecified => panic!("a highlight names its field"),
                    };
                    let (start, end) =
                        (usize::try_from(mark.start).unwrap(), usize::try_from(mark.end).unwrap());
                    let inside = text.get(start..end).expect("a highlight lies on character boundaries");
                    assert!(!inside.trim().is_empty(), "{id}: a highlight covers a word");
                }
            }
        }
    }
    server.stop().await;
    exchanges
}

/// What the service keeps of a document that is cited.
struct Cited<'a> {
    id: &'a str,
    received: Vec<u8>,
    /// The text that `GetSource` answers when it is asked for what spans point into.
    text: Vec<u8>,
}

impl Cited<'_> {
    /// What the citation says that its spans point into.
    fn source(&self, citation: &pb::Citation) -> &[u8] {
        if citation.text_sha256.is_empty() { &self.received } else { &self.text }
    }

    fn digests(&self, citation: &pb::Citation) {
        assert_eq!(citation.document_sha256, sha256(&self.received));
        if citation.text_sha256.is_empty() {
            assert_eq!(self.text, self.received, "{}: a text that is not cited", self.id);
        } else {
            assert_ne!(citation.text_sha256, citation.document_sha256);
            assert_eq!(citation.text_sha256, sha256(&self.text));
        }
        assert_eq!(citation.quote_sha256, sha256(&cut(self.source(citation), &citation.answer_spans)));
    }

    /// Asserts that the text is what the spans hold. An extracted text needs nothing undone.
    fn quoted(&self, citation: &pb::Citation, spans: &[pb::Span], text: &str) {
        let id = if citation.text_sha256.is_empty() { self.id } else { "extracted.txt" };
        quoted(id, self.source(citation), spans, text);
    }
}

async fn extracted_text(documents: &mut DocumentServiceClient<Channel>, id: &str) -> Vec<u8> {
    let request = pb::GetSourceRequest {
        document_id: id.to_owned(),
        extracted_text: true,
        ..pb::GetSourceRequest::default()
    };
    let mut pieces = documents.get_source(request).await.unwrap().into_inner();
    let mut text = Vec::new();
    while let Some(piece) = pieces.message().await.unwrap() {
        text.extend_from_slice(&piece.content);
    }
    text
}

/// Asserts that the text is what the spans hold, in order, but for white space at the joints; in
/// markup, RTF and JSON once escapes are undone, in other encodings once decoded.
fn quoted(id: &str, bytes: &[u8], spans: &[pb::Span], text: &str) {
    for pair in spans.windows(2) {
        assert!(pair[0].end <= pair[1].start, "{id}: spans are in order");
    }
    let raw = cut(bytes, spans);
    let decoded = match id {
        "utf-16.txt" => String::from_utf16(
            &raw.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect::<Vec<_>>(),
        )
        .unwrap(),
        "windows-1251.txt" => encoding_rs::WINDOWS_1251.decode(&raw).0.into_owned(),
        _ => String::from_utf8(raw).expect("spans lie on character boundaries"),
    };
    let decoded = match id.rsplit('.').next().unwrap() {
        "html" | "vtt" | "ttml" | "xml" | "trs" | "xhtml" => unescape_html(&decoded),
        "rtf" => unescape_rtf(&decoded),
        "json" | "jsonl" => serde_json::from_str(&format!("\"{}\"", decoded.replace('\n', "\\n"))).unwrap(),
        "csv" => decoded.replace("\"\"", "\""),
        _ => decoded,
    };
    let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    assert_eq!(bare(&decoded), bare(text), "{id}");
}

/// Undoes the escapes of the fixture in RTF: code pages 1250 and 1251, and characters with what
/// represents them there.
fn unescape_rtf(text: &str) -> String {
    let escapes = [
        ("\\'e6", "ć"),
        ("\\endash ", "–"),
        ("\\line ", " "),
        ("\\u1048\\'c8", "И"),
        ("\\u1074\\'e2", "в"),
        ("\\u1072\\'e0", "а"),
        ("\\u1085\\'ed", "н"),
        ("\\u8220?", "“"),
        ("\\u8221?", "”"),
    ];
    escapes.iter().fold(text.to_owned(), |text, (escape, character)| text.replace(escape, character))
}

fn unescape_html(text: &str) -> String {
    let named = [
        ("&quot;", "\""),
        ("&eacute;", "é"),
        ("&rsquo;", "’"),
        ("&nbsp;", " "),
        ("&mdash;", "—"),
        ("&lt;", "<"),
    ];
    let named = named.into_iter().chain([
        ("&gt;", ">"),
        ("&ldquo;", "“"),
        ("&rdquo;", "”"),
        ("&ndash;", "–"),
        ("&#8220;", "“"),
        ("&#8221;", "”"),
        ("&amp;", "&"),
    ]);
    named.fold(text.to_owned(), |text, (name, character)| text.replace(name, character))
}
