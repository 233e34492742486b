//! Nothing of the released API is removed, renumbered, renamed or given another type. Like `buf
//! breaking` with the rules FILE, for where buf is not at hand.

use std::collections::BTreeSet;

use libtest_mimic::Trial;
use onrecord::grpc::DESCRIPTORS;
use prost::Message as _;
use prost_types::DescriptorProto;
use prost_types::EnumDescriptorProto;
use prost_types::FileDescriptorSet;
use prost_types::OneofDescriptorProto;

use crate::support::root;
use crate::support::trials;

pub(crate) fn trials() -> Vec<Trial> {
    trials![trial: what_was_released_is_still_there, changes_that_break_are_seen]
}

/// Every message, field, enum value and rpc of `onrecord.v1`, a line each.
fn listing(set: &FileDescriptorSet) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for file in set.file.iter().filter(|file| file.package() == "onrecord.v1") {
        let options = file.options.clone().unwrap_or_default();
        let packages = [options.go_package(), options.java_package(), options.csharp_namespace()].join(" ");
        lines.insert(format!("file {} {packages}", file.name()));
        file.message_type.iter().for_each(|message| list_message(file.name(), "", message, &mut lines));
        file.enum_type.iter().for_each(|values| list_enum(file.name(), "", values, &mut lines));
        for service in &file.service {
            for rpc in &service.method {
                let streams = |streams: bool| if streams { "stream " } else { "" };
                lines.insert(format!(
                    "rpc {}.{} ({}{}) → {}{}",
                    service.name(),
                    rpc.name(),
                    streams(rpc.client_streaming()),
                    rpc.input_type(),
                    streams(rpc.server_streaming()),
                    rpc.output_type()
                ));
            }
        }
    }
    lines
}

fn list_message(file: &str, outer: &str, message: &DescriptorProto, lines: &mut BTreeSet<String>) {
    let name = format!("{outer}{}", message.name());
    lines.insert(format!("message {name} in {file}"));
    for field in &message.field {
        let oneof = field.oneof_index.and_then(|index| message.oneof_decl.get(usize::try_from(index).ok()?));
        lines.insert(format!(
            "field {name}.{} = {} {:?} {:?} {} {}",
            field.name(),
            field.number(),
            field.label(),
            field.r#type(),
            field.type_name(),
            oneof.map(OneofDescriptorProto::name).unwrap_or_default()
        ));
    }
    let inner = format!("{name}.");
    message.nested_type.iter().for_each(|nested| list_message(file, &inner, nested, lines));
    message.enum_type.iter().for_each(|values| list_enum(file, &inner, values, lines));
}

fn list_enum(file: &str, outer: &str, values: &EnumDescriptorProto, lines: &mut BTreeSet<String>) {
    let name = format!("{outer}{}", values.name());
    lines.insert(format!("enum {name} in {file}"));
    for value in &values.value {
        lines.insert(format!("value {name}.{} = {}", value.name(), value.number()));
    }
}

fn descriptors() -> FileDescriptorSet {
    FileDescriptorSet::decode(DESCRIPTORS).unwrap()
}

/// `UPDATE_EXPECT=1` writes the list: for a release, or a change that is meant to break clients.
fn what_was_released_is_still_there() {
    let file = root().join("proto/released.txt");
    let present = listing(&descriptors());
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let lines: Vec<&str> = present.iter().map(|line| line.trim_end()).collect();
        std::fs::write(file, lines.join("\n") + "\n").unwrap();
        return;
    }
    let present: BTreeSet<&str> = present.iter().map(|line| line.trim_end()).collect();
    let released = std::fs::read_to_string(file).unwrap();
    let gone: Vec<&str> = released.lines().filter(|line| !present.contains(line)).collect();
    assert!(gone.is_empty(), "clients of the released API break: {gone:#?}");
}

fn changes_that_break_are_seen() {
    let released = listing(&descriptors());
    let changes: [fn(&mut DescriptorProto); 4] = [
        |message| drop(message.field.pop()),
        |message| message.field[0].number = Some(99),
        |message| message.field[0].name = Some("words".into()),
        |message| message.field[0].set_type(prost_types::field_descriptor_proto::Type::Bytes),
    ];
    for change in changes {
        let mut set = descriptors();
        let messages = set.file.iter_mut().flat_map(|file| &mut file.message_type);
        messages.filter(|message| message.name() == "SearchRequest").for_each(change);
        assert!(!released.is_subset(&listing(&set)));
    }
    let mut added = descriptors();
    added.file.iter_mut().for_each(|file| file.message_type.push(DescriptorProto::default()));
    assert!(released.is_subset(&listing(&added)));
}
