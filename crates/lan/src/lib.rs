//! placeholder head, replaced in the first slice
