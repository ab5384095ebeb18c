#include "CSQLite.h"

#include <sqlite3.h>
#include <stddef.h>

/* SQLite counts every byte that it takes under a lock, and nobody here asks how many there are. It has to be told before
   the first connection. */
__attribute__((constructor)) static void daybook_sqlite_set_up(void) {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

int daybook_sqlite_defend(void *connection) {
    static const struct { int option, value; } settings[] = {
        { SQLITE_DBCONFIG_DEFENSIVE, 1 },
        { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
        { SQLITE_DBCONFIG_WRITABLE_SCHEMA, 0 },
        { SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
        { SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
        { SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
        { SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0 },
    };
    for (size_t index = 0; index < sizeof settings / sizeof settings[0]; index++) {
        int code = sqlite3_db_config(connection, settings[index].option, settings[index].value, NULL);
        if (code != SQLITE_OK) return code;
    }
    return SQLITE_OK;
}
