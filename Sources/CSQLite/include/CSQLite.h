#ifndef DAYBOOK_CSQLITE_H
#define DAYBOOK_CSQLITE_H

/// Tells a connection that its file may come from anybody: what the file says of itself cannot make SQLite write to it,
/// call a function, run a trigger, open a view or load a library. `sqlite3_db_config` takes arguments in a way that Swift
/// cannot call.
///
/// @param connection an `sqlite3 *`.
/// @return 0, or what SQLite answered to the first of these that it does not know.
int daybook_sqlite_defend(void *connection);

#endif
