// glibc's allocator is set through <malloc.h>, which Swift's Glibc leaves out; others have nothing to set.

#include "CAllocator.h"
#include <limits.h>

#if defined(__GLIBC__)
#include <malloc.h>

int callocator_bound(int arenas, size_t mapped, size_t trimmed) {
    if (arenas < 1 || mapped > INT_MAX || trimmed > INT_MAX) return 0;
    return mallopt(M_ARENA_MAX, arenas) && mallopt(M_MMAP_THRESHOLD, (int)mapped)
        && mallopt(M_TRIM_THRESHOLD, (int)trimmed);
}
#else
int callocator_bound(int arenas, size_t mapped, size_t trimmed) {
    (void)arenas, (void)mapped, (void)trimmed;
    return 0;
}
#endif
