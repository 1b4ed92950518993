#include "process.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"

double process_cpu_seconds(int pid) {
  char path[64], line[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  FILE *file = fopen(path, "r");
  if (!file || !fgets(line, sizeof line, file)) fail("the process %d to measure is gone", pid);
  fclose(file);
  // The name in parentheses may hold anything, so the fields are counted from its end.
  const char *fields = strrchr(line, ')');
  unsigned long user, system;
  if (!fields ||
      sscanf(fields, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
    fail("%s is not as expected: %s", path, line);
  return (double)(user + system) / sysconf(_SC_CLK_TCK);
}

long process_rss_kb(int pid) {
  char path[64], line[256];
  long rss = 0;
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  FILE *file = fopen(path, "r");
  if (!file) fail("the process %d to measure is gone", pid);
  while (fgets(line, sizeof line, file) && sscanf(line, "VmRSS: %ld", &rss) != 1);
  fclose(file);
  return rss;
}
