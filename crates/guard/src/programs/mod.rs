//! What programs do with their arguments: tables of the programs of a homelab.
//!
//! [`effects`] answers for one invocation. A program that no table knows is [`Effect::Unknown`](crate::effect::Effect::Unknown).

mod accounts;
mod appliances;
mod applications;
mod archives;
mod awk;
mod backup;
mod backup_server;
mod call;
mod catalogue;
mod ceph;
mod code;
mod code_inside;
mod code_language;
mod code_own_names;
mod code_pieces;
mod code_words;
mod containers;
mod daemons;
mod databases;
mod develop;
mod documents_and_keys;
mod does;
mod each;
mod editors;
mod files;
mod filesystems;
mod git;
mod grammar;
mod guests;
mod interpreters;
mod joined;
mod kubernetes;
mod language_packages;
mod network;
mod packages;
mod platforms;
mod power;
mod proxmox;
mod pve_api;
mod readers;
mod remote;
mod requests;
mod run_container;
mod schedules;
mod search;
mod sed;
mod services;
mod sessions;
mod shells;
mod sql;
mod stdin_items;
mod storage;
mod system;
mod text_tools;
mod transient;
#[cfg(test)]
mod trial;
mod verbs;
mod volumes;
mod wrappers;

pub use catalogue::{effects, is_known, names};
