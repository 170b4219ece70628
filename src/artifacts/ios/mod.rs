//! What iPhones and iPads leave behind, one file per artifact.

/// Declares fields as statics: `NAME "name" [Role, …] Privacy "doc";`.
macro_rules! fields {
    ($($id:ident $name:literal [$($role:ident),*] $privacy:ident $doc:literal;)*) => {
        $(static $id: crate::record::Field = crate::record::Field::new(
            $name, &[$(crate::record::Role::$role),*], crate::record::Privacy::$privacy, $doc,
        );)*
    };
}

pub mod backup_info;
pub mod configuration_profiles;
#[cfg(test)]
mod corpus;
pub mod datausage;
mod domain;
mod jid;
pub mod manifest;
mod message_body;
mod rows;
pub mod safari_history;
mod site;
pub mod sms;
pub mod tcc;
pub mod whatsapp;
