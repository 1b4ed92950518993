// Tests of the tools' parts: make check
#undef NDEBUG
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "histogram.h"
#include "pairing.h"
#include "scram.h"
#include "script.h"

static void quantiles_are_within_a_per_cent_at_all_sizes(void) {
  for (uint64_t ns = 1; ns < 3600000000000ull; ns = ns * 3 / 2 + 1) {
    static struct histogram histogram;
    histogram = (struct histogram){0};
    histogram_add(&histogram, ns);
    assert(fabs(histogram_quantile_us(&histogram, 0.5) * 1000 / ns - 1) < 0.01);
  }
}

static void quantiles_are_by_rank(void) {
  static struct histogram histogram;
  for (int i = 0; i < 999; i++) histogram_add(&histogram, 1000);
  histogram_add(&histogram, 50000);
  assert(histogram_quantile_us(&histogram, 0.999) < 1.1);
  assert(histogram_quantile_us(&histogram, 0.9991) > 49);
  assert(histogram.max_ns == 50000);
  assert(fabs(histogram_mean_us(&histogram) - 1.049) < 0.001);
}

static void no_latency_has_no_quantile(void) {
  static struct histogram histogram;
  assert(histogram_quantile_us(&histogram, 0.5) == 0);
  assert(histogram_mean_us(&histogram) == 0);
}

// The example of RFC 7677, section 3.
static void the_proof_is_that_of_the_rfc(void) {
  struct scram scram = {"rOprNGfwEbeRWgbNEkqO", "n=user,r=rOprNGfwEbeRWgbNEkqO"};
  const char *first =
      "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
  const char *final =
      "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
      "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
  // The second login uses the keys that the first has left.
  for (int login = 0; login < 2; login++) {
    struct buffer out = {0};
    scram_final(&scram, "pencil", (const uint8_t *)first, strlen(first), &out);
    assert(out.length == 5 + strlen(final));
    assert(!memcmp(out.data + 5, final, strlen(final)));
    buffer_free(&out);
  }
}

static void put_startup(struct buffer *out) {
  size_t begin = message_begin(out, 0);
  buffer_put_int32(out, 196608);
  buffer_put_string(out, "");
  message_end(out, begin);
}

// All that a session answers to these bytes, of which it gets so many more at a time.
static struct buffer answers(const struct buffer *bytes, size_t at_a_time) {
  struct session session = {0};
  size_t taken = 0;
  for (size_t known = at_a_time;; known += at_a_time) {
    if (known > bytes->length) known = bytes->length;
    ssize_t more;
    while ((more = session_take(&session, bytes->data + taken, known - taken)) > 0 ||
           session.rows.left) {
      assert(more >= 0);
      taken += more;
      while (session_continue(&session));
    }
    assert(more == 0);
    if (known == bytes->length) break;
  }
  assert(taken == bytes->length);
  struct buffer out = session.out;
  session.out = (struct buffer){0};
  session_free(&session);
  return out;
}

static void answers_do_not_depend_on_how_bytes_arrive(void) {
  struct buffer bytes = {0};
  put_startup(&bytes);
  message_put_string(&bytes, 'Q', "SELECT 1; SELECT 2");
  message_put_string(&bytes, 'Q', "SELECT repeat('x', 5000) FROM generate_series(1, 2) AS a, "
                                  "generate_series(1, 5) AS b");
  message_put_string(&bytes, 'Q', "COPY (SELECT repeat('x', 3) FROM generate_series(1, 1) AS a, "
                                  "generate_series(1, 2) AS b) TO STDOUT");
  struct script copy = script_of("copy-in", "COPY t FROM STDIN", 1, 500, 100);
  for (int i = 0; i < copy.length; i++)
    buffer_put(&bytes, copy.steps[i].bytes.data, copy.steps[i].bytes.length);
  struct script extended = script_of("extended", "SELECT 1", 3, 0, 0);
  buffer_put(&bytes, extended.steps[0].bytes.data, extended.steps[0].bytes.length);

  struct buffer whole = answers(&bytes, bytes.length);
  assert(whole.length > 50000);
  for (size_t at_a_time = 1; at_a_time < 20; at_a_time += 3) {
    struct buffer parts = answers(&bytes, at_a_time);
    assert(parts.length == whole.length && !memcmp(parts.data, whole.data, whole.length));
    buffer_free(&parts);
  }
  buffer_free(&whole);
  buffer_free(&bytes);
}

static void a_script_awaits_an_answer_for_each_statement(void) {
  struct script script = script_of("prepared", "SELECT 1", 10, 0, 0);
  assert(script.length == 1 && script.steps[0].count == 10 && script.transactions == 10);
  assert(script.preparation.bytes.length > 0);
  assert(script_of("transaction", "SELECT 1", 1, 0, 0).length == 3);
}

static void a_transaction_ends_however_its_end_is_read(void) {
  const uint8_t answer[] = {'C', 0, 0, 0, 5, 0, 'Z', 0, 0, 0, 5, 'I'};
  for (size_t split = 0; split < sizeof answer; split++) {
    struct peer server = {.role = SERVER};
    assert(!pairing_ends(&server, answer, split));
    assert(pairing_ends(&server, answer + split, sizeof answer - split));
  }
}

static void a_server_in_a_transaction_is_kept(void) {
  const uint8_t ready[] = {'Z', 0, 0, 0, 5, 'T'};
  struct peer server = {.role = SERVER}, client = {.role = CLIENT};
  struct pairing pairing = {.free = &server};
  assert(pairing_server(&pairing, &client) == &server);
  assert(!pairing_ends(&server, ready, sizeof ready));
  assert(pairing_server(&pairing, &client) == &server);
}

static void clients_that_wait_get_a_server_in_their_order(void) {
  struct peer server = {.role = SERVER}, clients[3] = {0};
  struct pairing pairing = {.free = &server};
  for (int i = 0; i < 3; i++) assert(!pairing_server(&pairing, &clients[i]) == (i > 0));
  assert(pairing_release(&pairing, &server) == &clients[1]);
  assert(pairing_release(&pairing, &server) == &clients[2]);
  assert(server.partner == &clients[2]);
  assert(!pairing_release(&pairing, &server));
  assert(pairing.free == &server);
}

static void a_client_that_has_left_gets_no_server(void) {
  struct peer server = {.role = SERVER}, first = {0}, *left = calloc(1, sizeof *left), last = {0};
  struct pairing pairing = {.free = &server};
  assert(left && pairing_server(&pairing, &first));
  pairing_server(&pairing, left);
  pairing_server(&pairing, &last);
  pairing_left(&pairing, left);
  assert(!pairing.left);
  assert(pairing_release(&pairing, &server) == &last);
  assert(pairing.left == left);
  pairing_bury(&pairing);
  assert(!pairing.left);
}

int main(void) {
  quantiles_are_within_a_per_cent_at_all_sizes();
  quantiles_are_by_rank();
  no_latency_has_no_quantile();
  the_proof_is_that_of_the_rfc();
  answers_do_not_depend_on_how_bytes_arrive();
  a_script_awaits_an_answer_for_each_statement();
  a_transaction_ends_however_its_end_is_read();
  a_server_in_a_transaction_is_kept();
  clients_that_wait_get_a_server_in_their_order();
  a_client_that_has_left_gets_no_server();
  return 0;
}
