package org.pglynx.proxy.shard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.commit.LockQuestion;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds transactions on several shards that wait for each other across them, which no server sees:
 * asks all shards who waits for whom when one has waited for a second, and ends the youngest of a
 * circle that is found twice with the same statements. Shared by all event loops, and by all pools
 * with the same servers, one of each shard in the same order.
 *
 * <pre>
 *              one has waited for a second            a circle                the same circle
 *   RESTING ─────────────────────────────► ASKING ─────────────► ASKING AGAIN ─────────────► one ends
 *      ▲                                      │ none                  │ none, or another
 *      └──────────────────────────────────────┴───────────────────────┘
 * </pre>
 */
public final class DeadlockWatch {
  private static final Logger LOG = LoggerFactory.getLogger(DeadlockWatch.class);

  /** As PostgreSQL's deadlock_timeout has it unless set. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long LOOK_MILLIS = 250;

  /** A pool that has no connection to ask over keeps the others waiting no longer. */
  private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** What pg_blocking_pids has for a prepared transaction, which waits for nobody. */
  private static final int PREPARED = 0;

  /** A transaction on several shards, as its event loop has last told. */
  private static final class Member {
    private final ScatterGather whole;
    private final OnLoop home;
    private volatile int[] pids = {};
    private volatile long answered = -1;
    private volatile long since;

    Member(ScatterGather whole, OnLoop home) {
      this.whole = whole;
      this.home = home;
    }

    void tell(long now) {
      long mark = whole.answeredByAll();
      if (mark != answered || whole.drained()) {
        since = now;
      }
      answered = mark;
      pids = whole.pids();
    }
  }

  /** All shards are being asked. */
  private static final class Question {
    private final long since;

    Question(long since) {
      this.since = since;
    }
  }

  private final Map<Long, Member> members = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();

  /** The question that is open; null for none. */
  private final AtomicReference<@Nullable Question> open = new AtomicReference<>();

  /** Asking costs each shard something, and one more connection where its pool has none left. */
  private volatile long askedNanos = System.nanoTime() - PATIENCE_NANOS;

  /** The circle of the last look, with what its members were at; empty for none. */
  private volatile String suspected = "";

  /** Those of a pool on an event loop. */
  OnLoop on(List<UpstreamProvider> shards, Executor loop) {
    return new OnLoop(shards, loop);
  }

  /** The transactions of one pool on one event loop; confined to it. */
  final class OnLoop {
    private final List<UpstreamProvider> shards;
    private final Executor loop;
    private final Executor later;
    private final Map<ScatterGather, Long> own = new IdentityHashMap<>();
    private boolean looking;

    /** Its last question is open, perhaps for long. */
    private boolean unanswered;

    private OnLoop(List<UpstreamProvider> shards, Executor loop) {
      this.shards = shards;
      this.loop = loop;
      this.later = CompletableFuture.delayedExecutor(LOOK_MILLIS, TimeUnit.MILLISECONDS, loop);
    }

    /** It is on several shards, if it was not before. */
    void enters(ScatterGather whole) {
      own.computeIfAbsent(
          whole,
          none -> {
            long number = numbers.incrementAndGet();
            members.put(number, new Member(whole, this));
            return number;
          });
      if (!looking) {
        looking = true;
        later.execute(this::look);
      }
    }

    /** It has ended. */
    void leaves(ScatterGather whole) {
      Long number = own.remove(whole);
      if (number != null) {
        members.remove(number);
      }
    }

    private void look() {
      if (own.isEmpty()) {
        looking = false;
        return;
      }
      long now = System.nanoTime();
      boolean waits = false;
      for (Long number : own.values()) {
        Member member = members.get(number);
        if (member != null) {
          member.tell(now);
          waits |= now - member.since >= PATIENCE_NANOS;
        }
      }
      if (waits && !unanswered && members.size() > 1 && timely(now)) {
        ask(now);
      }
      later.execute(this::look);
    }

