//! What the official conformance suite expects to find on a server: tools, prompts and resources named `test_*`,
//! around the production handler, behind the same gate and transports. Compiled only with the feature.

mod asking;
mod content;
mod elicitation;
mod jobs;
mod lasting;
mod pages;
mod prompts;
mod tools;
mod wrapper;

pub(crate) use wrapper::WithFixtures;
