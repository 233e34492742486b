//! Where values come from below the command line: variables, and the configuration file.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;
use std::path::PathBuf;

use clap::ArgAction;
use clap::builder::FalseyValueParser;
use clap::error::ErrorKind;

/// The configuration file that is read from the working folder if it is there.
const FILE: &str = "onrecord.toml";

/// The configuration file and what is in it: the one named, or the one in the working folder.
pub(super) fn file_text(
    typed: &[OsString],
    command: &mut clap::Command,
) -> Result<Option<(PathBuf, String)>, clap::Error> {
    let flag = typed.iter().position(|word| word == "--config").and_then(|at| typed.get(at + 1)).cloned();
    let joined = typed.iter().find_map(|word| word.to_str()?.strip_prefix("--config=").map(OsString::from));
    let named = flag.or(joined).or_else(|| std::env::var_os("ONRECORD_CONFIG"));
    let path = PathBuf::from(named.clone().unwrap_or_else(|| FILE.into()));
    match fs::read_to_string(&path) {
        Ok(text) => Ok(Some((path, text))),
        Err(error) if named.is_none() && error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            Err(command.error(ErrorKind::Io, format!("{} cannot be read: {error}", path.display())))
        }
    }
}

/// Gives every flag of every command its variable: `--data-dir` is `ONRECORD_DATA_DIR`.
pub(super) fn with_variables(command: clap::Command) -> clap::Command {
    let command = command.mut_args(|arg| {
        let Some(long) = arg.get_long().filter(|long| !["help", "version"].contains(long)) else {
            return arg;
        };
        let name = format!("ONRECORD_{}", long.replace('-', "_").to_uppercase());
        let arg = arg.env(name);
        // A variable says yes by 1 as well as by true.
        let switch = matches!(arg.get_action(), ArgAction::SetTrue);
        if switch { arg.value_parser(FalseyValueParser::new()) } else { arg }
    });
    command.mut_subcommands(with_variables)
}

/// The id of the flag that a key of the file sets: `data_dir` sets `--data-dir`.
fn flag(command: &clap::Command, key: &str) -> Option<clap::Id> {
    let long = key.replace('_', "-");
    command.get_arguments().find(|arg| arg.get_long() == Some(&long)).map(|arg| arg.get_id().clone())
}

/// Makes the file's values the defaults of the flags of the same names, in every command that has
/// them.
pub(super) fn with_defaults(
    mut command: clap::Command,
    path: &Path,
    text: &str,
) -> Result<clap::Command, clap::Error> {
    let table: toml::Table = toml::from_str(text).map_err(|error| {
        command.error(ErrorKind::InvalidValue, format!("{} is no TOML: {error}", path.display()))
    })?;
    for (key, value) in table {
        let values: Vec<String> =
            value.as_array().map_or_else(|| vec![plain(&value)], |values| values.iter().map(plain).collect());
        let mut known = false;
        if let Some(id) = flag(&command, &key) {
            command = command.mut_arg(id, |arg| arg.default_values(values.clone()));
            known = true;
        }
        let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
        for name in names {
            command = command.mut_subcommand(name, |sub| {
                let Some(id) = flag(&sub, &key) else { return sub };
                known = true;
                sub.mut_arg(id, |arg| arg.default_values(values.clone()))
            });
        }
        if !known {
            let message =
                format!("{}: there is no setting {key:?}; see onrecord serve --help", path.display());
            return Err(command.error(ErrorKind::InvalidValue, message));
        }
    }
    Ok(command)
}

fn plain(value: &toml::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::config::Config;

    #[test]
    fn every_flag_has_a_variable_and_a_key() {
        fn check(command: &clap::Command) {
            for arg in command.get_arguments().filter(|arg| !arg.is_positional()) {
                let long = arg.get_long().expect("a long name");
                let variable = format!("ONRECORD_{}", long.replace('-', "_").to_uppercase());
                assert_eq!(arg.get_env().and_then(|name| name.to_str()), Some(&*variable), "--{long}");
                assert!(flag(command, &long.replace('-', "_")).is_some(), "--{long}");
            }
            command.get_subcommands().for_each(check);
        }
        check(&with_variables(Config::command()));
    }

    #[test]
    fn a_key_never_sets_what_is_typed_without_a_name() {
        let command = with_variables(Config::command());
        let refused = with_defaults(command, Path::new("onrecord.toml"), "id = \"x\"").unwrap_err();
        assert!(refused.to_string().contains("there is no setting \"id\""), "{refused}");
    }
}
