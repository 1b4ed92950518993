// What the kernel counts for a process.
#pragma once

// User and system time of all its threads so far, in seconds.
double process_cpu_seconds(int pid);

long process_rss_kb(int pid);
