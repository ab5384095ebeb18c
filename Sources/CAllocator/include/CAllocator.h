#ifndef CALLOCATOR_H
#define CALLOCATOR_H

#include <stddef.h>

/// Bounds what the C library's allocator keeps of the memory that the process has given back to it. To be called before
/// there are threads: an arena, once made, stays.
///
/// - Parameters:
///   - arenas: heaps that threads share.
///   - mapped: an allocation of so many bytes is a mapping of its own, which ends with it.
///   - trimmed: so many free bytes at the end of a heap are given back to the system.
/// - Returns: whether there is such an allocator, and it took all three.
int callocator_bound(int arenas, size_t mapped, size_t trimmed);

#endif
