package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.commit.PooledQuestion;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.PgErrorException;
import org.pglynx.proxy.wire.SqlState;

/**
 * Looks keys up in directories, for the sessions of one event loop and on it. A key that is being
 * looked up is not asked for again: who comes later takes what is heard only if it may be as old
 * ({@link Directory#shard}), and asks anew otherwise.
 */
final class Lookups {
  /** So many keys in one question; a statement that has more asks again for the others. */
  private static final int AT_ONCE = 1_000;

  /** Longer than a server takes; a pool whose connections all wait for this gives none. */
  private static final long PATIENCE_SECONDS = 10;

  /** A question under way, and who waits for it. */
  private static final class Question {
    private final List<Consumer<@Nullable PgError>> waiting = new ArrayList<>();
  }

  private final List<UpstreamProvider> shards;
  private final Executor loop;
  private final Map<Directory, Map<KeyValue, Question>> underWay = new HashMap<>();

  Lookups(List<UpstreamProvider> shards, Executor loop) {
    this.shards = shards;
    this.loop = loop;
  }

  /** Looks them up; tells the end once, later. */
  void start(UnplacedKeys unplaced, Consumer<@Nullable PgError> end) {
    Set<Question> questions = new LinkedHashSet<>();
    unplaced.keys().forEach((directory, keys) -> questions.addAll(ask(directory, keys)));
    Outcome outcome = new Outcome(questions.size(), end);
    questions.forEach(each -> each.waiting.add(outcome::heard));
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

  private Set<Question> ask(Directory directory, List<KeyValue> keys) {
    Map<KeyValue, Question> asked = underWay.computeIfAbsent(directory, none -> new HashMap<>());
    Set<Question> questions = new LinkedHashSet<>();
    Set<KeyValue> own = new LinkedHashSet<>();
    Question question = new Question();
    for (KeyValue key : keys) {
      Question present = asked.get(key);
      if (present != null) {
        questions.add(present);
      } else if (own.size() < AT_ONCE) {
        own.add(key);
        asked.put(key, question);
        questions.add(question);
      }
    }
    if (!own.isEmpty()) {
      run(directory, own, question);
    }
    return questions;
  }

  private void run(Directory directory, Collection<KeyValue> keys, Question question) {
    long readAt = System.nanoTime();
    CompletableFuture<List<String>> answer =
        PooledQuestion.ask(shards.get(directory.on()), directory.question(keys))
            .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
    // Later, so that whoever waits is known by then.
    var unused =
        answer.whenCompleteAsync(
            (rows, thrown) -> heard(directory, keys, question, rows, thrown, readAt), loop);
  }

  private void heard(
      Directory directory,
      Collection<KeyValue> keys,
      Question question,
      @Nullable List<String> rows,
      @Nullable Throwable thrown,
      long readAt) {
    underWay.getOrDefault(directory, Map.of()).keySet().removeAll(keys);
    PgError error = null;
    try {
      if (rows == null) {
        error = unasked(directory, thrown);
      } else {
        directory.learn(keys, rows, readAt);
      }
    } catch (PgErrorException e) {
      error = e.error();
    }
    for (Consumer<@Nullable PgError> each : question.waiting) {
      each.accept(error);
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
