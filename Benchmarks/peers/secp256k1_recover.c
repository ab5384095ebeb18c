/* libsecp256k1's bare recovery: from a hash and a signature to a public key, and nothing around it.

   secp256k1_recover SIGN_INS.tsv [SECONDS]

   One JSON object: recoveries in a second of one core's time. Hexadecimal digits are read before it starts. */

#include <secp256k1.h>
#include <secp256k1_recovery.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { HASH_BYTES = 32, SIGNATURE_BYTES = 65, LINE_BYTES = 32768 };

struct proof {
    unsigned char signature[SIGNATURE_BYTES];
    unsigned char hash[HASH_BYTES];
};

static double core_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void fail(const char *what) {
    fprintf(stderr, "secp256k1_recover: %s\n", what);
    exit(1);
}

static void decode(const char *text, unsigned char *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        unsigned value;
        if (sscanf(text + 2 * i, "%2x", &value) != 1) fail("a digit is missing");
        bytes[i] = (unsigned char)value;
    }
}

static struct proof *read_proofs(const char *path, size_t *count) {
    static char line[LINE_BYTES];
    FILE *file = fopen(path, "r");
    if (!file || !fgets(line, sizeof line, file)) fail("the file cannot be read");
    struct proof *proofs = NULL;
    *count = 0;
    while (fgets(line, sizeof line, file)) {
        char *signature = strchr(line, '\t'), *hash = signature ? strchr(signature + 1, '\t') : NULL;
        if (!hash) fail("a column is missing");
        proofs = realloc(proofs, (*count + 1) * sizeof *proofs);
        if (!proofs) fail("no memory");
        decode(signature + 1, proofs[*count].signature, SIGNATURE_BYTES);
        decode(hash + 1, proofs[*count].hash, HASH_BYTES);
        (*count)++;
    }
    fclose(file);
    if (*count == 0) fail("the file is empty");
    return proofs;
}

int main(int argc, char **argv) {
    if (argc < 2) fail("name the file");
    double seconds = argc > 2 ? atof(argv[2]) : 2, start, end;
    size_t count, done = 0;
    struct proof *proofs = read_proofs(argv[1], &count);
    secp256k1_context *context = secp256k1_context_create(SECP256K1_CONTEXT_NONE);
    start = end = core_seconds();
    while (end - start < seconds) {
        for (int i = 0; i < 100; i++, done++) {
            const struct proof *proof = &proofs[done % count];
            secp256k1_ecdsa_recoverable_signature signature;
            secp256k1_pubkey key;
            if (!secp256k1_ecdsa_recoverable_signature_parse_compact(
                    context, &signature, proof->signature, (proof->signature[64] - 27) & 3) ||
                !secp256k1_ecdsa_recover(context, &key, &signature, proof->hash))
                fail("a signature has no key");
        }
        end = core_seconds();
    }
    printf("{\"peer\": \"libsecp256k1\", \"step\": \"verify\", \"verifications\": %zu, \"verified_per_s\": %.1f}\n", done,
           (double)done / (end - start));
    secp256k1_context_destroy(context);
    free(proofs);
    return 0;
}
