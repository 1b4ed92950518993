/*
 * libpq itself: pipelines, single rows, COPY, function calls, cancel requests, large objects. Each scenario
 * tells the trace of its messages (PQtrace), so that the proxy's replies are compared one by one with the
 * server's: kinds, lengths, values, and their order.
 */
#include <libpq-fe.h>
#include <libpq/libpq-fs.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char problem[2000];

#define CHECK(condition)                                                              \
  do {                                                                                \
    if (!(condition) && !problem[0])                                                  \
      snprintf(problem, sizeof problem, "line %d: %s: %s", __LINE__, #condition, PQerrorMessage(c)); \
  } while (0)

static PGresult *next(PGconn *c) { return PQgetResult(c); }

/* The next result must be of the status, and hold the value if one is given. */
static void expect(PGconn *c, ExecStatusType status, const char *value, int line) {
  PGresult *r = next(c);
  if (!problem[0] && (!r || PQresultStatus(r) != status))
    snprintf(problem, sizeof problem, "line %d: %s instead of %s: %s", line,
             r ? PQresStatus(PQresultStatus(r)) : "no result", PQresStatus(status), PQerrorMessage(c));
  else if (!problem[0] && value && (PQntuples(r) < 1 || strcmp(PQgetvalue(r, 0, 0), value)))
    snprintf(problem, sizeof problem, "line %d: not the value %s", line, value);
  PQclear(r);
}

static void nothing(PGconn *c, int line) {
  PGresult *r = next(c);
  if (r && !problem[0]) snprintf(problem, sizeof problem, "line %d: a result too much", line);
  PQclear(r);
}

#define EXPECT(status, value) expect(c, status, value, __LINE__)
#define NOTHING() nothing(c, __LINE__)

static void command(PGconn *c, const char *sql) {
  PGresult *r = PQexec(c, sql);
  CHECK(PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK);
  PQclear(r);
}

static int params(PGconn *c, const char *sql, const char *value) {
  const char *values[] = {value};
  return PQsendQueryParams(c, sql, value ? 1 : 0, NULL, values, NULL, NULL, 0);
}

static void simple_pipeline(PGconn *c) {
  CHECK(PQenterPipelineMode(c));
  CHECK(params(c, "SELECT $1::text", "one"));
  CHECK(params(c, "SELECT $1::text", "two"));
  CHECK(PQpipelineSync(c));
  EXPECT(PGRES_TUPLES_OK, "one"); NOTHING();
  EXPECT(PGRES_TUPLES_OK, "two"); NOTHING();
  EXPECT(PGRES_PIPELINE_SYNC, NULL);
  CHECK(PQexitPipelineMode(c));
}

static void aborted_pipeline(PGconn *c) {
  CHECK(PQenterPipelineMode(c));
  CHECK(params(c, "SELECT 'before'", NULL));
  CHECK(params(c, "SELECT 1 / $1::int", "0"));
  CHECK(params(c, "SELECT 'skipped'", NULL));
  CHECK(PQpipelineSync(c));
  CHECK(params(c, "SELECT 'after'", NULL));
  CHECK(PQpipelineSync(c));
  EXPECT(PGRES_TUPLES_OK, "before"); NOTHING();
  EXPECT(PGRES_FATAL_ERROR, NULL); NOTHING();
  EXPECT(PGRES_PIPELINE_ABORTED, NULL); NOTHING();
  EXPECT(PGRES_PIPELINE_SYNC, NULL);
  EXPECT(PGRES_TUPLES_OK, "after"); NOTHING();
  EXPECT(PGRES_PIPELINE_SYNC, NULL);
  CHECK(PQexitPipelineMode(c));
}

static void pipelined_transactions(PGconn *c) {
  command(c, "DROP TABLE IF EXISTS c_pipe");
  command(c, "CREATE TABLE c_pipe(n int PRIMARY KEY)");
  CHECK(PQenterPipelineMode(c));
  CHECK(params(c, "BEGIN", NULL));
  CHECK(params(c, "INSERT INTO c_pipe VALUES (1)", NULL));
  CHECK(PQpipelineSync(c));
  CHECK(params(c, "INSERT INTO c_pipe VALUES (1)", NULL));
  CHECK(params(c, "INSERT INTO c_pipe VALUES (2)", NULL));
  CHECK(PQpipelineSync(c));
  CHECK(params(c, "SELECT 'refused'", NULL));
  CHECK(PQpipelineSync(c));
  CHECK(params(c, "ROLLBACK", NULL));
  CHECK(params(c, "SELECT count(*) FROM c_pipe", NULL));
  CHECK(PQpipelineSync(c));
  EXPECT(PGRES_COMMAND_OK, NULL); NOTHING();
  EXPECT(PGRES_COMMAND_OK, NULL); NOTHING();
  EXPECT(PGRES_PIPELINE_SYNC, NULL);
  EXPECT(PGRES_FATAL_ERROR, NULL); NOTHING();
  EXPECT(PGRES_PIPELINE_ABORTED, NULL); NOTHING();
  EXPECT(PGRES_PIPELINE_SYNC, NULL);
  EXPECT(PGRES_FATAL_ERROR, NULL); NOTHING();
  EXPECT(PGRES_PIPELINE_SYNC, NULL);
  EXPECT(PGRES_COMMAND_OK, NULL); NOTHING();
  EXPECT(PGRES_TUPLES_OK, "0"); NOTHING();
  EXPECT(PGRES_PIPELINE_SYNC, NULL);
  CHECK(PQexitPipelineMode(c));
}

static void flush_request(PGconn *c) {
  CHECK(PQenterPipelineMode(c));
  CHECK(params(c, "SELECT 'flushed'", NULL));
  CHECK(PQsendFlushRequest(c));
  CHECK(PQflush(c) == 0);
  EXPECT(PGRES_TUPLES_OK, "flushed"); NOTHING();
  CHECK(params(c, "SELECT 'more'", NULL));
  CHECK(PQpipelineSync(c));
  EXPECT(PGRES_TUPLES_OK, "more"); NOTHING();
  EXPECT(PGRES_PIPELINE_SYNC, NULL);
  CHECK(PQexitPipelineMode(c));
}

static void prepared_in_pipeline(PGconn *c) {
  CHECK(PQenterPipelineMode(c));
  CHECK(PQsendPrepare(c, "s", "SELECT $1::int + 1", 0, NULL));
  CHECK(PQsendDescribePrepared(c, "s"));
  const char *values[] = {"41"};
  CHECK(PQsendQueryPrepared(c, "s", 1, values, NULL, NULL, 0));
  CHECK(PQpipelineSync(c));
  EXPECT(PGRES_COMMAND_OK, NULL); NOTHING();
  EXPECT(PGRES_COMMAND_OK, NULL); NOTHING();
  EXPECT(PGRES_TUPLES_OK, "42"); NOTHING();
  EXPECT(PGRES_PIPELINE_SYNC, NULL);
  values[0] = "1";
  CHECK(PQsendQueryPrepared(c, "s", 1, values, NULL, NULL, 0));
  CHECK(PQpipelineSync(c));
  EXPECT(PGRES_TUPLES_OK, "2"); NOTHING();
  EXPECT(PGRES_PIPELINE_SYNC, NULL);
  CHECK(PQexitPipelineMode(c));
}

static void wrong_names(PGconn *c) {
  const char *values[] = {"1"};
  CHECK(PQenterPipelineMode(c));
  CHECK(PQsendPrepare(c, "twice", "SELECT $1::int", 0, NULL));
  CHECK(PQsendPrepare(c, "twice", "SELECT 2", 0, NULL));
  CHECK(PQpipelineSync(c));
  EXPECT(PGRES_COMMAND_OK, NULL); NOTHING();
  EXPECT(PGRES_FATAL_ERROR, NULL); NOTHING();
  EXPECT(PGRES_PIPELINE_SYNC, NULL);
  CHECK(PQsendQueryPrepared(c, "unknown", 1, values, NULL, NULL, 0));
  CHECK(PQpipelineSync(c));
  EXPECT(PGRES_FATAL_ERROR, NULL); NOTHING();
  EXPECT(PGRES_PIPELINE_SYNC, NULL);
  CHECK(PQexitPipelineMode(c));
}

/* Neither side may wait for the other with full buffers: 3000 statements of 4 kB, answered by as much. */
static void deep_pipeline(PGconn *c) {
  static char value[4096];
  int sent = 0, received = 0;
  memset(value, 'x', sizeof value - 1);
  CHECK(PQenterPipelineMode(c));
  PQsetnonblocking(c, 1);
  while (received < 3000 && !problem[0]) {
    while (sent < 3000 && sent - received < 1500) {
      CHECK(params(c, "SELECT $1::text", value));
      sent++;
      if (sent % 100 == 0) CHECK(PQpipelineSync(c));
      if (PQflush(c)) break;
    }
    PQflush(c);
    CHECK(PQconsumeInput(c));
    if (PQisBusy(c)) { usleep(200); continue; }
    EXPECT(PGRES_TUPLES_OK, value); NOTHING();
    received++;
    if (received % 100 == 0) EXPECT(PGRES_PIPELINE_SYNC, NULL);
  }
  PQsetnonblocking(c, 0);
  CHECK(PQexitPipelineMode(c));
}

static void single_rows(PGconn *c) {
  int rows = 0;
  PGresult *r;
  CHECK(params(c, "SELECT n, 1 / (n - 40) FROM generate_series(1, 50) n", NULL));
  CHECK(PQsetSingleRowMode(c));
  while ((r = next(c))) {
    if (PQresultStatus(r) == PGRES_SINGLE_TUPLE) rows++;
    else CHECK(PQresultStatus(r) == PGRES_FATAL_ERROR && !strcmp(PQresultErrorField(r, PG_DIAG_SQLSTATE), "22012"));
    PQclear(r);
  }
  CHECK(rows == 39);
}

static void several_statements(PGconn *c) {
  CHECK(PQsendQuery(c, "SELECT 'a'; CREATE TEMP TABLE gone(n int) ON COMMIT DROP; SELECT 'b'; SELECT 1/0; SELECT 'c'"));
  EXPECT(PGRES_TUPLES_OK, "a");
  EXPECT(PGRES_COMMAND_OK, NULL);
  EXPECT(PGRES_TUPLES_OK, "b");
  EXPECT(PGRES_FATAL_ERROR, NULL);
  NOTHING();
  CHECK(PQsendQuery(c, ""));
  EXPECT(PGRES_EMPTY_QUERY, NULL);
  NOTHING();
}

static void copying(PGconn *c) {
  char *row = NULL;
  int rows = 0, length;
  command(c, "DROP TABLE IF EXISTS c_copy");
  command(c, "CREATE TABLE c_copy(n int)");
  PQclear(PQexec(c, "COPY c_copy FROM STDIN"));
  CHECK(PQputCopyData(c, "1\n2\n", 4) == 1 && PQputCopyData(c, "3\n", 2) == 1 && PQputCopyEnd(c, NULL) == 1);
  EXPECT(PGRES_COMMAND_OK, NULL); NOTHING();
  PQclear(PQexec(c, "COPY c_copy FROM STDIN"));
  CHECK(PQputCopyData(c, "4\n", 2) == 1 && PQputCopyEnd(c, "given up") == 1);
  EXPECT(PGRES_FATAL_ERROR, NULL); NOTHING();
  PQclear(PQexec(c, "COPY c_copy FROM STDIN"));
  CHECK(PQputCopyData(c, "x\n", 2) == 1 && PQputCopyEnd(c, NULL) == 1);
  EXPECT(PGRES_FATAL_ERROR, NULL); NOTHING();
  const char *none[1];
  PQclear(PQexecParams(c, "COPY c_copy FROM STDIN", 0, NULL, none, NULL, NULL, 0));
  CHECK(PQputCopyData(c, "5\n", 2) == 1 && PQputCopyEnd(c, NULL) == 1);
  EXPECT(PGRES_COMMAND_OK, NULL); NOTHING();
  PQclear(PQexec(c, "COPY (SELECT n FROM c_copy ORDER BY n) TO STDOUT"));
  while ((length = PQgetCopyData(c, &row, 0)) > 0) { rows++; PQfreemem(row); }
  CHECK(length == -1 && rows == 4);
  EXPECT(PGRES_COMMAND_OK, NULL); NOTHING();
}

static void function_call(PGconn *c) {
  int answer = 0, length = 0;
  PQArgBlock args[2] = {{.len = 4, .isint = 1, .u.integer = 17}, {.len = 4, .isint = 1, .u.integer = 25}};
  PGresult *r = PQfn(c, 177 /* int4pl */, &answer, &length, 1, args, 2);
  CHECK(PQresultStatus(r) == PGRES_COMMAND_OK && answer == 42);
  PQclear(r);
  r = PQfn(c, 154 /* int4div */, &answer, &length, 1, (PQArgBlock[]){args[0], {.len = 4, .isint = 1, .u.integer = 0}}, 2);
  CHECK(PQresultStatus(r) == PGRES_FATAL_ERROR);
  PQclear(r);
  command(c, "SELECT 'alive'");
}

static void large_object(PGconn *c) {
  char data[5000], back[5000];
  memset(data, 7, sizeof data);
  command(c, "BEGIN");
  Oid oid = lo_creat(c, INV_READ | INV_WRITE);
  int fd = lo_open(c, oid, INV_READ | INV_WRITE);
  CHECK(oid && fd >= 0 && lo_write(c, fd, data, sizeof data) == (int) sizeof data);
  CHECK(lo_lseek(c, fd, 1000, SEEK_SET) == 1000 && lo_read(c, fd, back, 500) == 500 && back[499] == 7);
  CHECK(lo_tell(c, fd) == 1500 && lo_truncate(c, fd, 10) == 0 && lo_close(c, fd) == 0 && lo_unlink(c, oid) == 1);
  command(c, "COMMIT");
}

static void cancelling(PGconn *c) {
  char error[256];
  PGcancel *cancel = PQgetCancel(c);
  CHECK(PQsendQuery(c, "SELECT pg_sleep(30)"));
  usleep(300000);
  CHECK(PQcancel(cancel, error, sizeof error));
  EXPECT(PGRES_FATAL_ERROR, NULL); NOTHING();
  PQfreeCancel(cancel);
  command(c, "SELECT 'alive'");
}

static void portals(PGconn *c) {
  command(c, "BEGIN");
  command(c, "DECLARE p CURSOR FOR SELECT generate_series(1, 10)");
  PGresult *r = PQdescribePortal(c, "p");
  CHECK(PQresultStatus(r) == PGRES_COMMAND_OK && PQnfields(r) == 1);
  PQclear(r);
  command(c, "FETCH 3 FROM p");
  command(c, "COMMIT");
  r = PQdescribePortal(c, "p");
  CHECK(PQresultStatus(r) == PGRES_FATAL_ERROR);
  PQclear(r);
}

static void notices(PGconn *c) {
  command(c, "DO $$BEGIN FOR i IN 1..5 LOOP RAISE NOTICE 'n %', i; END LOOP; END$$");
  CHECK(params(c, "SELECT 1 FROM (SELECT set_config('TimeZone', 'Asia/Tokyo', true)) x", NULL));
  EXPECT(PGRES_TUPLES_OK, "1"); NOTHING();
}

static void ignore_notice(void *arg, const PGresult *result) { (void) arg; (void) result; }

static struct { const char *title; void (*run)(PGconn *); int traced; } all[] = {
  {"a pipeline", simple_pipeline, 1},
  {"a pipeline that fails half way", aborted_pipeline, 1},
  {"transactions in a pipeline", pipelined_transactions, 1},
  {"a flush request", flush_request, 1},
  {"named statements in a pipeline", prepared_in_pipeline, 1},
  {"a name used twice, an unknown one", wrong_names, 0},
  {"the same, with all fields of the errors", wrong_names, 1},
  {"a pipeline of 3000 statements, 12 MB each way", deep_pipeline, 0},
  {"single rows, cut by an error", single_rows, 1},
  {"several statements in a query, an empty one", several_statements, 1},
  {"COPY in both protocols, failing from either side", copying, 1},
  {"function calls", function_call, 1},
  {"a large object by function calls", large_object, 0},
  {"a cancel request", cancelling, 1},
  {"portals of SQL described by the protocol", portals, 1},
  {"notices and parameters amid replies", notices, 1},
};

static void print_json(const char *text) {
  putchar('"');
  for (; *text; text++) {
    if (*text == '"' || *text == '\\') printf("\\%c", *text);
    else if ((unsigned char) *text < 32) printf("\\u%04x", *text);
    else putchar(*text);
  }
  putchar('"');
}

static void print_trace(FILE *trace) {
  char line[16384];
  int first = 1;
  printf("[");
  for (rewind(trace); fgets(line, sizeof line, trace);) {
    line[strcspn(line, "\n")] = 0;
    if (!first) printf(", ");
    first = 0;
    print_json(line);
  }
  printf("]");
}

static void run(int i) {
  printf("{\"begin\": \"%s\"}\n", all[i].title);
  fflush(stdout);
  problem[0] = 0;
  FILE *trace = tmpfile();
  PGconn *c = PQconnectdb("");
  CHECK(PQstatus(c) == CONNECTION_OK);
  PQsetNoticeReceiver(c, ignore_notice, NULL);
  if (!problem[0]) {
    if (all[i].traced) {
      PQtrace(c, trace);
      PQsetTraceFlags(c, PQTRACE_SUPPRESS_TIMESTAMPS | PQTRACE_REGRESS_MODE);
    }
    all[i].run(c);
    PQuntrace(c);
  }
  PQfinish(c);
  printf("{\"end\": \"%s\", \"error\": ", all[i].title);
  if (problem[0]) print_json(problem); else printf("null");
  printf(", \"transcript\": ");
  print_trace(trace);
  printf("}\n");
  fflush(stdout);
  fclose(trace);
}

int main(int argc, char **argv) {
  const char *after = NULL, *only = NULL;
  for (int i = 1; i < argc; i++) {
    if (!strcmp(argv[i], "--version")) {
      printf("%d.%d\n", PQlibVersion() / 10000, PQlibVersion() % 10000);
      return 0;
    }
    if (!strcmp(argv[i], "--prove")) {
      PGconn *c = NULL;
      CHECK(1 == 2);
      printf("{\"begin\": \"a wrong result\"}\n{\"end\": \"a wrong result\", \"error\": ");
      if (problem[0]) print_json(problem); else printf("null");
      printf(", \"transcript\": []}\n{\"begin\": \"a result\"}\n{\"end\": \"a result\", \"error\": null, \"transcript\": [\"1\"]}\n");
      return 0;
    }
    if (!strcmp(argv[i], "--after") && i + 1 < argc) after = argv[++i];
    if (!strcmp(argv[i], "--only") && i + 1 < argc) only = argv[++i];
  }
  for (int i = 0; i < (int) (sizeof all / sizeof *all); i++) {
    if (after) {
      if (!strcmp(after, all[i].title)) after = NULL;
    } else if (!only || !strcmp(only, all[i].title)) {
      run(i);
    }
  }
  return 0;
}
