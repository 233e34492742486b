//! `onrecord search`.

use std::collections::HashMap;

use crate::cli::CliError;
use crate::cli::client;
use crate::cli::json;
use crate::cli::results;
use crate::config::Order;
use crate::config::Search;
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
        labels,
        ..pb::Filter::default()
    };
    let request = pb::SearchRequest {
        query: query.clone(),
        page_size: args.page_size,
        page_token: args.page_token,
        filter: (filter != pb::Filter::default()).then_some(filter),
        collapse_duplicates: args.collapse_duplicates,
        min_generation: 0,
        order: order(args.order).into(),
        snippet_bytes: 0,
    };
    let mut client = client::searches(&args.client).await?;
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
