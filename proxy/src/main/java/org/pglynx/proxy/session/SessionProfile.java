package org.pglynx.proxy.session;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.OnSessionState;
import org.pglynx.proxy.config.PluginsConfig;
import org.pglynx.proxy.config.PoolMode;
import org.pglynx.proxy.intercept.QueryInterceptor;
import org.pglynx.proxy.relay.Conversation;
import org.pglynx.proxy.relay.NotificationHub;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.relay.ServerPipe;
import org.pglynx.proxy.relay.Shards;
import org.pglynx.proxy.relay.UpstreamProvider;
import org.pglynx.proxy.route.Router;
import org.pglynx.proxy.stats.PoolCounters;

/**
 * The policy of a database and user, compiled when the configuration is loaded: the hot path reads
 * final fields only.
 */
public final class SessionProfile {
  /**
   * What a session uses on its event loop.
   *
   * @param provider gives server connections; null for a database without servers (admin)
   * @param pipes opens connections for replication; null for a database without servers
   * @param counters what the session counts into
   * @param hub listens for the sessions of the pool; null where nobody can
   * @param shards the shards of the database; null if it has but one
   */
  public record Place(
      @Nullable UpstreamProvider provider,
      ServerPipe.@Nullable Provider pipes,
      PoolCounters counters,
      @Nullable NotificationHub hub,
      @Nullable Shards shards) {
    /** Of a database of one server. */
    public Place(
        @Nullable UpstreamProvider provider,
        ServerPipe.@Nullable Provider pipes,
        PoolCounters counters,
        @Nullable NotificationHub hub) {
      this(provider, pipes, counters, hub, null);
    }

    /** Where nothing can be replicated, and nothing listens for the sessions. */
    public Place(@Nullable UpstreamProvider provider, PoolCounters counters) {
      this(provider, null, counters, null);
    }
  }

  /**
   * What becomes of a session's statements besides being sent on.
   *
   * @param interceptor looks at statements first; null for none
   * @param statements gives equal statements of all clients one name
   * @param conversations begins the proxy's own work on server connections
   * @param router says which server each goes to; null if there is but one
   */
  public record Statements(
      @Nullable QueryInterceptor interceptor,
      StatementRegistry statements,
      Conversation.Factory conversations,
      @Nullable Router router) {
    /** Of a database with one server, or none. */
    public Statements(
        @Nullable QueryInterceptor interceptor,
        StatementRegistry statements,
        Conversation.Factory conversations) {
      this(interceptor, statements, conversations, null);
    }
  }

  private record Reported(ParameterSet asked, Greeting greeting) {}

  /** What sessions of all policies are held to. */
  private static final class Limits {
    private volatile TimeLimits time;

    Limits(TimeLimits time) {
      this.time = time;
    }
  }

  private static final int MAX_REMEMBERED_LOGINS = 1024;

  private final String database;
  private final String user;
  private final SessionPolicy policy;
  private final boolean sessionPooling;
  private final boolean refusesBlocks;
  private final boolean defersBegin;
  private final Statements statements;
  private final Function<Executor, Place> places;
  private final Greeting fixed;
  private final Map<Executor, Place> known;
  private final Map<ParameterSet, Reported> reported;
  private final Occupancy occupancy;
  private final Limits limits;
  private final ClientQuota quota;

  /**
   * A profile.
   *
   * @param places the place for an event loop
   * @param fixedParameters what a database without servers reports at login
   * @param quota how many clients there may be
   */
  public SessionProfile(
      String database,
      String user,
      SessionPolicy policy,
      Statements statements,
      Function<Executor, Place> places,
      Map<String, String> fixedParameters,
      ClientQuota quota) {
    this.database = database;
    this.user = user;
    this.policy = policy;
    this.sessionPooling = policy.mode() == PoolMode.SESSION && !policy.servers().splitsSessions();
    this.refusesBlocks = policy.mode() == PoolMode.STATEMENT;
    this.defersBegin =
        policy.defersBegin()
            && (policy.mode() == PoolMode.TRANSACTION || policy.servers().splitsSessions());
    this.statements = statements;
    this.places = places;
    this.fixed = new Greeting(fixedParameters);
    this.quota = quota;
    this.known = new ConcurrentHashMap<>();
    this.reported = new ConcurrentHashMap<>();
    this.occupancy = new Occupancy();
    this.limits = new Limits(policy.timeLimits());
  }

