// What a client sends again and again, and what it waits for each time.
#pragma once

#include "buffer.h"

// These bytes go out, then so many messages of this type are awaited.
struct step {
  struct buffer bytes;
  char awaited;
  int count;
};

struct script {
  // Once after the login; no bytes if there is nothing to prepare.
  struct step preparation;
  struct step steps[3];
  int length;
  // Transactions of one pass: more than one if they are pipelined.
  int transactions;
};

// mode is one of
//   simple, extended, prepared   the statement, as often as depth says in one write
//   transaction                  BEGIN, the statement, COMMIT, each after the answer to the one before
//   copy-in                      the statement is a COPY FROM STDIN; rows of row_bytes follow
struct script script_of(const char *mode, const char *sql, int depth, long rows, int row_bytes);
