/* Bare SQLite doing the row writes that Daybook cannot avoid, by cached statements and nothing around them.

   sqlite_rows TRADES.tsv DIRECTORY [merge|commit|insert|all] [--order shuffled|sorted] [--commits N] [--cache-kib N]

   merge   another replica's edit of one field of each trade, every conflict kept: set the row's shown value by its
           16-byte key, and write two siblings (ours and theirs) into a WITHOUT ROWID table; one transaction
   commit  one durable edit at a time: set a value and append an 80-byte log row, synchronous=FULL
   insert  all trades in one transaction, two indexes; and the file's size

   One JSON object for each step. Everything is in WAL mode with synchronous=FULL; the page cache is SQLite's
   default (2 MB) unless --cache-kib says otherwise. A step's time includes its COMMIT. */

#include <fcntl.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { COLUMNS = 15, ID_BYTES = 16, LOG_BYTES = 80, FIELD_NOTE = 14 };

static int cache_kib = 0;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void check(sqlite3 *db, int code) {
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
    fprintf(stderr, "sqlite_rows: %s\n", sqlite3_errmsg(db));
    exit(1);
}

static void run(sqlite3 *db, const char *sql) { check(db, sqlite3_exec(db, sql, NULL, NULL, NULL)); }

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement;
    check(db, sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL));
    return statement;
}

static void step(sqlite3 *db, sqlite3_stmt *statement) {
    check(db, sqlite3_step(statement));
    check(db, sqlite3_reset(statement));
}

static long long number(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement = prepare(db, sql);
    check(db, sqlite3_step(statement));
    long long value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

/* xorshift64*: the same order on every machine. */
static uint64_t dice_state = 0x9E3779B97F4A7C15ull;

static uint64_t dice(void) {
    dice_state ^= dice_state >> 12, dice_state ^= dice_state << 25, dice_state ^= dice_state >> 27;
    return dice_state * 0x2545F4914F6CDD1Dull;
}

/* The trades, read and split before anything is timed. */

struct Trade {
    unsigned char id[ID_BYTES];
    char *cell[COLUMNS];
};

static struct Trade *trades;
static int trade_count;

static void load(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) perror(path), exit(1);
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = malloc(size + 1);
    if (fread(text, 1, size, file) != (size_t)size) perror(path), exit(1);
    text[size] = 0;
    fclose(file);

    int lines = 0;
    for (char *p = text; *p; p++) lines += *p == '\n';
    trades = calloc(lines, sizeof *trades);
    char *line = strchr(text, '\n') + 1; /* past the header */
    while (*line) {
        struct Trade *trade = &trades[trade_count++];
        char *end = strchr(line, '\n'), *cell = line;
        *end = 0;
        for (int i = 0; i < COLUMNS; i++) {
            trade->cell[i] = cell;
            char *tab = strchr(cell, '\t');
            if (tab) *tab = 0, cell = tab + 1;
            else if (i != COLUMNS - 1) fprintf(stderr, "%s: too few columns\n", path), exit(1);
        }
        for (int i = 0; i < ID_BYTES; i++) sscanf(trade->cell[0] + 2 * i, "%2hhx", &trade->id[i]);
        line = end + 1;
    }
}

static int by_id(const void *a, const void *b) {
    return memcmp(trades[*(const int *)a].id, trades[*(const int *)b].id, ID_BYTES);
}

static int *edit_order(int sorted) {
    int *order = malloc(trade_count * sizeof *order);
    for (int i = 0; i < trade_count; i++) order[i] = i;
    if (sorted) qsort(order, trade_count, sizeof *order, by_id);
    else
        for (int i = trade_count - 1; i > 0; i--) {
            int j = dice() % (i + 1), other = order[i];
            order[i] = order[j], order[j] = other;
        }
    return order;
}

/* The database. */

static char path[4096];

static void remove_files(void) {
    char name[4200];
    const char *suffixes[] = {"", "-wal", "-shm"};
    for (int i = 0; i < 3; i++) snprintf(name, sizeof name, "%s%s", path, suffixes[i]), unlink(name);
}

