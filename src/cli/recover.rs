//! `onrecord recover`.

use std::io::Write as _;

use crate::cli::CliError;
use crate::cli::quiet_panics;
use crate::config::Recover;
use crate::engine::recover;

pub(super) fn run(args: &Recover) -> Result<(), CliError> {
    let Some(folder) = &args.data_dir else {
        return Err(CliError::Usage("name the damaged data folder with --data-dir".into()));
    };
    quiet_panics();
    let recovered = recover(folder, &args.out)?;
    let mut out = std::io::stdout().lock();
    for (id, why) in &recovered.lost {
        writeln!(out, "lost\t{id}\t{why}")?;
    }
    let (whole, lost) = (recovered.whole, recovered.lost.len());
    let place = args.out.display();
    writeln!(out, "{whole} documents are whole and written to {place}, {lost} are lost")?;
    if recovered.unnamed > 0 {
        let unnamed = recovered.unnamed;
        writeln!(out, "{unnamed} more sources are whole, whose documents are not known: {place}/unnamed")?;
    }
    match recovered.counted {
        Some(counted) if counted <= whole + lost as u64 => {}
        Some(counted) => {
            let gone = counted - whole - lost as u64;
            writeln!(out, "{gone} of {counted} documents are not listed any more and are lost too")?;
        }
        None => writeln!(out, "how many documents there were cannot be read; more may be lost")?,
    }
    writeln!(out, "to serve them again: onrecord serve --data-dir NEW {place}/documents")?;
    let complete = recovered.counted.is_some_and(|counted| counted <= whole) && lost == 0;
    if complete {
        Ok(())
    } else {
        Err(CliError::Failed("documents are lost; look for them in a snapshot".into()))
    }
}
