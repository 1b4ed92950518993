package org.pglynx.proxy.commit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Upstream;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * Commits a transaction that has a part on each of several servers: on all of them, or on none.
 * Confined to the event loop.
 *
 * <pre>
 *           who has read only          all have prepared        on disk
 *   ASKING ──────────────────► PREPARING ──────────────► DECIDING ─────► COMMITTING ──► committed
 *     │ at most one has written    │ one has failed           │ unknown      (what is not reached
 *     ▼                            ▼                          ▼               is settled later)
 *   committed by COMMIT        rolled back                 in doubt
 * </pre>
 *
 * <p>A part that has only read is committed first: should it fail (a serialization failure),
 * nothing is prepared yet.
 */
public final class TwoPhaseCommit {
  /**
   * A part without a transaction id has changed nothing. PostgreSQL 13 and later know it, too. One
   * that has must be able to prepare it.
   */
  private static final String ASK =
      "SELECT CASE WHEN pg_catalog.txid_current_if_assigned() IS NULL THEN 'read' WHEN"
          + " pg_catalog.current_setting('max_prepared_transactions') = '0' THEN 'unprepared' ELSE"
          + " 'written' END";

  private static final List<String> READ = List.of("read");
  private static final List<String> UNPREPARED = List.of("unprepared");

  private final List<Participant> participants;
  private final CommitPolicy policy;
  private final @Nullable Downstream asides;
  private final Consumer<Outcome> end;
  private final Set<Integer> lost = new HashSet<>();

  private TwoPhaseCommit(
      List<Participant> participants,
      CommitPolicy policy,
      @Nullable Downstream asides,
      Consumer<Outcome> end) {
    this.participants = participants;
    this.policy = policy;
    this.asides = asides;
    this.end = end;
  }

  /**
   * Commits.
   *
   * @param participants all in a transaction that has not failed, and drained
   * @param asides hears of notices and parameters
   * @param end hears how it has ended; then no participant is in the transaction
   */
  public static void run(
      List<Participant> participants,
      CommitPolicy policy,
      @Nullable Downstream asides,
      Consumer<Outcome> end) {
    new TwoPhaseCommit(List.copyOf(participants), policy, asides, end).start();
  }

  /**
   * Rolls it back everywhere.
   *
   * @param end hears the reason, as of a transaction that is not committed
   */
  public static void undo(
      List<Participant> participants, CommitPolicy policy, PgError why, Consumer<Outcome> end) {
    List<Participant> all = List.copyOf(participants);
    new TwoPhaseCommit(all, policy, null, end).rollBack(all, why);
  }

  private void failed(PgError why) {
    end.accept(new Outcome(false, why, lost));
  }

  private void start() {
    if (participants.size() == 1) {
      commit(participants);
    } else {
      round(participants, part -> ASK, this::asked);
    }
  }

  // ---- rounds --------------------------------------------------------------------------------

  /** Sends each its statement, and goes on when all have answered: who is lost does so at once. */
  private void round(
      List<Participant> whom,
      Function<Participant, String> sql,
      Consumer<Map<Integer, ServerQuery.Answer>> then) {
    Map<Integer, ServerQuery.Answer> answers = new TreeMap<>();
    List<Participant> there = new ArrayList<>();
    for (Participant part : whom) {
      if (lost.contains(part.shard())) {
        answers.put(part.shard(), gone(part));
      } else {
        there.add(part);
      }
    }
    if (there.isEmpty()) {
      then.accept(answers);
      return;
    }
    for (Participant part : there) {
      Downstream told = part == participants.getFirst() ? asides : null;
      String text = sql.apply(part);
      boolean asks = text.equals(ASK);
      ServerQuery.run(
          part.server(),
          text,
          told,
          answer -> {
            if (answer.lost()) {
              lost.add(part.shard());
            } else if (answer.open() && !answer.good() && !asks) {
              // What was to end it has failed, as by a cancel request: nobody else may get it.
              lost.add(part.shard());
              part.server().release(Upstream.Release.BROKEN);
            }
            answers.put(part.shard(), answer);
            if (answers.size() == whom.size()) {
              then.accept(answers);
            }
          },
          () -> lost.add(part.shard()));
    }
  }

  /** Its connection was lost while others were waited for, or the decision. */
  private static ServerQuery.Answer gone(Participant part) {
    PgError why =
        PgError.error(
            SqlState.CONNECTION_FAILURE,
            "the connection to the shard " + part.shard() + " was lost");
    return new ServerQuery.Answer(why, true, false, List.of());
  }

  private static @Nullable PgError error(Map<Integer, ServerQuery.Answer> answers) {
    return answers.values().stream()
        .filter(each -> !each.good())
        .map(ServerQuery.Answer::error)
        .findFirst()
        .orElse(null);
  }

  private List<Participant> those(
      Map<Integer, ServerQuery.Answer> answers, Predicate<ServerQuery.Answer> of) {
    return participants.stream()
        .filter(part -> {
          ServerQuery.Answer answer = answers.get(part.shard());
          return answer != null && of.test(answer);
        })
        .toList();
  }

  // ---- steps ---------------------------------------------------------------------------------

  private void asked(Map<Integer, ServerQuery.Answer> answers) {
    PgError error = error(answers);
    if (error != null) {
      rollBack(those(answers, answer -> !answer.lost()), error);
      return;
    }
    List<Participant> writers = those(answers, answer -> !answer.values().equals(READ));
    List<Participant> readers = participants.stream().filter(p -> !writers.contains(p)).toList();
    List<Participant> unprepared = those(answers, answer -> answer.values().equals(UNPREPARED));
    PgError obstacle = writers.size() < 2 ? null : obstacle(writers, unprepared);
    if (obstacle != null) {
      rollBack(participants, obstacle);
      return;
    }
    round(
        readers,
        part -> "COMMIT",
        committed -> {
          PgError failure = error(committed);
          if (failure != null) {
            rollBack(writers, failure);
          } else if (writers.size() < 2) {
            commit(writers);
          } else {
            prepare(writers);
          }
        });
  }

