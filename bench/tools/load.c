#define _GNU_SOURCE
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "fail.h"
#include "process.h"

// More logins at a time would overflow the listen backlog of some poolers.
#define LOGINS_AT_A_TIME 32
#define NEVER UINT64_MAX

// One load at a time: the callbacks of connections find it here.
static struct {
  const struct load_options *options;
  struct load_target *target;
  struct connection *connections;
  int opened;
  int logged_in;
  // Idle clients of an open loop, those that waited longest first: a ring.
  struct connection **idle;
  int idle_first;
  int idle_count;
  bool measuring;
  struct load_result result;
} load;

static void become_idle(struct connection *connection) {
  int last = (load.idle_first + load.idle_count++) % load.options->clients;
  load.idle[last] = connection;
}

static struct connection *take_idle(void) {
  struct connection *connection = load.idle[load.idle_first];
  load.idle_first = (load.idle_first + 1) % load.options->clients;
  load.idle_count--;
  return connection;
}

static void on_login(struct connection *connection, uint64_t now) {
  (void)now;
  load.logged_in++;
  if (load.options->churn) {
    connection_run(connection, connection->begun);
  } else if (load.options->rate > 0) {
    become_idle(connection);
  }
}

static void on_pass(struct connection *connection, uint64_t now) {
  if (!load.result.first_answer) load.result.first_answer = now;
  if (load.measuring) {
    histogram_add(&load.result.latencies, now - connection->begun);
    load.result.transactions += load.target->script->transactions;
  }
  if (load.options->churn) {
    connection_close(connection);
    connection_open(connection, load.target);
  } else if (load.options->rate > 0) {
    become_idle(connection);
  } else {
    connection_run(connection, now);
  }
}

static void on_pass_once(struct connection *connection, uint64_t now) {
  (void)connection;
  (void)now;
  load.result.transactions++;
}

static void on_login_once(struct connection *connection, uint64_t now) {
  load.logged_in++;
  connection_run(connection, now);
}

// Waits for events at most until this time.
static void turn(uint64_t until) {
  struct epoll_event events[512];
  uint64_t now = clock_ns();
  uint64_t wait = until > now ? until - now : 0;
  struct timespec timeout = {wait / SECOND, wait % SECOND};
  int count = epoll_pwait2(load.target->epoll, events, 512, until == NEVER ? NULL : &timeout, NULL);
  if (count < 0 && errno != EINTR) fail("epoll_pwait2: %s", strerror(errno));
  for (int i = 0; i < count; i++) connection_event(events[i].data.ptr, events[i].events);
}

static void prepare(const struct load_options *options, struct load_target *target) {
  load.options = options;
  load.target = target;
  load.connections = calloc(options->clients, sizeof *load.connections);
  load.idle = calloc(options->clients, sizeof *load.idle);
  if (!load.connections || !load.idle) fail("out of memory");
}

static void log_in(void) {
  while (load.logged_in < load.options->clients) {
    while (load.opened < load.options->clients &&
           load.opened - load.logged_in < LOGINS_AT_A_TIME)
      connection_open(&load.connections[load.opened++], load.target);
    turn(clock_ns() + SECOND);
  }
}

static void start(void) {
  for (int i = 0; i < load.options->clients; i++) {
    if (load.options->churn) {
      connection_open(&load.connections[i], load.target);
    } else if (load.options->rate == 0) {
      connection_run(&load.connections[i], clock_ns());
    }
  }
}

// Begins the passes that are due. One that finds no idle client keeps its time: the wait for a client
// is part of its latency, so that a pooler's pause is felt by all that should have begun in it.
static uint64_t begin_due(uint64_t next, uint64_t now) {
  uint64_t interval = SECOND / load.options->rate;
  while (next <= now && load.idle_count) {
    connection_run(take_idle(), next);
    next += interval;
  }
  return next;
}

static void begin_measuring(void) {
  load.measuring = true;
  load.result.bytes_in = load.target->bytes_in;
  load.result.bytes_out = load.target->bytes_out;
  if (load.options->watched)
    load.result.watched_cpu_seconds = process_cpu_seconds(load.options->watched);
}

static void end_measuring(uint64_t since) {
  struct load_result *result = &load.result;
  result->seconds = (double)(clock_ns() - since) / SECOND;
  result->bytes_in = load.target->bytes_in - result->bytes_in;
  result->bytes_out = load.target->bytes_out - result->bytes_out;
  if (load.options->watched) {
    double before = result->watched_cpu_seconds;
    result->watched_cpu_seconds = process_cpu_seconds(load.options->watched) - before;
    result->watched_rss_kb = process_rss_kb(load.options->watched);
  }
}

static void drive_until(uint64_t end, uint64_t *next) {
  uint64_t count = load.options->count;
  for (uint64_t now; (now = clock_ns()) < end;) {
    if (count && load.result.transactions >= count) return;
    if (load.options->rate > 0) *next = begin_due(*next, now);
    bool due = load.options->rate > 0 && load.idle_count && *next < end;
    turn(due ? *next : end);
  }
}

const struct load_result *load_run(const struct load_options *options, struct load_target *target) {
  prepare(options, target);
  target->logged_in = on_login;
  target->passed = on_pass;
  if (!options->churn) log_in();
  uint64_t begin = clock_ns();
  uint64_t next = begin;
  uint64_t measured_from = begin + options->warm * SECOND;
  // A count ends at the first of its transactions that can be counted, so it is measured from the
  // very first one.
  if (options->count) begin_measuring();
  start();
  if (!options->count) {
    drive_until(measured_from, &next);
    begin_measuring();
  }
  uint64_t since = clock_ns();
  drive_until(since + options->seconds * SECOND, &next);
  end_measuring(options->count ? begin : since);
  return &load.result;
}

void load_hold(int clients, struct load_target *target) {
  static struct load_options options;
  options.clients = clients;
  prepare(&options, target);
  target->logged_in = on_login_once;
  target->passed = on_pass_once;
  log_in();
  while (load.result.transactions < (uint64_t)clients) turn(clock_ns() + SECOND);
  printf("{\"idle\": %d}\n", clients);
  fflush(stdout);
  char ignored;
  while (read(STDIN_FILENO, &ignored, 1) > 0);
}

void load_await(int port, double seconds) {
  struct sockaddr_in address = {
      .sin_family = AF_INET,
      .sin_port = htons(port),
      .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
  };
  uint64_t end = clock_ns() + seconds * SECOND;
  for (;;) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int refused = connect(fd, (struct sockaddr *)&address, sizeof address);
    close(fd);
    if (!refused) return;
    if (clock_ns() > end) fail("nothing listens on port %d after %.0f s", port, seconds);
    usleep(1000);
  }
}
