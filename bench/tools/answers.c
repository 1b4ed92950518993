#include "answers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "fail.h"

#define SSL_REQUEST 80877103
#define GSS_REQUEST 80877104
#define CANCEL_REQUEST 80877102
#define INT4 23
#define TEXT 25
// The output buffer of a PostgreSQL backend.
#define CHUNK 8192

static void put_ready(struct session *session) {
  message_put(&session->out, 'Z', &session->transaction_status, 1);
}

static void put_tag(struct session *session, const char *tag) {
  message_put_string(&session->out, 'C', tag);
}

static void put_parameter(struct session *session, const char *name, const char *value) {
  size_t begin = message_begin(&session->out, 'S');
  buffer_put_string(&session->out, name);
  buffer_put_string(&session->out, value);
  message_end(&session->out, begin);
}

static void put_row_description(struct session *session, uint32_t type, int16_t type_length) {
  struct buffer *out = &session->out;
  size_t begin = message_begin(out, 'T');
  buffer_put_int16(out, 1);
  buffer_put_string(out, "abalance");
  buffer_put_int32(out, 0);  // of no table
  buffer_put_int16(out, 0);
  buffer_put_int32(out, type);
  buffer_put_int16(out, type_length);
  buffer_put_int32(out, -1);
  buffer_put_int16(out, 0);
  message_end(out, begin);
}

static void put_row(struct buffer *out, const char *value, size_t length) {
  size_t begin = message_begin(out, 'D');
  buffer_put_int16(out, 1);
  buffer_put_int32(out, length);
  buffer_put(out, value, length);
  message_end(out, begin);
}

static void put_startup(struct session *session) {
  static const char *const PARAMETERS[][2] = {
      {"application_name", ""},         {"client_encoding", "UTF8"},
      {"DateStyle", "ISO, MDY"},        {"default_transaction_read_only", "off"},
      {"in_hot_standby", "off"},        {"integer_datetimes", "on"},
      {"IntervalStyle", "postgres"},    {"is_superuser", "on"},
      {"server_encoding", "UTF8"},      {"server_version", "15.18"},
      {"session_authorization", "bench"}, {"standard_conforming_strings", "on"},
      {"TimeZone", "UTC"},
  };
  struct buffer *out = &session->out;
  size_t begin = message_begin(out, 'R');
  buffer_put_int32(out, 0);
  message_end(out, begin);
  for (size_t i = 0; i < sizeof PARAMETERS / sizeof *PARAMETERS; i++)
    put_parameter(session, PARAMETERS[i][0], PARAMETERS[i][1]);
  begin = message_begin(out, 'K');
  buffer_put_int32(out, 1000 + session->id);
  buffer_put_int32(out, 4242);
  message_end(out, begin);
  session->started = true;
  session->transaction_status = 'I';
  put_ready(session);
}

static void begin_rows(struct session *session, long count, int row_bytes, bool copy) {
  struct rows *rows = &session->rows;
  rows->left = count;
  rows->offset = 0;
  rows->copy = copy;
  rows->message.length = 0;
  char *value = malloc(row_bytes + 1);
  if (!value) fail("out of memory");
  memset(value, 'x', row_bytes);
  value[row_bytes] = '\n';
  if (copy) {
    message_put(&session->out, 'H', "\0\0\1\0\0", 5);
    message_put(&rows->message, 'd', value, row_bytes + 1);
  } else {
    put_row_description(session, TEXT, -1);
    put_row(&rows->message, value, row_bytes);
  }
  free(value);
}

bool session_continue(struct session *session) {
  struct rows *rows = &session->rows;
  if (!rows->left) return false;
  size_t room = CHUNK;
  while (rows->left && room) {
    size_t count = rows->message.length - rows->offset;
    if (count > room) count = room;
    buffer_put(&session->out, rows->message.data + rows->offset, count);
    room -= count;
    rows->offset += count;
    if (rows->offset == rows->message.length) {
      rows->offset = 0;
      rows->left--;
    }
  }
  if (!rows->left) {
    if (rows->copy) message_put(&session->out, 'c', NULL, 0);
    put_tag(session, rows->copy ? "COPY 1" : "SELECT 1");
    put_ready(session);
  }
  return true;
}

static bool begins_with(const char *sql, const char *word) {
  return !strncasecmp(sql, word, strlen(word));
}

#define LARGE "SELECT repeat('x', %d) FROM generate_series(1, %ld) AS a, generate_series(1, %ld) AS b"

