#include "histogram.h"

#include <math.h>

// Values below HISTOGRAM_PARTS have a bucket each; above, the highest bit chooses the power, and the
// seven bits behind it the bucket.
static unsigned bucket(uint64_t ns) {
  if (ns < HISTOGRAM_PARTS) return ns;
  unsigned shift = 63 - __builtin_clzll(ns) - 7;
  unsigned index = (shift + 1) * HISTOGRAM_PARTS + ((ns >> shift) - HISTOGRAM_PARTS);
  unsigned last = HISTOGRAM_POWERS * HISTOGRAM_PARTS - 1;
  return index < last ? index : last;
}

static double middle_ns(unsigned index) {
  if (index < HISTOGRAM_PARTS) return index;
  unsigned shift = index / HISTOGRAM_PARTS - 1;
  uint64_t low = (uint64_t)(index % HISTOGRAM_PARTS + HISTOGRAM_PARTS) << shift;
  return low + ((1ull << shift) - 1) / 2.0;
}

void histogram_add(struct histogram *histogram, uint64_t ns) {
  histogram->counts[bucket(ns)]++;
  histogram->total++;
  histogram->sum_ns += ns;
  if (ns > histogram->max_ns) histogram->max_ns = ns;
}

double histogram_quantile_us(const struct histogram *histogram, double share) {
  if (!histogram->total) return 0;
  uint64_t rank = ceil(share * histogram->total);
  uint64_t seen = 0;
  unsigned index = 0;
  while ((seen += histogram->counts[index]) < rank) index++;
  return middle_ns(index) / 1000;
}

double histogram_mean_us(const struct histogram *histogram) {
  return histogram->total ? histogram->sum_ns / 1000.0 / histogram->total : 0;
}
