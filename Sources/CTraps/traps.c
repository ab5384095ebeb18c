// What a thread works on when it traps has to be noted within the signal, where next to nothing is allowed: no lock, no
// allocation, nothing that Swift does on first use. So this is C, and all that it does is to write two numbers.

#define _GNU_SOURCE
#include "CTraps.h"
#include <signal.h>
#include <stddef.h>

static const int signals[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
static struct sigaction former[NSIG];
static uint32_t *volatile noted;

static __thread uint32_t *volatile mark;
// A thread that has used up its own stack needs another one to say so.
static __thread char stack[32768] __attribute__((aligned(16)));
static __thread int hasStack;

static void note(int number) {
    if (mark != NULL) *mark = (uint32_t)number;
    if (noted != NULL) *noted = (uint32_t)number;
    // Whoever was there before, as Swift's own that writes down where it was, …
    sigaction(number, &former[number], NULL);
    raise(number);
    // … and in any case the end of the process.
    signal(number, SIG_DFL);
    raise(number);
}

int ctraps_watch(uint32_t *process) {
    noted = process;
    struct sigaction action = {.sa_handler = note, .sa_flags = SA_ONSTACK | SA_NODEFER};
    sigemptyset(&action.sa_mask);
    for (size_t index = 0; index < sizeof signals / sizeof *signals; index++) {
        struct sigaction known;
        if (sigaction(signals[index], NULL, &known) != 0) return -1;
        if (known.sa_handler == note) continue;
        former[signals[index]] = known;
        if (sigaction(signals[index], &action, NULL) != 0) return -1;
    }
    return 0;
}

uint32_t *ctraps_mark(uint32_t *place) {
    if (!hasStack && place != NULL) {
        stack_t known;
        // Somebody else's stack is as good.
        if (sigaltstack(NULL, &known) == 0 && (known.ss_flags & SS_DISABLE)) {
            stack_t own = {.ss_sp = stack, .ss_size = sizeof stack};
            sigaltstack(&own, NULL);
        }
        hasStack = 1;
    }
    uint32_t *before = mark;
    mark = place;
    return before;
}
