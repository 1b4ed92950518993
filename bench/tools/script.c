#include "script.h"

#include <stdlib.h>
#include <string.h>

#include "fail.h"

#define STATEMENT "P_0"
// As large as what libpq's clients send at a time.
#define COPY_DATA_BYTES 8192

static void put_parse(struct buffer *out, const char *name, const char *sql) {
  size_t begin = message_begin(out, 'P');
  buffer_put_string(out, name);
  buffer_put_string(out, sql);
  buffer_put_int16(out, 0);
  message_end(out, begin);
}

static void put_bind(struct buffer *out, const char *statement) {
  size_t begin = message_begin(out, 'B');
  buffer_put_string(out, "");
  buffer_put_string(out, statement);
  // No formats and no values of parameters, and text for all columns: what libpq sends.
  buffer_put_int16(out, 0);
  buffer_put_int16(out, 0);
  buffer_put_int16(out, 1);
  buffer_put_int16(out, 0);
  message_end(out, begin);
}

static void put_execution(struct buffer *out, const char *statement) {
  put_bind(out, statement);
  message_put_string(out, 'D', "P");
  size_t begin = message_begin(out, 'E');
  buffer_put_string(out, "");
  buffer_put_int32(out, 0);
  message_end(out, begin);
  message_put(out, 'S', NULL, 0);
}

static struct step query(const char *sql, char awaited) {
  struct step step = {.awaited = awaited, .count = 1};
  message_put_string(&step.bytes, 'Q', sql);
  return step;
}

// One row is a line of x; messages are filled up to a size without regard to where lines end.
static struct step copy_data(long rows, int row_bytes) {
  struct step step = {.awaited = 'Z', .count = 1};
  char *line = malloc(row_bytes + 1);
  memset(line, 'x', row_bytes);
  line[row_bytes] = '\n';
  struct buffer lines = {0};
  for (long i = 0; i < rows; i++) {
    buffer_put(&lines, line, row_bytes + 1);
    while (lines.length >= COPY_DATA_BYTES) {
      message_put(&step.bytes, 'd', lines.data, COPY_DATA_BYTES);
      lines.length -= COPY_DATA_BYTES;
      memmove(lines.data, lines.data + COPY_DATA_BYTES, lines.length);
    }
  }
  if (lines.length) message_put(&step.bytes, 'd', lines.data, lines.length);
  message_put(&step.bytes, 'c', NULL, 0);
  buffer_free(&lines);
  free(line);
  return step;
}

static struct step pipelined(const struct step *one, int depth) {
  struct step step = {.awaited = one->awaited, .count = depth * one->count};
  for (int i = 0; i < depth; i++) buffer_put(&step.bytes, one->bytes.data, one->bytes.length);
  return step;
}

struct script script_of(const char *mode, const char *sql, int depth, long rows, int row_bytes) {
  struct script script = {.length = 1, .transactions = 1};
  struct step one = {.awaited = 'Z', .count = 1};
  if (!strcmp(mode, "transaction")) {
    script.steps[0] = query("BEGIN", 'Z');
    script.steps[1] = query(sql, 'Z');
    script.steps[2] = query("COMMIT", 'Z');
    script.length = 3;
    return script;
  }
  if (!strcmp(mode, "copy-in")) {
    script.steps[0] = query(sql, 'G');
    script.steps[1] = copy_data(rows, row_bytes);
    script.length = 2;
    return script;
  }
  if (!strcmp(mode, "simple")) {
    one = query(sql, 'Z');
  } else if (!strcmp(mode, "extended")) {
    put_parse(&one.bytes, "", sql);
    put_execution(&one.bytes, "");
  } else if (!strcmp(mode, "prepared")) {
    put_parse(&script.preparation.bytes, STATEMENT, sql);
    message_put(&script.preparation.bytes, 'S', NULL, 0);
    script.preparation.awaited = 'Z';
    script.preparation.count = 1;
    put_execution(&one.bytes, STATEMENT);
  } else {
    fail("unknown mode %s; known are simple, extended, prepared, transaction, copy-in", mode);
  }
  script.steps[0] = pipelined(&one, depth);
  script.transactions = depth;
  buffer_free(&one.bytes);
  return script;
}
