//! Answers of searches: domain → wire. Total: nothing here can fail.

use bytes::Bytes;
use prost::Message as _;

use crate::engine::CitedPassage;
use crate::engine::Context;
use crate::engine::Duplicate;
use crate::engine::Explanation;
use crate::engine::FoundExchange;
use crate::engine::FoundPassage;
use crate::engine::SearchAnswer;
use crate::engine::TermScore;
use crate::grpc::encoded;
use crate::grpc::facet;
use crate::grpc::pb;
use crate::grpc::response_page;
use crate::grpc::response_page::CONTEXT_BYTES;
use crate::grpc::response_page::RESULT_QUESTION_BYTES;
use crate::grpc::to_proto;
use crate::query::Field;
use crate::span::TextSpan;

/// A search's response. Values of facets for which `values` has no room are counted as further ones.
pub(super) fn search_response(
    answer: SearchAnswer,
    values: &mut facet::ValueBudget,
) -> encoded::SearchResponse {
    let SearchAnswer {
        results,
        next_page_token,
        total,
        provenance,
        unmatched_terms,
        suggestion,
        facets,
        total_without_filter,
        unreachable,
    } = answer;
    encoded::SearchResponse {
        results: results.into_iter().map(search_result).collect(),
        next_page_token: next_page_token.unwrap_or_default(),
        total_size: to_proto::int64(total),
        generation: to_proto::int64(provenance.generation),
        provenance: Some(to_proto::provenance(&provenance)),
        unmatched_terms,
        suggestion,
        facets: facets.into_iter().map(|facet| facet::response(facet, values)).collect(),
        total_size_without_filter: to_proto::int64(total_without_filter),
        unreachable,
    }
}

/// Length of a search result's message, in bytes, or a little more.
pub(super) fn result_bytes(found: &FoundPassage) -> usize {
    /// What a highlight takes at most: a tag and a length, then a tag and a number of at most five
    /// bytes for each of its three fields.
    const HIGHLIGHT: usize = 2 + 3 * 6;
    /// The score, the count of further duplicates, and tags.
    const REST: usize = 64;
    let in_names = found.name_highlights.iter().map(Vec::len).sum::<usize>();
    let highlights = found.question_highlights.len() + found.answer_highlights.len() + in_names;
    let explanation = found.explanation.clone().map_or(0, |found| explanation(found).encoded_len());
    let duplicates = found.duplicates.iter().map(|found| duplicate(found.clone()).encoded_len() + REST);
    let neighbours = neighbours(found.context.clone()).into_iter().flatten();
    let context = neighbours.map(|exchange| exchange.encoded_len() + REST).sum::<usize>();
    let passage = encoded_passage(&found.passage).len();
    context + passage + HIGHLIGHT * highlights + explanation + duplicates.sum::<usize>() + REST
}

pub(super) fn search_result(found: FoundPassage) -> encoded::SearchResult {
    let FoundPassage {
        passage: cited,
        score,
        question_highlights,
        answer_highlights,
        name_highlights,
        explanation,
        snippet,
        duplicates,
        more_duplicates,
        context,
    } = found;
    let [before, after] = neighbours(context);
    let highlights = |spans: Vec<TextSpan>, field: pb::highlight::Field| {
        spans.into_iter().map(move |span| pb::Highlight {
            field: field.into(),
            start: to_proto::int32(span.start()),
            end: to_proto::int32(span.end()),
        })
    };
    let question = shown_question(&cited).len();
    let shown = question_highlights.into_iter().filter(|span| span.end() <= question).collect();
    let in_question = highlights(shown, pb::highlight::Field::Question);
    let in_answer = highlights(answer_highlights, pb::highlight::Field::Answer);
    let in_names = Field::NAMES
        .into_iter()
        .zip(name_highlights)
        .flat_map(|(field, spans)| highlights(spans, highlight_field(field)));
    encoded::SearchResult {
        score: score.0,
        highlights: in_question.chain(in_answer).chain(in_names).collect(),
        explanation: explanation.map(self::explanation),
        duplicates: duplicates.into_iter().map(duplicate).collect(),
        more_duplicates: to_proto::int64(more_duplicates),
        before,
        after,
        snippet: Some(pb::Snippet {
            start: to_proto::int32(snippet.start()),
            end: to_proto::int32(snippet.end()),
        }),
        passage: encoded_passage(&cited).clone(),
    }
}

/// The exchanges before and after a result, in the order they were said. Of long ones those that
/// are furthest from it are left out.
fn neighbours(context: Context) -> [Vec<pb::Exchange>; 2] {
    let Context { before, after } = context;
    let near = |exchanges: &mut dyn Iterator<Item = FoundExchange>| {
        let mut room = CONTEXT_BYTES;
        let exchanges = exchanges.map(to_proto::exchange);
        let near = exchanges.map_while(|exchange| {
            room = room.checked_sub(exchange.encoded_len())?;
            Some(exchange)
        });
        near.collect::<Vec<_>>()
    };
    let mut before = near(&mut before.into_iter().rev());
    before.reverse();
    [before, near(&mut after.into_iter())]
}

const fn highlight_field(field: Field) -> pb::highlight::Field {
    match field {
        Field::Question => pb::highlight::Field::Question,
        Field::Answer => pb::highlight::Field::Answer,
        Field::Speaker => pb::highlight::Field::Speaker,
        Field::Asker => pb::highlight::Field::Asker,
        Field::Title => pb::highlight::Field::Title,
        Field::Publisher => pb::highlight::Field::Publisher,
    }
}

fn explanation(explanation: Explanation) -> pb::Explanation {
    let Explanation { terms, factor } = explanation;
    let term = |term: TermScore| pb::TermScore {
        typed: term.typed,
        forms: term.forms,
        field: highlight_field(term.field).into(),
        weight: term.weight,
        idf: term.idf,
        passage_count: to_proto::int64(term.passages),
        matching_passage_count: to_proto::int64(term.matching_passages),
        frequency: term.frequency,
        length: term.length as f32,
        average_length: term.average_length,
        k1: term.k1,
        b: term.b,
        score: term.score,
    };
    pb::Explanation { terms: terms.into_iter().map(term).collect(), factor }
}

fn encoded_passage(cited: &CitedPassage) -> &Bytes {
    cited.encoded.get_or_init(|| passage(cited).encode_to_vec().into())
}

fn shown_question(cited: &CitedPassage) -> &str {
    response_page::shown(&cited.question, RESULT_QUESTION_BYTES)
}

fn passage(cited: &CitedPassage) -> pb::Passage {
    let question = shown_question(cited);
    pb::Passage {
        id: cited.id.clone(),
        exchange_id: cited.exchange_id.clone(),
        question: question.to_owned(),
        question_truncated: question.len() < cited.question.len(),
        citation: Some(to_proto::citation(cited.citation.clone(), &cited.answer)),
        answer: cited.answer.clone(),
        answer_truncated: cited.answer_truncated,
        asker: cited.asker.clone(),
        speaker: cited.speaker.clone(),
    }
}

fn duplicate(duplicate: Duplicate) -> pb::Duplicate {
    let Duplicate { passage, score } = duplicate;
    pb::Duplicate {
        id: passage.id.clone(),
        exchange_id: passage.exchange_id.clone(),
        score: score.0,
        citation: Some(to_proto::citation(passage.citation.clone(), &passage.answer)),
    }
}