    private boolean timely(long now) {
      return !suspected.isEmpty() || now - askedNanos >= PATIENCE_NANOS;
    }

    private void ask(long now) {
      Question before = open.get();
      Question question = new Question(now);
      if (before != null && now - before.since < ANSWER_NANOS
          || !open.compareAndSet(before, question)) {
        return;
      }
      askedNanos = now;
      unanswered = true;
      List<CompletableFuture<Optional<List<LockQuestion.Wait>>>> answers =
          shards.stream().map(LockQuestion::ask).toList();
      CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
          .whenComplete((none, thrown) -> {
            unanswered = false;
            if (thrown == null && open.get() == question) {
              judge(answers.stream().map(CompletableFuture::join).toList());
            }
            open.compareAndSet(question, null);
          });
    }
  }

  // ---- circles -------------------------------------------------------------------------------

  /** A pool that some shard does not answer, and that sees no circle, proves nothing. */
  private void judge(List<Optional<List<LockQuestion.Wait>>> answers) {
    Map<Long, int[]> pids = new HashMap<>();
    members.forEach((number, member) -> pids.put(number, member.pids));
    List<List<LockQuestion.Wait>> waits =
        answers.stream().map(each -> each.orElse(List.of())).toList();
    List<Long> circle = graph(waits, pids).circle();
    if (circle != null) {
      suspect(circle);
    } else if (answers.stream().allMatch(Optional::isPresent)) {
      suspected = "";
    }
  }

  /**
   * Who waits for whom.
   *
   * @param pids the processes of each member's servers, one of each shard
   */
  static WaitGraph graph(List<List<LockQuestion.Wait>> waits, Map<Long, int[]> pids) {
    Map<Long, Long> nodes = new HashMap<>();
    pids.forEach((number, own) -> {
      for (int shard = 0; shard < own.length; shard++) {
        nodes.put(process(shard, own[shard]), number);
      }
    });
    WaitGraph graph = new WaitGraph();
    for (int shard = 0; shard < waits.size(); shard++) {
      for (LockQuestion.Wait each : waits.get(shard)) {
        long who = node(nodes, shard, each.pid());
        for (int blocker : each.blockers()) {
          if (blocker != PREPARED) {
            graph.waits(who, node(nodes, shard, blocker), shard);
          }
        }
      }
    }
    return graph;
  }

  private static long node(Map<Long, Long> members, int shard, int pid) {
    long process = process(shard, pid);
    return members.getOrDefault(process, process);
  }

  /** The node of what is on one shard: less than each member's. */
  private static long process(int shard, int pid) {
    return -((shard + 1L) << Integer.SIZE | Integer.toUnsignedLong(pid));
  }

  private static String name(long node) {
    return node > 0
        ? "transaction " + node
        : "process %d of shard %d".formatted((int) -node, (-node >> Integer.SIZE) - 1);
  }

  private void suspect(List<Long> circle) {
    List<String> present = new ArrayList<>();
    for (Long node : circle) {
      Member member = members.get(node);
      present.add(name(node) + (member == null ? "" : " at " + member.answered));
    }
    String found = String.join("; ", present);
    if (!found.equals(suspected)) {
      suspected = found;
      return;
    }
    suspected = "";
    // It is the youngest.
    Member victim = members.get(circle.getFirst());
    if (victim != null) {
      String way = String.join(" waits for ", circle.stream().map(DeadlockWatch::name).toList());
      end(victim, way + " waits for " + name(circle.getFirst()));
    }
  }

  private static void end(Member victim, String circle) {
    long mark = victim.answered;
    LOG.warn("deadlock across shards, the youngest transaction is ended: {}", circle);
    victim.home.loop.execute(() -> {
      if (victim.home.own.containsKey(victim.whole) && victim.whole.answeredByAll() == mark) {
        victim.whole.deadlocked(circle);
      }
    });
  }
}
