// The load: so many clients, driven in one of four ways, and what they saw.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "connection.h"
#include "histogram.h"

struct load_options {
  int clients;
  // Not counted before, then counted, in seconds.
  double warm;
  double seconds;
  // Ends after so many transactions; 0: after the time.
  uint64_t count;
  // Passes a second that all clients begin together (an open loop); 0: each begins its next one when
  // the last has ended (a closed loop).
  double rate;
  // A new login for each pass.
  bool churn;
  // The process whose CPU time is counted; 0: none.
  int watched;
};

struct load_result {
  double seconds;
  uint64_t transactions;
  uint64_t bytes_in;
  uint64_t bytes_out;
  double watched_cpu_seconds;
  long watched_rss_kb;
  // When the first pass of all ended, on the monotonic clock.
  uint64_t first_answer;
  struct histogram latencies;
};

// Waits until something listens on the port.
void load_await(int port, double seconds);

// Runs the load of these options against the target; its result stays valid.
const struct load_result *load_run(const struct load_options *options, struct load_target *target);

// Logs in so many clients, lets each run one pass, and keeps them idle while standard input is open.
void load_hold(int clients, struct load_target *target);