  private @Nullable PgError obstacle(List<Participant> writers, List<Participant> unprepared) {
    if (!unprepared.isEmpty()) {
      return lacks(
          unprepared.getFirst().shard(),
          SqlState.NOT_IN_PREREQUISITE_STATE.code(),
          "max_prepared_transactions is 0 there",
          null);
    }
    String shards =
        writers.stream().map(p -> String.valueOf(p.shard())).collect(Collectors.joining(", "));
    DecisionLog log = policy.log();
    if (log == null) {
      return PgError.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "the transaction has written to the shards " + shards + ", and cannot commit on all")
          .withDetail("It has been rolled back.")
          .withHint("Two-phase commit needs a directory: set two_phase_commit_dir in [general].");
    }
    return log.broken() == null
        ? null
        : PgError.error(
                SqlState.NOT_IN_PREREQUISITE_STATE,
                "the transaction cannot commit on several shards: the log of decisions is broken")
            .withDetail("It has been rolled back.")
            .withHint("See the proxy's log; when the disk is sound, start the proxy anew.");
  }

  /** At most one. */
  private void commit(List<Participant> writers) {
    round(
        writers,
        part -> "COMMIT",
        answers -> {
          PgError error = error(answers);
          end.accept(new Outcome(error == null, error, lost));
        });
  }

  private void rollBack(List<Participant> whom, PgError why) {
    round(whom, part -> "ROLLBACK", answers -> failed(why));
  }

  private DecisionLog log() {
    DecisionLog log = policy.log();
    if (log == null) {
      throw new IllegalStateException("there is no log of decisions");
    }
    return log;
  }

  private void prepare(List<Participant> writers) {
    Set<Integer> shards = writers.stream().map(Participant::shard).collect(Collectors.toSet());
    TransactionId id = log().begin(policy.pool(), shards);
    round(
        writers,
        part -> "PREPARE TRANSACTION '" + id.on(part.shard()) + "'",
        answers -> {
          if (error(answers) == null) {
            decide(id, writers);
          } else {
            undo(id, answers);
          }
        });
  }

  /** One cannot prepare it: those that have take it back. */
  private void undo(TransactionId id, Map<Integer, ServerQuery.Answer> answers) {
    PgError why = refusal(answers);
    boolean unknown = answers.values().stream().anyMatch(ServerQuery.Answer::lost);
    round(
        those(answers, ServerQuery.Answer::good),
        part -> "ROLLBACK PREPARED '" + id.on(part.shard()) + "'",
        undone -> {
          if (unknown || error(undone) != null) {
            log().leave(id);
          } else {
            log().settled(id);
          }
          failed(why);
        });
  }

  /** What the servers' settings are for is told with the shard that lacks them. */
  private static PgError refusal(Map<Integer, ServerQuery.Answer> answers) {
    for (Map.Entry<Integer, ServerQuery.Answer> each : answers.entrySet()) {
      PgError error = each.getValue().error();
      if (error != null && error.code().equals(SqlState.NOT_IN_PREREQUISITE_STATE.code())) {
        return lacks(each.getKey(), error.code(), error.message(), error.routine());
      }
    }
    PgError first = error(answers);
    return first == null ? PgError.error(SqlState.INTERNAL_ERROR, "no reason is known") : first;
  }

  private static PgError lacks(int shard, String code, String why, @Nullable String routine) {
    return new PgError(
        PgError.Severity.ERROR,
        code,
        "shard %d cannot take part in a transaction that has written to several shards: %s"
            .formatted(shard, why),
        "The transaction has been rolled back on all.",
        "Set max_prepared_transactions of each shard to max_connections, or more.",
        routine);
  }

  private void decide(TransactionId id, List<Participant> writers) {
    log()
        .decide(id)
        .whenComplete((none, thrown) ->
            policy
                .loop()
                .execute(() -> {
                  if (thrown == null) {
                    settle(id, writers);
                  } else {
                    // It stays prepared until the log is read again: only that says what it is.
                    failed(inDoubt(id));
                  }
                }));
  }

  private static PgError inDoubt(TransactionId id) {
    return PgError.error(
            SqlState.TRANSACTION_UNKNOWN,
            "it is not known whether the transaction will be committed: its decision could not be"
                + " written")
        .withDetail("It stays prepared as pglynx_%s_%s_…".formatted(id.instance(), id.number()))
        .withHint("It is settled when the proxy starts anew with a sound disk.");
  }

  private void settle(TransactionId id, List<Participant> writers) {
    round(
        writers,
        part -> "COMMIT PREPARED '" + id.on(part.shard()) + "'",
        answers -> {
          String missing =
              those(answers, answer -> !answer.good()).stream()
                  .map(part -> String.valueOf(part.shard()))
                  .collect(Collectors.joining(", "));
          if (missing.isEmpty()) {
            log().settled(id);
            end.accept(new Outcome(true, null, lost));
          } else {
            log().leave(id);
            end.accept(new Outcome(true, later(missing), lost));
          }
        });
  }

  private static PgError later(String shards) {
    return PgError.notice(
            PgError.Severity.WARNING,
            "the transaction is committed, but not yet to be seen on the shards " + shards)
        .withDetail("They have prepared it, and could not be reached to commit it.")
        .withHint("It is committed there as soon as they can be reached again.");
  }
}
