//! Files of the lab, written and put back through a real SSH server: nothing that was there is ever lost.

mod coming_back;
mod left_open;
mod ownership;
mod reading;
mod surface;
mod undoing;
mod writing;
