// How a device reaches a server.
//
// - `ServerURL` says where it is, `ServerConnection` speaks HTTP with it: tokens, retries, failures in plain words.
// - `SignIn` makes a session with a wallet key, `Pairing` with a code from a device that has one already;
//   `SessionKeeper` is where the session rests between two runs. `ServerSessions` are those that the person has.
// - `RemoteSync` is the conversation of `Sync` behind a URL. `BlobSync` moves the images' bytes, `SnapshotDownload`
//   fetches what a new device starts from.
// - `LiveWatch` tells when another device has changed the journal.
//
// Nothing here reads or writes the journal. Whatever reaches a person is a `Failure`; no secret is ever part of one.