// True if the statement was one of these: ReadyForQuery waits for what comes.
static bool answer_large(struct session *session, const char *sql) {
  int row_bytes;
  long outer, inner;
  if (sscanf(sql, LARGE, &row_bytes, &outer, &inner) == 3) {
    begin_rows(session, outer * inner, row_bytes, false);
    return true;
  }
  if (sscanf(sql, "COPY (" LARGE ") TO", &row_bytes, &outer, &inner) == 3) {
    begin_rows(session, outer * inner, row_bytes, true);
    return true;
  }
  if (begins_with(sql, "COPY") && strstr(sql, " FROM ")) {
    message_put(&session->out, 'G', "\0\0\1\0\0", 5);
    return true;
  }
  return false;
}

static void answer_small(struct session *session, const char *sql) {
  static const char *const TAGS[][2] = {
      {"SET", "SET"},
      {"RESET", "RESET"},
      {"DISCARD", "DISCARD ALL"},
      {"DEALLOCATE", "DEALLOCATE"},
  };
  if (begins_with(sql, "BEGIN")) {
    session->transaction_status = 'T';
    put_tag(session, "BEGIN");
    return;
  }
  if (begins_with(sql, "COMMIT") || begins_with(sql, "ROLLBACK")) {
    session->transaction_status = 'I';
    put_tag(session, begins_with(sql, "COMMIT") ? "COMMIT" : "ROLLBACK");
    return;
  }
  for (size_t i = 0; i < sizeof TAGS / sizeof *TAGS; i++) {
    if (begins_with(sql, TAGS[i][0])) {
      put_tag(session, TAGS[i][1]);
      return;
    }
  }
  put_row_description(session, INT4, 4);
  put_row(&session->out, "-12345", 6);
  put_tag(session, "SELECT 1");
}

// Statements between semicolons; good enough for what benchmarks and poolers send.
static void answer_query(struct session *session, const char *sql) {
  bool any = false;
  for (;;) {
    sql += strspn(sql, " ;\n");
    if (!*sql) break;
    any = true;
    if (answer_large(session, sql)) return;
    answer_small(session, sql);
    const char *end = strchr(sql, ';');
    if (!end) break;
    sql = end;
  }
  if (!any) message_put(&session->out, 'I', NULL, 0);
  put_ready(session);
}

// False if the connection is to be closed.
static bool answer(struct session *session, char type, const char *body) {
  switch (type) {
    case 'Q':
      answer_query(session, body);
      return true;
    case 'P':
      message_put(&session->out, '1', NULL, 0);
      return true;
    case 'B':
      message_put(&session->out, '2', NULL, 0);
      return true;
    case 'C':
      message_put(&session->out, '3', NULL, 0);
      return true;
    case 'D':
      if (*body == 'S') message_put(&session->out, 't', "\0\0", 2);
      put_row_description(session, INT4, 4);
      return true;
    case 'E':
      put_row(&session->out, "-12345", 6);
      put_tag(session, "SELECT 1");
      return true;
    case 'S':
      put_ready(session);
      return true;
    case 'c':
      put_tag(session, "COPY 1");
      put_ready(session);
      return true;
    case 'H':
    case 'd':
      return true;
    case 'X':
      return false;
    default:
      fprintf(stderr, "fakepg: unexpected message %c\n", type);
      return false;
  }
}

// What comes before the login has no type byte. Returns as session_take does.
static ssize_t take_startup(struct session *session, const uint8_t *bytes, size_t count) {
  if (count < 8) return 0;
  uint32_t length = read_int32(bytes);
  if (length < 8 || length > 10000) return -1;
  if (count < length) return 0;
  switch (read_int32(bytes + 4)) {
    case SSL_REQUEST:
    case GSS_REQUEST:
      buffer_put(&session->out, "N", 1);
      return length;
    case CANCEL_REQUEST:
      return -1;
    default:
      put_startup(session);
      return length;
  }
}

static ssize_t take_message(struct session *session, const uint8_t *bytes, size_t count) {
  if (session->swallow) {
    uint32_t taken = count < session->swallow ? count : session->swallow;
    session->swallow -= taken;
    return taken;
  }
  if (!session->started) return take_startup(session, bytes, count);
  if (count < 5) return 0;
  uint32_t length = read_int32(bytes + 1);
  if (bytes[0] == 'd') {
    session->swallow = length - 4;
    return 5;
  }
  if (count < length + 1) return 0;
  return answer(session, bytes[0], (const char *)bytes + 5) ? (ssize_t)length + 1 : -1;
}

ssize_t session_take(struct session *session, const uint8_t *bytes, size_t count) {
  size_t taken = 0;
  // What comes behind a query with a large result is answered behind that.
  while (taken < count && !session->rows.left) {
    ssize_t more = take_message(session, bytes + taken, count - taken);
    if (more < 0) return -1;
    if (more == 0) break;
    taken += more;
  }
  return taken;
}

void session_free(struct session *session) {
  buffer_free(&session->rows.message);
  buffer_free(&session->out);
}
