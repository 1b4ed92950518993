// What the engines of the relay have in common.
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pairing.h"

enum receive { RECEIVE_POLL, RECEIVE_SINGLE, RECEIVE_RING, RECEIVE_MULTISHOT };

struct relay {
  struct peer listener;
  struct peer **servers;
  int server_count;
  struct pairing pairing;
  // Of io_uring: how it receives, and which of its other means it does without.
  enum receive receive;
  bool without_files;
  bool without_defer;
  bool without_batch;
  bool without_first;
};

// What a client is told that has said who it is: it is trusted, and may begin.
extern const uint8_t RELAY_GREETING[];
extern const size_t RELAY_GREETING_BYTES;

// A new peer for a connection that was just made.
struct peer *relay_peer(int fd, enum role role);

// Whether these bytes are a Terminate, which no server may see.
bool relay_is_goodbye(const uint8_t *bytes, size_t length);

// Run for ever.
__attribute__((noreturn)) void relay_run_epoll(struct relay *relay);
__attribute__((noreturn)) void relay_run_uring(struct relay *relay);
