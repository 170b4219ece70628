//! The table in which a shape is declared: each field once, with its meaning, its privacy, its column and what that
//! column must be.

/// Declares a shape: a module of its name with the fields as statics, `SHAPE`, and, for a database table, `ROWS` (what is
/// read) and `col` (its columns as typed handles).
///
/// ```text
/// shape! {
///     /// One call.
///     call(Delivered) from ZCALLRECORD {
///         date      Public   [Time]        mac_time(ZDATE) key      "When the call began (UTC).";
///         direction Public   []                                     "`outgoing` or `incoming`.";
///         number    Personal [Phone Email] text(ZADDRESS) key       "The other party.";
///         _ flag(ZORIGINATED) key;
///         use other::field;
///     }
///     events { call(date) "Call ({direction}), {number}"; }
/// }
/// ```
///
/// A line is: name, privacy, roles, then the conversion and its column where a column gives the field, then the
/// documentation. A field without a column is filled by the reader. `_ conversion(COLUMN);` reads a column that no field
/// shows, and `use` shares a field with another shape. Conversions: [`Conversion`](super::Conversion). `key` says that the
/// table cannot tell what the artifact tells without this column: where it is missing, records count as lost.
/// `key(since 14)` asks for it from a version of the system on; `key(one_of decision)` asks for one of all columns with
/// that word. `sometimes` is for a column that only some versions have, so that its absence says nothing. A column without
/// a mark costs its field, and that is noted.
#[macro_export]
macro_rules! shape {
    (
        $(#[$doc:meta])*
        $shape:ident($context:ident) $(from $table:ident)? { $($lines:tt)* }
        $(events { $($event:ident($time:ident) $text:literal;)* })?
    ) => {
        $(#[$doc])*
        #[allow(non_upper_case_globals, unused_imports)]
        pub mod $shape {
            use super::*;
            use $crate::artifact::{Column, Conversion, Key};
            $crate::shape!(@lines [$($table)?] [] [] $($lines)*);
            /// The shape.
            pub static SHAPE: $crate::artifact::Shape = $crate::artifact::Shape {
                name: stringify!($shape),
                fields: FIELDS,
                events: &[$($($crate::artifact::Event {
                    time: &$time,
                    name: stringify!($event),
                    text: $text,
                }),*)?],
                context: $crate::artifact::Context::$context,
            };
        }
    };

    // The end: lists of what the lines declared.
    (@lines [$($table:ident)?] [$($field:ident),*] [$($column:tt),*]) => {
        static FIELDS: &[&$crate::record::Field] = &[$(&$field),*];
        $crate::shape!(@table [$($table)?] [$($column),*]);
    };
    // A field of another shape.
    (@lines $table:tt [$($fields:ident),*] $columns:tt use $other:ident::$field:ident; $($rest:tt)*) => {
        pub use super::$other::$field;
        $crate::shape!(@lines $table [$($fields,)* $field] $columns $($rest)*);
    };
    // A column without a field.
    (@lines $table:tt $fields:tt [$($columns:tt),*]
        _ $conv:ident($col:ident) $($mark:ident $(($($key:tt)*))?)?; $($rest:tt)*) => {
        $crate::shape!(@lines $table $fields
            [$($columns,)* ($col, $conv, [], [$($mark $(($($key)*))?)?])] $($rest)*);
    };
    // A field with its column.
    (@lines $table:tt [$($fields:ident),*] [$($columns:tt),*]
        $name:ident $privacy:ident [$($role:ident)*] $conv:ident($col:ident) $($mark:ident $(($($key:tt)*))?)? $doc:literal;
        $($rest:tt)*) => {
        $crate::shape!(@field $name $privacy [$($role)*] $doc);
        $crate::shape!(@lines $table [$($fields,)* $name]
            [$($columns,)* ($col, $conv, [$name], [$($mark $(($($key)*))?)?])] $($rest)*);
    };
    // A field that the reader fills.
    (@lines $table:tt [$($fields:ident),*] $columns:tt
        $name:ident $privacy:ident [$($role:ident)*] $doc:literal; $($rest:tt)*) => {
        $crate::shape!(@field $name $privacy [$($role)*] $doc);
        $crate::shape!(@lines $table [$($fields,)* $name] $columns $($rest)*);
    };
    (@lines $table:tt $fields:tt $columns:tt $($line:tt)+) => {
        compile_error!(concat!(
            "expected `name Privacy [Roles] conversion(COLUMN) key \"documentation\";`, found: ",
            stringify!($($line)+)
        ));
    };

    (@field $name:ident $privacy:ident [$($role:ident)*] $doc:literal) => {
        #[doc = $doc]
        pub static $name: $crate::record::Field = $crate::record::Field {
            name: $crate::record::plain(stringify!($name)),
            roles: &[$($crate::record::Role::$role),*],
            privacy: $crate::record::Privacy::$privacy,
            doc: $doc,
        };
    };

    (@table [] []) => {};
    (@table [$table:ident] [$(($col:ident, $conv:ident, [$($field:ident)?], [$($key:tt)*])),*]) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        enum At { $($col),* }
        /// The columns by name, for what reads them itself.
        #[allow(non_upper_case_globals, dead_code)]
        pub mod col {
            use super::At;
            $(
                /// The column.
                pub const $col: $crate::artifact::Col<$crate::shape!(@type $conv)> =
                    $crate::artifact::Col::new(At::$col as usize);
            )*
        }
        /// What is read of the table.
        pub static ROWS: $crate::artifact::Rows = $crate::artifact::Rows {
            table: stringify!($table),
            shape: &SHAPE,
            names: &[$($crate::record::plain(stringify!($col))),*],
            columns: &[$(Column {
                field: $crate::shape!(@option $($field)?),
                read: $crate::shape!(@conversion $conv),
                key: $crate::shape!(@key $($key)*),
            }),*],
        };
    };
    (@table [] [$($column:tt),+]) => {
        compile_error!("columns are named, but no table: write `shape(Context) from TABLE { … }`");
    };

    (@option) => { None };
    (@option $field:ident) => { Some(&$field) };

    (@key) => { Key::No };
    (@key key) => { Key::Always };
    (@key key(since $version:literal)) => { Key::Since($version) };
    (@key key(one_of $group:ident)) => { Key::OneOf(stringify!($group)) };
    (@key sometimes) => { Key::Sometimes };
    (@key $($other:tt)+) => {
        compile_error!(concat!(
            "`", stringify!($($other)+),
            "` after a column: one of key, key(since VERSION), key(one_of WORD), sometimes may stand there"
        ))
    };

    (@conversion text) => { Conversion::Text };
    (@conversion number) => { Conversion::Number };
    (@conversion flag) => { Conversion::Flag };
    (@conversion mac_time) => { Conversion::MacTime };
    (@conversion unix_seconds) => { Conversion::UnixSeconds };
    (@conversion raw) => { Conversion::Raw };
    (@conversion $other:ident) => {
        compile_error!(concat!(
            "unknown conversion `", stringify!($other), "`: one of text, number, flag, mac_time, unix_seconds, raw"
        ))
    };
    (@type text) => { str };
    (@type number) => { i64 };
    (@type flag) => { bool };
    (@type mac_time) => { $crate::record::Timestamp };
    (@type unix_seconds) => { $crate::record::Timestamp };
    (@type $other:ident) => { [u8] };
}
