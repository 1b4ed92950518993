package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.ParameterSet;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.route.RoleSetting;
import org.pglynx.proxy.route.RoutePlan;
import org.pglynx.proxy.route.Router;
import org.pglynx.proxy.sql.StatementClass;
import org.pglynx.proxy.wire.FrameScanner;

/**
 * Where the work of one session goes, if its database has replicas. Asked before a server is: once
 * for a Query, once for a batch of the extended protocol, once for a transaction, which all stay
 * where they have begun.
 *
 * <pre>
 *              work that only reads                work that may write, all before it answered
 *   DETACHED ───────────────────────► ON A REPLICA ─────────────────────────────► ON THE PRIMARY
 *      ▲ └──── work that may write ─────────┼────────────────────────────────────────► │
 *      └────────────────── idle, nothing kept (ServerLease) ───────────────────────────┘
 * </pre>
 *
 * <p>What is sent behind a write without waiting for it goes to the primary, too.
 */
final class Routing {
  /** A parameter of the proxy's own, which a client may set like any other. */
  static final String ROLE_PARAMETER = "pglynx.role";

  private final Session session;
  private final Router router;
  private final Router.Texts texts;
  private final SessionTarget target;
  private final boolean keepsServer;
  private @Nullable RoleSetting chosen;
  private @Nullable Boolean primaryReads;
  private @Nullable ParameterSet known;
  private @Nullable RoleSetting parameter;
  private final ReplicaAttempt attempt;
  private final BatchRoles batch = new BatchRoles(this);
  private final @Nullable WrittenTables written;
  private boolean sent;
  private boolean again;
  private boolean readOnly;
  private boolean serializable;

  private Routing(Session session, Router router, SessionTarget target, boolean keepsServer) {
    this.session = session;
    this.target = target;
    this.router = router;
    this.texts = router.on(session.loop());
    this.keepsServer = keepsServer;
    this.attempt = new ReplicaAttempt(session);
    this.written = router.watchesWrites() ? new WrittenTables(router) : null;
  }

  /** That of a session; null if there is but one server. */
  static @Nullable Routing of(Session session, SessionProfile profile, SessionTarget target) {
    Router router = profile.router();
    return router == null ? null : new Routing(session, router, target, profile.sessionPooling());
  }

  // ---- what the client has chosen --------------------------------------------------------------

  /** The listener that the client has come in by. */
  SessionTarget target() {
    return target;
  }

  /** Where work goes of which nothing is known. */
  ServerRole usual() {
    ServerRole bound = target.role();
    return bound == null ? ServerRole.PRIMARY : bound;
  }

  /** What the session's statements go by, if its listener does not say. */
  RoleSetting setting() {
    readParameters();
    return chosen == null ? router.policy().role() : chosen;
  }

  /** The client chooses; null for what the configuration says. */
  void choose(@Nullable RoleSetting role) {
    readParameters();
    chosen = role;
  }

  /** Whether the primary serves this session's reads, too. */
  boolean primaryReads() {
    Boolean own = primaryReads;
    return own == null ? router.policy().primaryReads() : own;
  }

  /** The client chooses; null for what the configuration says. */
  void choosePrimaryReads(@Nullable Boolean on) {
    primaryReads = on;
  }

  private void readParameters() {
    ParameterSet now = session.parameters();
    if (now == known) {
      return;
    }
    known = now;
    Map<String, String> values = now.values();
    RoleSetting role = RoleSetting.of(values.getOrDefault(ROLE_PARAMETER, ""));
    if (role != parameter) {
      // Of a command and the parameter, what the client has said last counts.
      parameter = role;
      chosen = role;
    }
    readOnly = isTrue(values.getOrDefault("default_transaction_read_only", "off"));
    serializable =
        values.getOrDefault("default_transaction_isolation", "").equalsIgnoreCase("serializable");
  }

  private static boolean isTrue(String value) {
    String lower = value.toLowerCase(Locale.ROOT);
    return !lower.isEmpty()
        && ("true".startsWith(lower)
            || "yes".startsWith(lower)
            || lower.equals("on")
            || lower.equals("1"));
  }

  // ---- work that begins ------------------------------------------------------------------------

  /**
   * A Query begins.
   *
   * @return false if it must be held until earlier work is answered
   */
  boolean beforeQuery(ByteBuf buffer, int offset, int available, int length) {
    if (!chooses()) {
      if (written != null && available >= length) {
        int text = offset + FrameScanner.HEADER;
        written.runs(plan(buffer, text, Math.max(offset + length - 1 - text, 0)));
      }
      return true;
    }
    if (parametersUnknown()) {
      return false;
    }
    ServerRole fixed = fixed();
    if (fixed != null) {
      return aim(fixed);
    }
    if (available < length) {
      return aim(ServerRole.PRIMARY);
    }
    int text = offset + FrameScanner.HEADER;
    RoutePlan plan = plan(buffer, text, Math.max(offset + length - 1 - text, 0));
    ServerRole wanted = role(plan);
    boolean goes = aim(wanted);
    if (goes && tries(wanted) && plan.direction() == null) {
      attempt.begin(buffer, offset, offset + length, 0);
    }
    return goes;
  }