static sqlite3 *create(const char *directory) {
    snprintf(path, sizeof path, "%s/sqlite_rows-%d.sqlite", directory, getpid());
    remove_files();
    sqlite3 *db;
    check(NULL, sqlite3_open(path, &db));
    run(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    if (number(db, "PRAGMA synchronous") != 2) fprintf(stderr, "synchronous is not FULL\n"), exit(1);
    if (cache_kib) {
        char sql[64];
        snprintf(sql, sizeof sql, "PRAGMA cache_size = -%d", cache_kib);
        run(db, sql);
    }
    run(db, "CREATE TABLE trade (id BLOB PRIMARY KEY NOT NULL, account TEXT NOT NULL, symbol TEXT NOT NULL,"
            " side TEXT NOT NULL, quantity TEXT NOT NULL, entry_price TEXT NOT NULL, exit_price TEXT NOT NULL,"
            " opened_ms INTEGER NOT NULL, closed_ms INTEGER NOT NULL, pnl TEXT NOT NULL, fee TEXT NOT NULL,"
            " stop_price TEXT NOT NULL, rating INTEGER NOT NULL, tags TEXT NOT NULL, note TEXT NOT NULL) STRICT;"
            "CREATE INDEX trade_opened ON trade (opened_ms);"
            "CREATE INDEX trade_symbol ON trade (symbol, opened_ms);"
            "CREATE TABLE sibling (entity BLOB NOT NULL, field INTEGER NOT NULL, replica INTEGER NOT NULL,"
            " counter INTEGER NOT NULL, value BLOB, PRIMARY KEY (entity, field, replica, counter))"
            " WITHOUT ROWID, STRICT;"
            "CREATE TABLE log (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT");
    return db;
}

static void insert_trades(sqlite3 *db) {
    sqlite3_stmt *insert = prepare(db, "INSERT INTO trade VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15)");
    run(db, "BEGIN IMMEDIATE");
    for (int i = 0; i < trade_count; i++) {
        sqlite3_bind_blob(insert, 1, trades[i].id, ID_BYTES, SQLITE_STATIC);
        for (int column = 1; column < COLUMNS; column++) {
            const char *cell = trades[i].cell[column];
            int whole = column == 7 || column == 8 || column == 12;
            if (whole) sqlite3_bind_int64(insert, column + 1, atoll(cell));
            else sqlite3_bind_text(insert, column + 1, cell, -1, SQLITE_STATIC);
        }
        step(db, insert);
    }
    run(db, "COMMIT");
    sqlite3_finalize(insert);
}

static long long file_bytes(void) {
    struct stat facts;
    return stat(path, &facts) == 0 ? (long long)facts.st_size : -1;
}

static void checkpoint(sqlite3 *db) { run(db, "PRAGMA wal_checkpoint(TRUNCATE)"); }

static void done(sqlite3 *db) {
    check(db, sqlite3_close(db));
    remove_files();
}

/* The steps. */

static void measure_insert(const char *directory) {
    sqlite3 *db = create(directory);
    double start = now();
    insert_trades(db);
    double wall = now() - start;
    checkpoint(db);
    printf("{\"peer\": \"sqlite\", \"version\": \"" SQLITE_VERSION "\", \"step\": \"insert\", \"trades\": %lld, \"wall_s\": %.6f, \"file_bytes\": %lld}\n",
           number(db, "SELECT count(*) FROM trade"), wall, file_bytes());
    done(db);
}

static void measure_merge(const char *directory, int sorted) {
    sqlite3 *db = create(directory);
    insert_trades(db);
    run(db, "UPDATE trade SET note = 'ours ' || rowid");
    checkpoint(db);
    int *order = edit_order(sorted);
    sqlite3_stmt *shown = prepare(db, "UPDATE trade SET note = ?2 WHERE id = ?1");
    sqlite3_stmt *sibling = prepare(db, "INSERT INTO sibling VALUES (?1, ?2, ?3, ?4, ?5)");

    double start = now();
    run(db, "BEGIN IMMEDIATE");
    for (int i = 0; i < trade_count; i++) {
        const unsigned char *id = trades[order[i]].id;
        char theirs[32], ours[32];
        int theirs_bytes = snprintf(theirs, sizeof theirs, "theirs %d", i);
        int ours_bytes = snprintf(ours, sizeof ours, "ours %d", order[i] + 1);
        sqlite3_bind_blob(shown, 1, id, ID_BYTES, SQLITE_STATIC);
        sqlite3_bind_text(shown, 2, theirs, theirs_bytes, SQLITE_STATIC);
        step(db, shown);
        for (int replica = 1; replica <= 2; replica++) {
            sqlite3_bind_blob(sibling, 1, id, ID_BYTES, SQLITE_STATIC);
            sqlite3_bind_int(sibling, 2, FIELD_NOTE);
            sqlite3_bind_int(sibling, 3, replica);
            sqlite3_bind_int64(sibling, 4, i + 1);
            if (replica == 1) sqlite3_bind_blob(sibling, 5, ours, ours_bytes, SQLITE_STATIC);
            else sqlite3_bind_blob(sibling, 5, theirs, theirs_bytes, SQLITE_STATIC);
            step(db, sibling);
        }
    }
    double written = now();
    run(db, "COMMIT");
    double wall = now() - start;

    if (number(db, "SELECT count(*) FROM sibling") != 2ll * trade_count
        || number(db, "SELECT count(*) FROM trade WHERE note LIKE 'theirs %'") != trade_count)
        fprintf(stderr, "the merge lost something\n"), exit(1);
    sqlite3_finalize(shown);
    sqlite3_finalize(sibling);
    checkpoint(db);
    printf("{\"peer\": \"sqlite\", \"version\": \"" SQLITE_VERSION "\", \"step\": \"merge_%s\", \"edits\": %d, \"wall_s\": %.6f, \"commit_s\": %.6f,"
           " \"file_bytes\": %lld}\n",
           sorted ? "sorted" : "shuffled", trade_count, wall, wall - (written - start), file_bytes());
    free(order);
    done(db);
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void measure_commit(const char *directory, int count) {
    sqlite3 *db = create(directory);
    insert_trades(db);
    checkpoint(db);
    int *order = edit_order(0);
    double *took = malloc(count * sizeof *took);
    unsigned char bytes[LOG_BYTES];
    sqlite3_stmt *begin = prepare(db, "BEGIN IMMEDIATE"), *commit = prepare(db, "COMMIT");
    sqlite3_stmt *shown = prepare(db, "UPDATE trade SET note = ?2 WHERE id = ?1");
    sqlite3_stmt *log = prepare(db, "INSERT INTO log (bytes) VALUES (?1)");

    double start = now();
    for (int i = 0; i < count; i++) {
        char text[32];
        int text_bytes = snprintf(text, sizeof text, "edit %d", i);
        for (int b = 0; b < LOG_BYTES; b += 8) {
            uint64_t random = dice();
            memcpy(bytes + b, &random, 8);
        }
        double before = now();
        step(db, begin);
        sqlite3_bind_blob(shown, 1, trades[order[i % trade_count]].id, ID_BYTES, SQLITE_STATIC);
        sqlite3_bind_text(shown, 2, text, text_bytes, SQLITE_STATIC);
        step(db, shown);
        sqlite3_bind_blob(log, 1, bytes, LOG_BYTES, SQLITE_STATIC);
        step(db, log);
        step(db, commit);
        took[i] = now() - before;
    }
    double wall = now() - start;
    if (number(db, "SELECT count(*) FROM log") != count) fprintf(stderr, "a commit was lost\n"), exit(1);

    qsort(took, count, sizeof *took, by_size);
    printf("{\"peer\": \"sqlite\", \"version\": \"" SQLITE_VERSION "\", \"step\": \"commit\", \"commits\": %d, \"wall_s\": %.6f, \"p50_s\": %.9f,"
           " \"p99_s\": %.9f, \"max_s\": %.9f}\n",
           count, wall, took[count / 2], took[count * 99 / 100], took[count - 1]);
    sqlite3_finalize(begin), sqlite3_finalize(commit), sqlite3_finalize(shown), sqlite3_finalize(log);
    free(order), free(took);
    done(db);
}

int main(int argc, char **argv) {
    const char *what = "all", *order = "shuffled";
    int commits = 1000, usage = argc < 3;
    for (int i = 3; i < argc; i++) {
        if (!strcmp(argv[i], "--commits") && i + 1 < argc) commits = atoi(argv[++i]);
        else if (!strcmp(argv[i], "--order") && i + 1 < argc) order = argv[++i];
        else if (!strcmp(argv[i], "--cache-kib") && i + 1 < argc) cache_kib = atoi(argv[++i]);
        else if (argv[i][0] != '-') what = argv[i];
        else usage = 1;
    }
    int all = !strcmp(what, "all"), merge = all || !strcmp(what, "merge");
    int commit = all || !strcmp(what, "commit"), insert = all || !strcmp(what, "insert");
    if (usage || commits < 1 || !(merge || commit || insert)) {
        fprintf(stderr, "usage: sqlite_rows TRADES.tsv DIRECTORY [merge|commit|insert|all]"
                        " [--order shuffled|sorted] [--commits N] [--cache-kib N]\n");
        return 2;
    }
    load(argv[1]);
    if (insert) measure_insert(argv[2]);
    if (merge) measure_merge(argv[2], !strcmp(order, "sorted"));
    if (commit) measure_commit(argv[2], commits);
    return 0;
}
