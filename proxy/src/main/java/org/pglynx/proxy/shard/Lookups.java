package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.commit.PooledQuestion;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks keys up in directories, for the sessions of one event loop and on it. A key that is being
 * looked up is not asked for again: who comes later takes what is heard only if it may be as old
 * ({@link Directory#shard}), and asks anew otherwise.
 */
final class Lookups {
  private static final Logger LOG = LoggerFactory.getLogger(Lookups.class);

  /** So many keys in one question; a statement that has more asks again for the others. */
  private static final int AT_ONCE = 1_000;

  /** Longer than a server takes; a pool whose connections all wait for this gives none. */
  private static final long PATIENCE_SECONDS = 10;

  /** A question under way, and who waits for it. */
  private static final class Question {
    private final List<Waiter> waiting = new ArrayList<>();
    private @Nullable PooledQuestion asked;
  }

  /** Who waits for some of the keys of a question. */
  private record Waiter(List<KeyValue> keys, Outcome outcome) {}

  private final List<UpstreamProvider> shards;
  private final Executor loop;
  private final Map<Directory, Map<KeyValue, Question>> underWay = new HashMap<>();

  Lookups(List<UpstreamProvider> shards, Executor loop) {
    this.shards = shards;
    this.loop = loop;
  }

  /** Looks them up; tells the end once, later, unless nobody wants to know it by then. */
  Cancellable start(UnplacedKeys unplaced, Consumer<@Nullable PgError> end) {
    Map<Question, List<KeyValue>> questions = new LinkedHashMap<>();
    unplaced.keys().forEach((directory, keys) -> ask(directory, keys, questions));
    Outcome outcome = new Outcome(questions.size(), end);
    questions.forEach((question, keys) -> question.waiting.add(new Waiter(keys, outcome)));
    return () -> questions.keySet().forEach(question -> leave(question, outcome));
  }

  private void leave(Question question, Outcome outcome) {
    question.waiting.removeIf(each -> each.outcome == outcome);
    PooledQuestion asked = question.asked;
    if (question.waiting.isEmpty() && asked != null) {
      underWay.values().forEach(each -> each.values().removeIf(other -> other == question));
      asked.withdraw();
    }
  }

  /** What some questions come to. */
  private static final class Outcome {
    private final Consumer<@Nullable PgError> end;
    private int open;
    private @Nullable PgError failure;

    Outcome(int open, Consumer<@Nullable PgError> end) {
      this.open = open;
      this.end = end;
    }

    void heard(@Nullable PgError error) {
      failure = failure == null ? error : failure;
      open--;
      if (open == 0) {
        end.accept(failure);
      }
    }
  }

  /** Asks for those that are not asked for yet; notes which questions are about which keys. */
  private void ask(
      Directory directory, Set<KeyValue> keys, Map<Question, List<KeyValue>> questions) {
    Map<KeyValue, Question> asked = underWay.computeIfAbsent(directory, none -> new HashMap<>());
    List<KeyValue> own = new ArrayList<>();
    Question question = new Question();
    for (KeyValue key : keys) {
      Question present = asked.get(key);
      if (present != null) {
        questions.computeIfAbsent(present, none -> new ArrayList<>()).add(key);
      } else if (own.size() < AT_ONCE) {
        own.add(key);
        asked.put(key, question);
      }
    }
    if (!own.isEmpty()) {
      questions.put(question, own);
      run(directory, own, question);
    }
  }

  private void run(Directory directory, List<KeyValue> keys, Question question) {
    long readAt = System.nanoTime();
    PooledQuestion asked = PooledQuestion.ask(shards.get(directory.on()), directory.question(keys));
    question.asked = asked;
    // Later, so that whoever waits is known by then.
    var unused =
        asked
            .answer()
            .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
            .whenCompleteAsync(
                (rows, thrown) -> {
                  asked.withdraw();
                  underWay
                      .getOrDefault(directory, Map.of())
                      .values()
                      .removeIf(other -> other == question);
                  heard(directory, keys, question, rows, thrown, readAt);
                },
                loop);
  }

  private static void heard(
      Directory directory,
      List<KeyValue> keys,
      Question question,
      @Nullable List<String> rows,
      @Nullable Throwable thrown,
      long readAt) {
    PgError failure = rows == null ? unasked(directory, thrown) : null;
    Map<KeyValue, PgError> errors = rows == null ? Map.of() : directory.learn(keys, rows, readAt);
    for (Waiter each : List.copyOf(question.waiting)) {
      PgError own =
          each.keys.stream().map(errors::get).filter(Objects::nonNull).findFirst().orElse(failure);
      try {
        each.outcome.heard(own);
      } catch (RuntimeException e) {
        // The others are not to wait for ever because of one.
        LOG.error("a session cannot go on after a look-up", e);
      }
    }
  }

  private static PgError unasked(Directory directory, @Nullable Throwable thrown) {
    Throwable cause = thrown != null && thrown.getCause() != null ? thrown.getCause() : thrown;
    String why =
        cause instanceof PgErrorException known
            ? known.error().message()
            : "no connection of the pool was free within " + PATIENCE_SECONDS + " seconds";
    return PgError.error(
            SqlState.CANNOT_CONNECT,
            "the shard of a key cannot be looked up in the directory \""
                + directory.name()
                + "\": "
                + why)
        .withHint(
            "Shard "
                + directory.on()
                + " must be up, the user must have SELECT on the table, and the pool more"
                + " connections than transactions that wait.");
  }
}
