package org.pglynx.proxy.route;

import io.netty.buffer.ByteBuf;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.sql.NormalText;
import org.pglynx.proxy.sql.Normalizer;
import org.pglynx.proxy.sql.PlanCache;
import org.pglynx.proxy.sql.RelationNames;
import org.pglynx.proxy.sql.StatementClass;
import org.pglynx.proxy.sql.StatementReader;

/**
 * Knows what the texts of one database do. Texts that differ in literals only are read once: the
 * plan of their normal form serves all. Shared by all threads; {@link #on} gives each event loop
 * its own scratch space.
 */
public final class Router {
  private static final int PLANS = 8192;
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long SOON_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final RoutingPolicy policy;
  private final PlanCache<NormalText, RoutePlan> plans = new PlanCache<>(PLANS);
  private final Map<Executor, Texts> texts = new ConcurrentHashMap<>();
  private final LongAdder failures = new LongAdder();
  private final LongAdder replicas = new LongAdder();
  private final LongAdder primaries = new LongAdder();
  private final LongAdder retries = new LongAdder();
  private final AtomicLong nextQuestionNanos = new AtomicLong(System.nanoTime());
  private volatile FunctionCatalog catalog = FunctionCatalog.UNKNOWN;
  private volatile long askedAtLookups = -1;
  private volatile boolean outdated;
  private final @Nullable RecentWrites activity;

  /** A router that knows nothing of its database yet. */
  public Router(RoutingPolicy policy) {
    this.policy = policy;
    ActivityPolicy active = policy.activity();
    this.activity = active == null ? null : new RecentWrites(active, System.nanoTime());
  }

  /** How it routes. */
  public RoutingPolicy policy() {
    return policy;
  }

  /** What the database says of its functions. */
  public FunctionCatalog catalog() {
    return catalog;
  }

  /** The database has been asked; plans are judged anew only if it says something else. */
  public void knows(FunctionCatalog found) {
    if (!catalog.same(found)) {
      catalog = found;
    }
  }

  /** The schema may have changed, so the database should be asked soon. */
  public void outdated() {
    if (!outdated) {
      outdated = true;
    }
  }

  /**
   * Whether the caller is to ask the database now, and nobody else: texts have been looked at since
   * the last question, which is long ago, or the schema has changed.
   */
  public boolean due(long nowNanos) {
    long next = nextQuestionNanos.get();
    long lookups = plans.hits() + plans.misses();
    boolean late = nowNanos - next >= 0;
    boolean soon = outdated && nowNanos - next >= SOON_NANOS - PAUSE_NANOS;
    if (lookups == askedAtLookups || lookups == 0 || !late && !soon) {
      return false;
    }
    if (!nextQuestionNanos.compareAndSet(next, nowNanos + PAUSE_NANOS)) {
      return false;
    }
    outdated = false;
    askedAtLookups = lookups;
    return true;
  }

  /** The database has not answered: it is asked again in a while. */
  public void unanswered(long nowNanos) {
    askedAtLookups = -1;
    nextQuestionNanos.set(nowNanos + AGAIN_NANOS);
  }

  /** What reads the texts of an event loop's sessions, one at a time. */
  public Texts on(Executor loop) {
    return texts.computeIfAbsent(loop, any -> new Texts());
  }

  /** Whether what is written decides about what is read. */
  public boolean watchesWrites() {
    return activity != null;
  }

  /**
   * Whether a text that only reads is nevertheless the primary's, as something was just written.
   */
  public boolean holdsBack(RoutePlan plan) {
    RecentWrites recent = activity;
    return recent != null && recent.concern(plan.relations(), System.nanoTime());
  }

  /** What a text writes is written about now. */
  public void wrote(RoutePlan plan) {
    RecentWrites recent = activity;
    if (recent != null) {
      recent.wrote(plan.relations(), System.nanoTime());
    }
  }

  /** A statement, or a transaction, goes to a server of this role. */
  public void routed(ServerRole role) {
    (role == ServerRole.PRIMARY ? primaries : replicas).increment();
  }

  /** A statement that a replica has refused goes to the primary. */
  public void retried() {
    retries.increment();
  }

  /** What has been counted so far. */
  public Counts counts() {
    return new Counts(
        plans.hits(),
        plans.misses(),
        plans.size(),
        failures.sum(),
        replicas.sum(),
        primaries.sum(),
        retries.sum());
  }

  /**
   * Figures of a router.
   *
   * @param hits texts whose plan was known
   * @param misses texts that had to be read
   * @param plans how many are kept
   * @param failures texts that could not be read; they go to the primary
   * @param replicas times that a server was asked for that may be a replica
   * @param primaries times that the primary was asked for
   * @param retries statements that a replica refused, and that went on to the primary
   */
  public record Counts(
      long hits,
      long misses,
      long plans,
      long failures,
      long replicas,
      long primaries,
      long retries) {}

  /** Reads texts; confined to one thread. */
  public final class Texts {
    private final Normalizer normalizer = new Normalizer();

    private Texts() {}

    /**
     * What the text does. Of one that is known already nothing is allocated.
     *
     * @param plainBackslashes whether standard_conforming_strings is off
     */
    public RoutePlan plan(ByteBuf buffer, int offset, int length, boolean plainBackslashes) {
      if (length > policy.maxLength() || length > Normalizer.MAX_LENGTH) {
        return RoutePlan.DOUBTFUL;
      }
      NormalText text = normalizer.read(buffer, offset, length, plainBackslashes);
      if (normalizer.comments() > 0) {
        ServerRole role = RoleComment.in(normalizer);
        if (role != null) {
          return RoutePlan.directed(role);
        }
      }
      if (!normalizer.readable()) {
        failures.increment();
        return RoutePlan.DOUBTFUL;
      }
      RoutePlan known = plans.find(text);
      return known == null ? read(text, plainBackslashes) : known;
    }

    private RoutePlan read(NormalText text, boolean plainBackslashes) {
      if (plainBackslashes) {
        // The reader cuts tokens as the standard has it; the plan would be another text's.
        return RoutePlan.DOUBTFUL;
      }
      String sql = normalizer.text();
      RoutePlan plan =
          activity == null
              ? RoutePlan.of(StatementReader.read(sql))
              : RoutePlan.of(StatementReader.read(sql), RelationNames.of(sql, false));
      if (plan.kind() == StatementClass.UNREADABLE) {
        failures.increment();
      }
      plans.put(text.copy(), plan);
      return plan;
    }
  }
}
