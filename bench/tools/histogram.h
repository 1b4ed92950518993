// Latencies counted in buckets of at most 0.8 % width, from nanoseconds to hours, in constant memory.
#pragma once

#include <stdint.h>

// Each power of two is cut into so many buckets.
#define HISTOGRAM_PARTS 128
#define HISTOGRAM_POWERS 40

struct histogram {
  uint64_t counts[HISTOGRAM_POWERS * HISTOGRAM_PARTS];
  uint64_t total;
  uint64_t sum_ns;
  uint64_t max_ns;
};

void histogram_add(struct histogram *histogram, uint64_t ns);

// The value in microseconds that this share (0 to 1) of all is not above; 0 of none.
double histogram_quantile_us(const struct histogram *histogram, double share);

double histogram_mean_us(const struct histogram *histogram);