  /** A batch of the extended protocol begins with the frame; see {@link #beforeQuery}. */
  boolean beforeBatch(ByteBuf buffer, int offset, ClientStatements statements) {
    if (!chooses()) {
      if (written != null) {
        batch.of(buffer, offset, statements);
      }
      return true;
    }
    if (parametersUnknown()) {
      return false;
    }
    ServerRole fixed = fixed();
    if (fixed != null) {
      return aim(fixed);
    }
    ServerRole wanted = batch.of(buffer, offset, statements);
    boolean goes = aim(wanted);
    if (goes && tries(wanted) && batch.orderly()) {
      attempt.begin(buffer, batch.behindParses(), batch.end(), batch.namedParses());
    }
    return goes;
  }

  /** Work begins of which nothing is known; see {@link #beforeQuery}. */
  boolean beforeOther() {
    if (!chooses()) {
      return true;
    }
    if (parametersUnknown()) {
      return false;
    }
    ServerRole fixed = fixed();
    return aim(fixed == null ? ServerRole.PRIMARY : fixed);
  }

  private @Nullable ServerRole fixed() {
    ServerRole bound = target.role();
    if (bound != null) {
      return bound;
    }
    return again ? ServerRole.PRIMARY : setting().role();
  }

  /** Whether a transaction that begins with this definition may begin elsewhere. */
  boolean begins(byte[] definition) {
    return fixed() != null || role(plan(definition)) != ServerRole.PRIMARY;
  }

  /** Whether the work in hand may choose: it is in no transaction, and not on the primary yet. */
  private boolean chooses() {
    boolean detached = session.upstream() == null;
    if (!detached && sent) {
      attempt.end();
    }
    return detached
        || session.lease().checkout().given() != ServerRole.PRIMARY
            && !keepsServer
            && session.transaction().none();
  }

  /** Whether the server is just being asked what the client has set, the role perhaps. */
  private boolean parametersUnknown() {
    return session.state().asking() && !session.settled();
  }

  private boolean aim(ServerRole wanted) {
    if (session.upstream() != null) {
      if (wanted != ServerRole.PRIMARY) {
        // Should it be the server of another shard.
        session.lease().checkout().role(wanted);
        return true;
      }
      if (!session.settled()) {
        return false;
      }
      if (session.upstream() != null) {
        // In a transaction after all, or kept for what the session has left there.
        return true;
      }
    }
    session.lease().checkout().role(wanted);
    return true;
  }

  /** Whether the work in hand, if a replica cannot do it, can be taken to the primary. */
  private boolean tries(ServerRole wanted) {
    return wanted != ServerRole.PRIMARY
        && !keepsServer
        && session.transaction().none()
        && (session.upstream() == null || !sent);
  }

  /** The session has a server, which was asked for with this role. */
  void given(ServerRole role) {
    sent = false;
    router.routed(role);
  }

  /** The session has no server any more. */
  void released() {
    if (written != null) {
      written.released();
    }
  }

  /** Something is sent to the server. */
  void sends() {
    sent = true;
  }

  // ---- work that a replica refuses -------------------------------------------------------------

  /** What the client is to get of the replies now; see {@link ReplicaAttempt#pass}. */
  @Nullable ByteBuf pass(ByteBuf replies) {
    return attempt.pass(replies);
  }

  /** Whether a replica has refused the work, and the client does not know. */
  boolean refused() {
    return attempt.refused();
  }

  /** The refused work, which goes to the primary until {@link #sentAgain}. */
  ByteBuf again() {
    again = true;
    router.retried();
    return attempt.again();
  }

  /** The work that was refused has been sent again. */
  void sentAgain() {
    again = false;
  }

  /** The replies that have been held back are the client's after all. */
  void tellHeld() {
    attempt.end();
  }

  /** The session ends. */
  void close() {
    attempt.close();
  }

  // ---- texts -----------------------------------------------------------------------------------

  /** What a text does. */
  RoutePlan plan(ByteBuf buffer, int offset, int length) {
    return texts.plan(buffer, offset, length, session.state().plainBackslashes());
  }

  private static int zero(byte[] definition) {
    int at = 0;
    while (at < definition.length && definition[at] != 0) {
      at++;
    }
    return at;
  }

  /** What a definition does: text, zero, types. */
  RoutePlan plan(byte[] definition) {
    return plan(Unpooled.wrappedBuffer(definition), 0, zero(definition));
  }

  /** Where a text goes; only if nothing else decides. */
  ServerRole role(RoutePlan plan) {
    ServerRole direction = plan.direction();
    if (direction != null) {
      return direction;
    }
    if (plan.kind() == StatementClass.DEFINE) {
      router.outdated();
    }
    if (written != null) {
      written.runs(plan);
    }
    if (serializable
        || !session.clientParameters().encoding().bytewise()
        || !plan.reads(router.catalog(), readOnly)
        || router.holdsBack(plan)) {
      return ServerRole.PRIMARY;
    }
    return primaryReads() ? ServerRole.ANY : ServerRole.REPLICA;
  }
}
