// The monotonic clock, the same one as Python's time.monotonic().
#pragma once

#include <stdint.h>
#include <time.h>

#define SECOND 1000000000ull

static inline uint64_t clock_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * SECOND + now.tv_nsec;
}
