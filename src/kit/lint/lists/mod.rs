//! What is known of the world: hosts, networks and names that ordinary phones show. Kept short and certain: a value
//! that stands here is an error in any pack.

pub mod hosts;
pub mod names;
pub mod networks;
