package org.pglynx.proxy.admission;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.auth.ScramVerifier;
import org.pglynx.proxy.auth.StoredSecret;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a server for the secrets of users. Its state is confined to one event loop.
 *
 * <p>At most so many questions are under way; the others queue, one for each user: a flood of wrong
 * passwords, or of names that nobody has, opens no flood of server connections (pgcat opens one for
 * each wrong password). Answers are remembered for a short while, "no such user" too. A login never
 * joins a question that began before it: that might have seen the password of before.
 */
public final class AuthQuery {
  private static final Logger LOG = LoggerFactory.getLogger(AuthQuery.class);
  private static final int MAX_QUEUE = 10_000;
  private static final int MAX_REMEMBERED = 10_000;

  private final Questions questions;
  private final Executor loop;
  private final LongSupplier nanos;
  private final long rememberNanos;
  private final int atOnce;
  private final Map<String, Remembered> memory;
  private final Map<String, Question> queuedByUser = new HashMap<>();
  private final ArrayDeque<Question> queue = new ArrayDeque<>();
  private int underWay;
  private volatile boolean verifiers = true;

  private record Remembered(KnownSecret known, long sinceNanos) {}

  private record Question(String user, CompletableFuture<KnownSecret> answer) {}

  /**
   * Asks nothing yet.
   *
   * @param loop where the questions are asked
   * @param nanos the clock
   * @param rememberMillis how long an answer is remembered; 0 is not at all
   * @param atOnce the most questions under way
   */
  public AuthQuery(
      Questions questions, Executor loop, LongSupplier nanos, long rememberMillis, int atOnce) {
    this.questions = questions;
    this.loop = loop;
    this.nanos = nanos;
    this.rememberNanos = TimeUnit.MILLISECONDS.toNanos(rememberMillis);
    this.atOnce = atOnce;
    this.memory =
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Remembered> eldest) {
            return size() > MAX_REMEMBERED;
          }
        };
  }

  /** What is known of the user, from memory or from the server. Any thread. */
  CompletionStage<KnownSecret> find(String user) {
    CompletableFuture<KnownSecret> answer = new CompletableFuture<>();
    loop.execute(() -> {
      Remembered known = memory.get(user);
      if (known != null && nanos.getAsLong() - known.sinceNanos() < rememberNanos) {
        answer.complete(known.known().fromMemory());
      } else {
        enqueue(user, answer);
      }
    });
    return answer;
  }

  /** What the server says of the user now. Any thread. */
  CompletionStage<KnownSecret> ask(String user) {
    CompletableFuture<KnownSecret> answer = new CompletableFuture<>();
    loop.execute(() -> enqueue(user, answer));
    return answer;
  }

  /** Whether the last secret that came was a SCRAM verifier: so unknown users are asked too. */
  boolean verifiers() {
    return verifiers;
  }

  private void enqueue(String user, CompletableFuture<KnownSecret> answer) {
    Question same = queuedByUser.get(user);
    if (same != null) {
      join(same, answer);
      return;
    }
    if (queue.size() >= MAX_QUEUE) {
      answer.completeExceptionally(
          PgError.fatal(SqlState.TOO_MANY_CONNECTIONS, "too many logins wait for auth_query")
              .toException());
      return;
    }
    Question question = new Question(user, new CompletableFuture<>());
    join(question, answer);
    queuedByUser.put(user, question);
    queue.addLast(question);
    pump();
  }

  private static void join(Question question, CompletableFuture<KnownSecret> answer) {
    question
        .answer()
        .whenComplete((known, failure) -> {
          if (failure == null) {
            answer.complete(known);
          } else {
            answer.completeExceptionally(failure);
          }
        });
  }

  private void pump() {
    while (underWay < atOnce && !queue.isEmpty()) {
      Question next = queue.removeFirst();
      queuedByUser.remove(next.user());
      underWay++;
      questions.ask(next.user()).whenComplete((rows, failure) -> answered(next, rows, failure));
    }
  }

  private void answered(
      Question question, @Nullable List<@Nullable String[]> rows, @Nullable Throwable failure) {
    underWay--;
    try {
      if (rows == null) {
        question.answer().completeExceptionally(refusal(failure));
      } else {
        KnownSecret known = read(question.user(), rows);
        memory.remove(question.user());
        if (rememberNanos > 0) {
          memory.put(question.user(), new Remembered(known, nanos.getAsLong()));
        }
        question.answer().complete(known);
      }
    } catch (PgErrorException e) {
      question.answer().completeExceptionally(e);
    }
    pump();
  }

  private KnownSecret read(String user, List<@Nullable String[]> rows) throws PgErrorException {
    if (rows.isEmpty()) {
      return KnownSecret.UNKNOWN;
    }
    @Nullable String[] row = rows.getFirst();
    if (rows.size() > 1 || row.length != 2) {
      throw fault(rows.size() + " rows of " + row.length + " columns; one row of two is expected");
    }
    if (!user.equals(row[0])) {
      // Somebody else's secret would let the caller in as somebody else (CVE-2015-6817).
      throw fault("it answers for another user than it was asked for");
    }
    String text = row[1];
    return KnownSecret.of(text == null || text.isEmpty() ? null : secret(text));
  }

  private StoredSecret secret(String text) throws PgErrorException {
    try {
      StoredSecret secret = StoredSecret.parse(text);
      verifiers = secret instanceof ScramVerifier;
      return secret;
    } catch (IllegalArgumentException e) {
      throw fault(String.valueOf(e.getMessage()));
    }
  }

  /** The server's own words go to the log only: they may tell of the schema. */
  private static PgErrorException fault(String why) {
    LOG.warn("auth_query is at fault: {}", why);
    return PgError.fatal(SqlState.INTERNAL_ERROR, "the proxy cannot look up users")
        .withHint("The proxy's log says what is wrong with auth_query.")
        .toException();
  }

  private static Throwable refusal(@Nullable Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException wrapped && wrapped.getCause() != null
            ? wrapped.getCause()
            : failure;
    if (cause instanceof PgErrorException refused && unreachable(refused.error())) {
      LOG.warn("auth_query cannot be asked: {}", refused.error().message());
      return PgError.fatal(
              SqlState.CANNOT_CONNECT, "the server that knows the users cannot be reached")
          .toException();
    }
    return fault(
        cause instanceof PgErrorException refused ? refused.error().message() : cause + "");
  }

  private static boolean unreachable(PgError error) {
    return error.code().startsWith("08")
        || error.code().startsWith("57P")
        || error.code().startsWith("53");
  }
}
