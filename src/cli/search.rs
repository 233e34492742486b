//! `onrecord search`.

use std::collections::HashMap;

use crate::cli::CliError;
use crate::cli::client;
use crate::cli::json;
use crate::cli::results;
use crate::cli::timeline;
use crate::config::Facet;
use crate::config::Order;
use crate::config::Search;
use crate::config::Unit;
use crate::grpc::pb;

pub(super) async fn run(args: Search) -> Result<(), CliError> {
    let query = args.query.join(" ");
    let mut labels = HashMap::<String, pb::LabelValues>::new();
    for (key, value) in args.labels {
        labels.entry(key).or_default().values.push(value);
    }
    let filter = pb::Filter {
        document_ids: args.document_ids,
        speakers: args.speakers,
        published_from: args.from,
        published_to: args.to,
        languages: args.languages,
        publishers: args.publishers,
        askers: args.askers,
        excluded_document_ids: args.excluded_document_ids,
        excluded_speakers: args.excluded_speakers,
        labels,
    };
    let mut client = client::searches(&args.client).await?;
    if let Some(unit) = args.timeline {
        let request = pb::GetTimelineRequest {
            query: query.clone(),
            filter: (filter != pb::Filter::default()).then_some(filter),
            unit: timeline_unit(unit).into(),
            speakers: 0,
        };
        let response = client.get_timeline(request).await.map_err(client::failed)?.into_inner();
        return if args.client.json {
            json::print("GetTimelineResponse", &response)
        } else {
            timeline::print(&query, &response)
        };
    }
    let (mut facets, mut facet_labels) = (Vec::new(), Vec::new());
    for wanted in args.facets {
        match facet(wanted) {
            Ok(field) => facets.push(field.into()),
            Err(label) => facet_labels.push(label),
        }
    }
    let request = pb::SearchRequest {
        query: query.clone(),
        page_size: args.page_size,
        page_token: args.page_token,
        filter: (filter != pb::Filter::default()).then_some(filter),
        collapse_duplicates: args.collapse_duplicates,
        context: args.context,
        min_generation: 0,
        order: order(args.order).into(),
        facets,
        facet_labels,
        facet_size: 0,
        facets_ignore_own_filter: false,
        snippet_bytes: 0,
        explain: args.explain,
        min_score: 0.0,
    };
    let response = client.search(request).await.map_err(client::failed)?.into_inner();
    if args.client.json {
        json::print("SearchResponse", &response)
    } else {
        results::print(&query, args.full, &response)
    }
}

const fn order(order: Order) -> pb::Order {
    match order {
        Order::Relevance => pb::Order::Relevance,
        Order::Newest => pb::Order::Newest,
        Order::Oldest => pb::Order::Oldest,
        Order::Document => pb::Order::Document,
    }
}

/// The field of a facet, or the key of a label.
fn facet(facet: Facet) -> Result<pb::FacetField, String> {
    match facet {
        Facet::Speaker => Ok(pb::FacetField::Speaker),
        Facet::Asker => Ok(pb::FacetField::Asker),
        Facet::Document => Ok(pb::FacetField::Document),
        Facet::Publisher => Ok(pb::FacetField::Publisher),
        Facet::Year => Ok(pb::FacetField::Year),
        Facet::Language => Ok(pb::FacetField::Language),
        Facet::Label(key) => Err(key),
    }
}

const fn timeline_unit(unit: Unit) -> pb::get_timeline_request::Unit {
    match unit {
        Unit::Year => pb::get_timeline_request::Unit::Year,
        Unit::Month => pb::get_timeline_request::Unit::Month,
        Unit::Day => pb::get_timeline_request::Unit::Day,
    }
}
