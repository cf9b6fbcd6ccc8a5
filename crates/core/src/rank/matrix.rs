//! The vectors of everything searchable in one flat block of bytes, scanned whole for the nearest.
