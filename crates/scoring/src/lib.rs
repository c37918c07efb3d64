//! How partners are judged: facts in, score and evidence out. No database, no HTTP server.
