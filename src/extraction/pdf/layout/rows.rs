//! Runs → rows on one baseline, in reading order.

use crate::extraction::pdf::stream::run::Run;

/// Runs of one baseline, from left to right.
pub(crate) type Row = Vec<Run>;

/// A gap of so many sizes of a letter may be that between two columns.
const GUTTER: f32 = 1.2;

/// The fewest rows that show two columns.
const FEWEST_ROWS: usize = 5;

fn size(row: &[Run]) -> f32 {
    row.iter().map(|run| run.size).fold(0.1, f32::max)
}

fn start(row: &[Run]) -> f32 {
    row.first().map_or(0.0, |run| run.x.0)
}

fn end(row: &[Run]) -> f32 {
    row.iter().map(|run| run.x.1).fold(f32::MIN, f32::max)
}

fn baseline(row: &[Run]) -> f32 {
    row.first().map_or(0.0, |run| run.y)
}

/// The rows of a page. They are read in the order they are drawn, which writers take from the text;
/// where that order jumps up and down the page, from top to bottom.
pub(crate) fn rows(runs: Vec<Run>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for run in runs {
        match rows.last_mut() {
            Some(row)
                if (baseline(row) - run.y).abs() < size(row).max(run.size) * 0.45
                    && run.x.0 > end(row) - size(row).max(run.size) * 1.5 =>
            {
                row.push(run);
            }
            _ => rows.push(vec![run]),
        }
    }
    rows.retain(|row| row.iter().any(|run| !run.text.trim().is_empty()));
    if is_disordered(&rows) || has_label_column(&rows) {
        rows = by_place(rows);
    }
    split_columns(rows)
}

/// Whether the order in which the rows are drawn is no order to read them in.
fn is_disordered(rows: &[Row]) -> bool {
    let jumps = rows.windows(2).filter(|pair| {
        let [above, below] = pair else { return false };
        let up = baseline(below) - baseline(above);
        // Up and to the right is the next column.
        up > size(above) * 0.8 && start(below) < end(above)
    });
    // The header and footer may be drawn last or first.
    let jumps = jumps.count();
    jumps > 3 && jumps * 20 > rows.len()
}

/// Whether a narrow column was drawn before the rows that it labels.
fn has_label_column(rows: &[Row]) -> bool {
    let jump = rows.windows(2).position(|pair| {
        let [above, below] = pair else { return false };
        baseline(below) - baseline(above) > size(above) * 3.0 && start(below) > end(above)
    });
    let Some((left, right)) = jump.and_then(|jump| rows.split_at_checked(jump + 1)) else { return false };
    let width = rows.iter().map(|row| end(row)).fold(f32::MIN, f32::max)
        - rows.iter().map(|row| start(row)).fold(f32::MAX, f32::min);
    let mut lines: Vec<f32> = right.iter().map(|row| baseline(row)).collect();
    lines.sort_by(f32::total_cmp);
    let is_label = |row: &&Row| {
        let near = lines.partition_point(|y| *y < baseline(row) - 1.5);
        end(row) - start(row) < width * 0.25
            && lines.get(near).is_some_and(|y| (*y - baseline(row)).abs() <= 1.5)
    };
    left.len() >= 2 && left.iter().filter(is_label).count() * 10 >= left.len() * 7
}

/// Rows from top to bottom.
fn by_place(rows: Vec<Row>) -> Vec<Row> {
    let mut runs: Vec<Run> = rows.into_iter().flatten().collect();
    runs.sort_by(|a, b| b.y.total_cmp(&a.y).then(a.x.0.total_cmp(&b.x.0)));
    let mut rows: Vec<Row> = Vec::new();
    for run in runs {
        match rows.last_mut() {
            Some(row) if (baseline(row) - run.y).abs() < size(row).min(run.size) * 0.45 => row.push(run),
            _ => rows.push(vec![run]),
        }
    }
    for row in &mut rows {
        row.sort_by(|a, b| a.x.0.total_cmp(&b.x.0));
    }
    rows
}

/// Reads two columns of prose whose rows were joined across the gutter one after the other.
fn split_columns(rows: Vec<Row>) -> Vec<Row> {
    let Some(gutter) = gutter(&rows) else { return rows };
    let mut out = Vec::with_capacity(rows.len() * 2);
    let mut right: Vec<Row> = Vec::new();
    for row in rows {
        if row.iter().any(|run| run.x.0 < gutter && run.x.1 > gutter) {
            // A heading over both columns ends what is above it.
            out.append(&mut right);
            out.push(row);
            continue;
        }
        let (before, after): (Row, Row) = row.into_iter().partition(|run| run.x.0 < gutter);
        out.extend(Some(before).filter(|row| !row.is_empty()));
        right.extend(Some(after).filter(|row| !row.is_empty()));
    }
    out.append(&mut right);
    out
}

/// The middle of the gap between two columns, if most rows have it with prose on either side.
fn gutter(rows: &[Row]) -> Option<f32> {
    let left = rows.iter().map(|row| start(row)).fold(f32::MAX, f32::min);
    let right = rows.iter().map(|row| end(row)).fold(f32::MIN, f32::max);
    let width = right - left;
    let mut gaps: Vec<(f32, f32)> = Vec::new();
    for row in rows {
        let wide = row.windows(2).filter_map(|pair| {
            let [a, b] = pair else { return None };
            (b.x.0 - a.x.1 > a.size * GUTTER).then_some((a.x.1, b.x.0))
        });
        gaps.extend(wide);
    }
    if gaps.len() < FEWEST_ROWS {
        return None;
    }
    // Columns begin at the same place.
    let mut starts: Vec<f32> = gaps.iter().map(|(_, start)| *start).collect();
    starts.sort_by(f32::total_cmp);
    let column = *starts.get(starts.len() / 2)?;
    let aligned: Vec<&(f32, f32)> = gaps.iter().filter(|(_, start)| (start - column).abs() < 2.0).collect();
    let farthest = aligned.iter().map(|(end, _)| *end).fold(f32::MIN, f32::max);
    let middle = f32::midpoint(farthest, column);
    let crossing =
        rows.iter().filter(|row| row.iter().any(|run| run.x.0 < middle && run.x.1 > middle)).count();
    let is_prose = |part: f32| part > width * 0.3;
    let mean_left = aligned.iter().map(|(end, _)| *end - left).sum::<f32>() / aligned.len().max(1) as f32;
    (aligned.len() >= FEWEST_ROWS
        && aligned.len() * 2 >= rows.len()
        && crossing * 4 <= rows.len()
        && is_prose(mean_left)
        && is_prose(right - column))
    .then_some(middle)
}
