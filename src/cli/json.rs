//! Messages as proto JSON.

use std::io::Write as _;
use std::sync::LazyLock;

use prost::Message;
use prost_reflect::DescriptorPool;
use prost_reflect::DynamicMessage;
use prost_reflect::MessageDescriptor;
use prost_reflect::SerializeOptions;

use crate::cli::CliError;
use crate::grpc::DESCRIPTORS;

static POOL: LazyLock<Result<DescriptorPool, String>> =
    LazyLock::new(|| DescriptorPool::decode(DESCRIPTORS).map_err(|error| error.to_string()));

/// Reads a message of `onrecord.v1` from proto JSON.
pub(super) fn parse<M: Message + Default>(name: &str, value: serde_json::Value) -> Result<M, CliError> {
    let failed = |error: String| CliError::Failed(format!("this is no {name} in proto JSON: {error}"));
    let dynamic = DynamicMessage::deserialize(descriptor(name).map_err(failed)?, value)
        .map_err(|error| failed(error.to_string()))?;
    M::decode(&*dynamic.encode_to_vec()).map_err(|error| failed(error.to_string()))
}

fn descriptor(name: &str) -> Result<MessageDescriptor, String> {
    let full = format!("onrecord.v1.{name}");
    POOL.as_ref()
        .map_err(String::clone)?
        .get_message_by_name(&full)
        .ok_or_else(|| format!("{full} is unknown"))
}

/// Prints a message of `onrecord.v1` as proto JSON, one line.
pub(super) fn print(name: &str, message: &impl Message) -> Result<(), CliError> {
    let failed = |error: String| CliError::Failed(format!("the response cannot be printed as JSON: {error}"));
    let descriptor = descriptor(name).map_err(failed)?;
    let dynamic = DynamicMessage::decode(descriptor, &*message.encode_to_vec())
        .map_err(|error| failed(error.to_string()))?;
    let mut line = Vec::new();
    let mut serializer = serde_json::Serializer::new(&mut line);
    let options = SerializeOptions::new().skip_default_fields(false);
    dynamic.serialize_with_options(&mut serializer, &options).map_err(|error| failed(error.to_string()))?;
    line.push(b'\n');
    std::io::stdout().write_all(&line)?;
    Ok(())
}
