// What is on disk.
//
// - `journal.sqlite`: one person's journal, on a device and on the server alike (`Journal/`). Everything in it follows
//   from its `log`; `Merge/` applies a commit and all that is derived from it in one transaction.
// - `blobs/`: image bytes, named by their SHA-256 (`Blobs/`).
// - `server.sqlite`: who may sign in, and which replica is whose (`Server/`). Only on a server.
// - the vault key: a file of its own, apart from all of these, without which the secrets in `server.sqlite` stay closed
//   (`Vault/`). Only on a server.
//
// A write that was answered is on disk: `synchronous=FULL` in WAL mode. What a crash takes is the transaction that was
// not answered yet, whole.
