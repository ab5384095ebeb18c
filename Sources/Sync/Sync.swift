// How copies of a journal become one journal.
//
// Each replica writes commits; a commit names what its writer had seen, so a replica applies it only after all of that.
// What a write had seen it supersedes, what it had not seen it stands beside (`Merge/`). Commits travel as the bytes
// their writer made (`Wire/`), in a conversation of one request and one answer that is safe to repeat at any point
// (`Conversation/`).
//
// Everything here is a function of its arguments: no files, no sockets, no clock. `Storage` keeps a journal on disk by
// these rules, and `Gateways` carries the conversation over HTTP.
