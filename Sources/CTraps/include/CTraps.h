#ifndef CTRAPS_H
#define CTRAPS_H

#include <stdint.h>

/// Has every trap of the process noted at `process`, by the number of its signal, before it takes its course.
///
/// - Returns: 0, or -1 with errno.
int ctraps_watch(uint32_t *process);

/// Has a trap of this thread noted at `place` as well, from now on; NULL for nowhere.
///
/// - Returns: where it was noted until now.
uint32_t *ctraps_mark(uint32_t *place);

#endif
