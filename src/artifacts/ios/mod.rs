//! What iPhones and iPads leave behind, one file per artifact.

pub mod backup_info;
pub mod configuration_profiles;
#[cfg(test)]
mod corpus;
pub mod datausage;
mod jid;
pub mod manifest;
mod message_body;
pub mod safari_history;
mod site;
pub mod sms;
pub mod tcc;
pub mod whatsapp;
