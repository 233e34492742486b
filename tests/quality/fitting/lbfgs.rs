//! Limited-memory BFGS (Nocedal and Wright, "Numerical Optimization", algorithm 7.5).

use std::collections::VecDeque;

/// How many steps are remembered.
const MEMORY: usize = 8;
/// Most steps.
const STEPS: usize = 50;
/// Relative gain under which the search ends.
const ENOUGH: f64 = 1e-5;

/// Where a function that gives its value and gradient is least, as seen from `start`.
pub(crate) fn minimise(start: Vec<f64>, function: impl Fn(&[f64]) -> (f64, Vec<f64>)) -> Vec<f64> {
    let mut at = start;
    let (mut value, mut gradient) = function(&at);
    let mut memory: VecDeque<(Vec<f64>, Vec<f64>, f64)> = VecDeque::new();
    for _ in 0..STEPS {
        let mut direction = direction(&gradient, &memory);
        if dot(&direction, &gradient) >= 0.0 {
            memory.clear();
            direction = gradient.iter().map(|g| -g).collect();
        }
        let slope = dot(&direction, &gradient);
        let mut step = if memory.is_empty() { 1.0 / dot(&gradient, &gradient).sqrt().max(1.0) } else { 1.0 };
        let next = loop {
            let there: Vec<f64> = at.iter().zip(&direction).map(|(a, d)| a + step * d).collect();
            let (reached, slopes) = function(&there);
            if reached <= value + 1e-4 * step * slope {
                break Some((there, reached, slopes));
            }
            step *= 0.5;
            if step < 1e-10 {
                break None;
            }
        };
        let Some((there, reached, slopes)) = next else { break };
        let moved: Vec<f64> = there.iter().zip(&at).map(|(a, b)| a - b).collect();
        let turned: Vec<f64> = slopes.iter().zip(&gradient).map(|(a, b)| a - b).collect();
        let curvature = dot(&moved, &turned);
        if curvature > 1e-10 {
            memory.push_back((moved, turned, 1.0 / curvature));
            if memory.len() > MEMORY {
                memory.pop_front();
            }
        }
        let gain = value - reached;
        (at, value, gradient) = (there, reached, slopes);
        if gain < ENOUGH * value.abs().max(1.0) {
            break;
        }
    }
    at
}

/// Minus the gradient, times the inverse of the curvature seen in the last steps.
fn direction(gradient: &[f64], memory: &VecDeque<(Vec<f64>, Vec<f64>, f64)>) -> Vec<f64> {
    let mut rest = gradient.to_vec();
    let mut factors = Vec::new();
    for (moved, turned, inverse) in memory.iter().rev() {
        let factor = inverse * dot(moved, &rest);
        rest.iter_mut().zip(turned).for_each(|(r, t)| *r -= factor * t);
        factors.push(factor);
    }
    if let Some((moved, turned, _)) = memory.back() {
        let scale = dot(moved, turned) / dot(turned, turned);
        for r in &mut rest {
            *r *= scale;
        }
    }
    for ((moved, turned, inverse), factor) in memory.iter().zip(factors.iter().rev()) {
        let change = factor - inverse * dot(turned, &rest);
        rest.iter_mut().zip(moved).for_each(|(r, m)| *r += change * m);
    }
    rest.iter().map(|r| -r).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
