//! `onrecord eval`: ranks a test collection with the engine that serves, and measures.

mod collection;
mod metrics;
mod significance;

use std::fs::File;
use std::io::BufWriter;
use std::io::Write;
use std::path::Path;
use std::time::SystemTime;

use crate::cli::CliError;
use crate::cli::eval::collection::Collection;
use crate::cli::eval::metrics::Judgements;
use crate::cli::eval::metrics::Measures;
use crate::cli::eval::metrics::Retrieved;
use crate::config::Eval;
use crate::engine::Engine;
use crate::engine::SearchCall;
use crate::local;
use crate::query::Filter;
use crate::query::Query;
use crate::query::Ranking;

/// What a run has for each query, in the collection's order.
type Run = Vec<Vec<Retrieved>>;

pub(super) fn run(args: &Eval) -> Result<(), CliError> {
    let ranking = ranking(Ranking::default(), &args.ranking)?;
    let other = if args.against.is_empty() { None } else { Some(self::ranking(ranking, &args.against)?) };
    if args.run.is_some() && args.folders.len() > 1 {
        // Ids of queries are unique within a collection only.
        return Err(CliError::Usage("--run takes one collection at a time; run them one by one".into()));
    }
    let create = |path: &Path| {
        File::create(path)
            .map_err(|error| CliError::Failed(format!("{} cannot be written: {error}", path.display())))
    };
    let mut trec = args.run.as_deref().map(create).transpose()?.map(BufWriter::new);
    let mut out = std::io::stdout();
    writeln!(
        out,
        "{:24} {:>8} {:>8} {:>8} {:>10}",
        "collection", "queries", "nDCG@10", "MRR@10", "Recall@100"
    )?;
    let mut all = Vec::new();
    for folder in &args.folders {
        let name = folder.file_name().map_or_else(|| folder.as_path(), Path::new).display().to_string();
        let collection = Collection::load(folder)?;
        let scratch = tempfile::tempdir()?;
        let mut engine = local::open(scratch.path(), local::Settings::new(SystemTime::now, [0; 32]))?;
        collection.import(&engine)?;
        engine.set_ranking(ranking);
        let first = search(&engine, &collection)?;
        if let Some(trec) = &mut trec {
            write_run(trec, &collection, &first)?;
        }
        let measured = measured(&collection, &first);
        row(&mut out, &name, measured.len(), metrics::mean(&measured))?;
        if let Some(other) = other {
            engine.set_ranking(other);
            let second = self::measured(&collection, &search(&engine, &collection)?);
            row(&mut out, "  against", second.len(), metrics::mean(&second))?;
            compared(&mut out, &measured, &second)?;
        }
        all.push(metrics::mean(&measured));
    }
    if all.len() > 1 {
        row(&mut out, "mean of collections", all.len(), metrics::mean(&all))?;
    }
    if let Some(mut trec) = trec {
        trec.flush()?;
    }
    Ok(())
}

/// `base` with these parameters set.
pub(super) fn ranking(mut base: Ranking, parameters: &[(String, String)]) -> Result<Ranking, CliError> {
    for (name, value) in parameters {
        base.set(name, value).map_err(|error| CliError::Failed(error.to_string()))?;
    }
    Ok(base)
}

/// Answers every judged query, to the depth that recall looks at.
fn search(engine: &Engine, collection: &Collection) -> Result<Run, CliError> {
    let answer = |(_, text): &(String, String)| -> Result<Vec<Retrieved>, CliError> {
        let Ok(query) = Query::parse(text) else { return Ok(Vec::new()) };
        let page_size = metrics::RECALL_DEPTH;
        let call = SearchCall { page_size, ..SearchCall::new(query, Filter::default()) };
        let results = engine.search(&call)?.results;
        Ok(results
            .into_iter()
            .map(|result| Retrieved {
                document_id: collection.original_id(&result.passage.citation.document_id).to_owned(),
                score: result.score.0,
            })
            .collect())
    };
    collection.queries.iter().map(answer).collect()
}

fn measured(collection: &Collection, run: &Run) -> Vec<Measures> {
    let none = Judgements::new();
    let judged = collection.queries.iter().map(|(id, _)| collection.judgements.get(id).unwrap_or(&none));
    judged.zip(run).map(|(judgements, retrieved)| metrics::measure(judgements, retrieved)).collect()
}

fn row(out: &mut impl Write, name: &str, queries: usize, measures: Measures) -> Result<(), CliError> {
    let Measures { ndcg, mrr, recall } = measures;
    Ok(writeln!(out, "{name:24} {queries:8} {ndcg:8.4} {mrr:8.4} {recall:10.4}")?)
}

fn compared(out: &mut impl Write, first: &[Measures], second: &[Measures]) -> Result<(), CliError> {
    type Measure = fn(&Measures) -> f64;
    let kinds: [(&str, Measure); 3] =
        [("nDCG@10", |m| m.ndcg), ("MRR@10", |m| m.mrr), ("Recall@100", |m| m.recall)];
    for (name, measure) in kinds {
        let values = |measures: &[Measures]| measures.iter().map(measure).collect::<Vec<_>>();
        let found = significance::compare(&values(first), &values(second));
        writeln!(
            out,
            "    {name:10} {:+.4}, better on {}, worse on {}, p = {:.4}",
            found.difference, found.better, found.worse, found.p_value
        )?;
    }
    Ok(())
}

/// Writes a run as `trec_eval` reads it.
fn write_run(out: &mut impl Write, collection: &Collection, run: &Run) -> Result<(), CliError> {
    for ((query, _), retrieved) in collection.queries.iter().zip(run) {
        for (rank, document) in (1..).zip(retrieved) {
            writeln!(out, "{query} Q0 {} {rank} {} onrecord", document.document_id, document.score)?;
        }
    }
    Ok(())
}
