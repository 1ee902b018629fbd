//! Every command, scenario and tree in the documents.
