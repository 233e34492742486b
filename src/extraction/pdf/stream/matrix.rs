//! Transformations of coordinates (ISO 32000-1, 8.3.3).

/// `[a b c d e f]` of the standard.
pub(crate) type Matrix = [f32; 6];

pub(crate) const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// `m`, then `n`.
pub(crate) fn product(m: Matrix, n: Matrix) -> Matrix {
    let row = |x: f32, y: f32| (x * n[0] + y * n[2], x * n[1] + y * n[3]);
    let ((m0, m1), (m2, m3), (m4, m5)) = (row(m[0], m[1]), row(m[2], m[3]), row(m[4], m[5]));
    [m0, m1, m2, m3, m4 + n[4], m5 + n[5]]
}
