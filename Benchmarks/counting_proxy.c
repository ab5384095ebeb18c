/* A TCP proxy on loopback that counts what passes: payload bytes each way, HTTP/1.1 requests, and
   connections. Anki and Daybook are measured through the same one, so that neither counts for itself.
   It is in C because a slow proxy would flatter whoever sends more.

   counting_proxy TARGET_PORT
     prints {"port": N}, then for each line on stdin the counts since the line before; ends with stdin.

   Bytes are counted before they are passed on: once a client has its answer, the counts are complete. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHUNK_BYTES = 256 * 1024, LINE_BYTES_MAX = 8192 };

static atomic_llong bytes_up, bytes_down, requests, connections;
static int target_port;

/* Where a client's byte stream stands: enough of HTTP/1.1 to know a request line from a body. */
enum Place { REQUEST_LINE, HEADERS, BODY, CHUNK_SIZE, CHUNK, TRAILERS, OPAQUE };

struct Parser {
    enum Place place;
    long long remaining;
    int chunked, upgrade;
    size_t length;
    char line[LINE_BYTES_MAX];
};

static int has_prefix(const char *text, const char *prefix) {
    return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

static void end_of_line(struct Parser *p) {
    while (p->length > 0 && (p->line[p->length - 1] == '\r')) p->length--;
    p->line[p->length] = 0;
    int empty = p->length == 0;
    p->length = 0;

    switch (p->place) {
    case REQUEST_LINE:
        if (empty) return;
        atomic_fetch_add(&requests, 1);
        p->remaining = 0;
        p->chunked = p->upgrade = 0;
        p->place = has_prefix(p->line, "PRI * HTTP/2") ? OPAQUE : HEADERS;
        return;
    case HEADERS:
        if (!empty) {
            if (has_prefix(p->line, "content-length:")) p->remaining = atoll(p->line + 15);
            if (has_prefix(p->line, "transfer-encoding:") && strcasestr(p->line, "chunked")) p->chunked = 1;
            if (has_prefix(p->line, "upgrade:")) p->upgrade = 1;
            return;
        }
        if (p->upgrade) p->place = OPAQUE;
        else if (p->chunked) p->place = CHUNK_SIZE;
        else p->place = p->remaining > 0 ? BODY : REQUEST_LINE;
        return;
    case CHUNK_SIZE:
        p->remaining = strtoll(p->line, NULL, 16);
        if (p->remaining == 0) p->place = TRAILERS;
        else p->remaining += 2, p->place = CHUNK; /* its CRLF too */
        return;
    case TRAILERS:
        if (empty) p->place = REQUEST_LINE;
        return;
    default:
        return;
    }
}

static void parse(struct Parser *p, const char *bytes, size_t count) {
    size_t i = 0;
    while (i < count && p->place != OPAQUE) {
        if (p->place == BODY || p->place == CHUNK) {
            long long skip = (long long)(count - i) < p->remaining ? (long long)(count - i) : p->remaining;
            i += skip;
            p->remaining -= skip;
            if (p->remaining == 0) p->place = p->place == BODY ? REQUEST_LINE : CHUNK_SIZE;
        } else if (bytes[i] == '\n') {
            i++;
            end_of_line(p);
        } else {
            if (p->length < LINE_BYTES_MAX - 1) p->line[p->length++] = bytes[i];
            i++;
        }
    }
}

struct Connection {
    int client, server;
    atomic_int open_ways;
};

struct Way {
    struct Connection *connection;
    int up;
};

static int send_all(int socket, const char *bytes, ssize_t count) {
    while (count > 0) {
        ssize_t sent = send(socket, bytes, count, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return -1;
        bytes += sent, count -= sent;
    }
    return 0;
}

static void *pump(void *argument) {
    struct Way way = *(struct Way *)argument;
    free(argument);
    struct Connection *connection = way.connection;
    int from = way.up ? connection->client : connection->server;
    int to = way.up ? connection->server : connection->client;
    struct Parser *parser = way.up ? calloc(1, sizeof *parser) : NULL;
    char *buffer = malloc(CHUNK_BYTES);

    for (;;) {
        ssize_t count = recv(from, buffer, CHUNK_BYTES, 0);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        atomic_fetch_add(way.up ? &bytes_up : &bytes_down, count);
        if (parser) parse(parser, buffer, count);
        if (send_all(to, buffer, count) < 0) break;
    }
    shutdown(to, SHUT_WR);
    shutdown(from, SHUT_RD);
    free(buffer);
    free(parser);
    if (atomic_fetch_sub(&connection->open_ways, 1) == 1) {
        close(connection->client);
        close(connection->server);
        free(connection);
    }
    return NULL;
}

static struct sockaddr_in loopback(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static void *accept_all(void *argument) {
    int listener = *(int *)argument, on = 1;
    for (;;) {
        int client = accept(listener, NULL, NULL);
        if (client < 0) continue;
        int server = socket(AF_INET, SOCK_STREAM, 0);
        struct sockaddr_in address = loopback(target_port);
        if (connect(server, (struct sockaddr *)&address, sizeof address) < 0) {
            close(client);
            close(server);
            continue;
        }
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        atomic_fetch_add(&connections, 1);
        struct Connection *connection = malloc(sizeof *connection);
        connection->client = client;
        connection->server = server;
        atomic_init(&connection->open_ways, 2);
        for (int up = 0; up < 2; up++) {
            struct Way *way = malloc(sizeof *way);
            *way = (struct Way){connection, up};
            pthread_t thread;
            if (pthread_create(&thread, NULL, pump, way) != 0) abort();
            pthread_detach(thread);
        }
    }
    return NULL;
}

int main(int argc, char **argv) {
    if (argc != 2 || (target_port = atoi(argv[1])) <= 0) {
        fprintf(stderr, "usage: counting_proxy TARGET_PORT\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 512) < 0
        || getsockname(listener, (struct sockaddr *)&address, &size) < 0) {
        perror("counting_proxy");
        return 1;
    }
    pthread_t thread;
    if (pthread_create(&thread, NULL, accept_all, &listener) != 0) abort();
    printf("{\"port\": %d}\n", ntohs(address.sin_port));
    fflush(stdout);

    char line[64];
    while (fgets(line, sizeof line, stdin)) {
        printf("{\"bytes_up\": %lld, \"bytes_down\": %lld, \"requests\": %lld, \"connections\": %lld}\n",
               atomic_exchange(&bytes_up, 0), atomic_exchange(&bytes_down, 0), atomic_exchange(&requests, 0),
               atomic_exchange(&connections, 0));
        fflush(stdout);
    }
    return 0;
}
