//! `onrecord recover`.

use std::io::Write as _;

use crate::cli::CliError;
use crate::config::Recover;
use crate::local::recover;

pub(super) fn run(args: &Recover) -> Result<(), CliError> {
    let Some(folder) = &args.data_dir else {
        return Err(CliError::Usage("name the damaged data folder with --data-dir".into()));
    };
    let recovered = recover(folder, &args.out)?;
    let mut out = std::io::stdout().lock();
    for (id, why) in &recovered.lost {
        writeln!(out, "lost\t{id}\t{why}")?;
    }
    let (whole, lost) = (recovered.whole, recovered.lost.len());
    let place = args.out.display();
    writeln!(out, "{whole} documents are whole and written to {place}, {lost} are lost")?;
    match recovered.counted {
        Some(counted) if counted <= whole + lost as u64 => {}
        Some(counted) => {
            let gone = counted - whole - lost as u64;
            writeln!(out, "{gone} of {counted} documents are not listed any more")?;
        }
        None => writeln!(out, "how many documents there were cannot be read any more")?,
    }
    if recovered.unnamed > 0 {
        let unnamed = recovered.unnamed;
        writeln!(out, "{unnamed} more sources are whole, that no document names: {place}/unnamed")?;
    }
    writeln!(out, "to serve them again: onrecord serve --data-dir NEW {place}/documents")?;
    if recovered.is_complete() {
        return Ok(());
    }
    Err(CliError::Failed("documents are lost; look for them in a snapshot".into()))
}
