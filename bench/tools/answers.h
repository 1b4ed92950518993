// What a PostgreSQL server would say, without looking: canned answers to whatever a client sends.
//
//   SELECT repeat('x', BYTES) FROM generate_series(1, N) AS a, generate_series(1, M) AS b
//                                                              N × M rows of so many bytes
//   COPY (the same) TO                                         as many lines
//   COPY ... FROM                                              swallows them
//   BEGIN, COMMIT, ROLLBACK, SET, RESET, DISCARD, DEALLOCATE   their tags
//   any other statement, and each Execute                      one row with one integer
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "buffer.h"

// A large result that is still being sent.
struct rows {
  long left;
  // One whole message, sent again and again, and how much of the current one is out.
  struct buffer message;
  size_t offset;
  bool copy;
};

struct session {
  int id;
  bool started;
  char transaction_status;
  // Bytes of CopyData still to be thrown away.
  uint32_t swallow;
  struct rows rows;
  struct buffer out;
};

// Takes whole messages and appends the answers to out. Returns how many bytes were taken, or -1 if the
// connection is to be closed.
ssize_t session_take(struct session *session, const uint8_t *bytes, size_t count);

// Appends about as much of a large result as a server writes at a time. False if there is none.
bool session_continue(struct session *session);

void session_free(struct session *session);