  /** See {@link #under}. */
  private SessionProfile(SessionProfile before, SessionPolicy policy, ClientQuota quota) {
    this.database = before.database;
    this.user = before.user;
    this.policy = policy;
    this.sessionPooling = policy.mode() == PoolMode.SESSION && !policy.servers().splitsSessions();
    this.refusesBlocks = policy.mode() == PoolMode.STATEMENT;
    this.defersBegin =
        policy.defersBegin()
            && (policy.mode() == PoolMode.TRANSACTION || policy.servers().splitsSessions());
    this.statements = before.statements;
    this.places = before.places;
    this.fixed = before.fixed;
    this.quota = quota;
    this.known = before.known;
    this.reported = before.reported;
    this.occupancy = before.occupancy;
    this.limits = before.limits;
  }

  /**
   * The same database and user under another policy, for sessions that begin later: in the same
   * place, and counted together with those of this one, which keep theirs. Limits of time are those
   * of all of them, and change with {@link SessionRegistry#timeLimits}.
   */
  public SessionProfile under(SessionPolicy changed, ClientQuota clients) {
    return new SessionProfile(this, changed, clients);
  }

  /** The name that clients use. */
  public String database() {
    return database;
  }

  /** The name that clients log in with. */
  public String user() {
    return user;
  }

  /** The sessions that use this profile now. */
  public Occupancy occupancy() {
    return occupancy;
  }

  /** How many clients there may be. */
  ClientQuota quota() {
    return quota;
  }

  /** A client that has entered, and has been counted by the quota, is gone. */
  void leave() {
    quota.leave();
    occupancy.leave();
  }

  boolean sessionPooling() {
    return sessionPooling;
  }

  /** Whether a session keeps its connection to the primary, and reads elsewhere. */
  boolean keepsPrimary() {
    return policy.servers().splitsSessions();
  }

  /** Whether no transaction block may be open when a statement has ended. */
  boolean refusesBlocks() {
    return refusesBlocks;
  }

  /** Whether statements are judged by what they leave in their session. */
  boolean judges() {
    return !sessionPooling;
  }

  /** Whether they are only watched for another role, on which the proxy's answers depend. */
  boolean watchesRole() {
    return sessionPooling && interceptor() != null;
  }

  OnSessionState onSessionState() {
    return keepsPrimary() ? OnSessionState.PIN : policy.onSessionState();
  }

  boolean defersBegin() {
    return defersBegin;
  }

  /** Those of sessions that begin now, whatever they were when their login began. */
  TimeLimits timeLimits() {
    return limits.time;
  }

  /** Sessions that begin from now on are held to these. */
  void timeLimits(TimeLimits changed) {
    limits.time = changed;
  }

  /** How all statements are logged. */
  Optional<PluginsConfig.QueryLog> queryLog() {
    return policy.queryLog();
  }

  /** Which servers sessions use. */
  SessionPolicy.ServerUse servers() {
    return policy.servers();
  }

  @Nullable QueryInterceptor interceptor() {
    return statements.interceptor();
  }

  /** Says which server each statement goes to; null if there is but one. */
  public @Nullable Router router() {
    return statements.router();
  }

  /** What clients have prepared. */
  public StatementRegistry statements() {
    return statements.statements();
  }

  Conversation.Factory conversations() {
    return statements.conversations();
  }

  Place on(Executor loop) {
    return known.computeIfAbsent(loop, places);
  }

  /** What a server reports to a client that asks for these parameters, if that is known already. */
  @Nullable Greeting greeting(ParameterSet asked, boolean servers) {
    if (!servers) {
      return fixed;
    }
    Reported known = reported.get(asked);
    return known == null ? null : known.greeting();
  }

  /**
   * The same parameters, as the first client had them that asked for them: kept once for all such
   * clients, and told by their reference to be the same.
   */
  ParameterSet shared(ParameterSet asked) {
    Reported first = reported.get(asked);
    return first == null ? asked : first.asked();
  }

  /** Remembers it for all clients that ask for the same. */
  Greeting rememberReported(ParameterSet asked, Map<String, String> values) {
    // Each distinct application_name makes an entry; a flood of them must not stay in memory.
    if (reported.size() >= MAX_REMEMBERED_LOGINS) {
      reported.clear();
    }
    Greeting greeting = new Greeting(values);
    reported.put(asked, new Reported(asked, greeting));
    return greeting;
  }

  /** Forgets what servers reported: they have come back, perhaps another version. */
  public void forgetReported() {
    reported.clear();
  }
}
