//! STIX 2.1: bundle reader, pattern grammar, exact evaluation. Knows nothing of phones.
