package org.pglynx.proxy.session;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.intercept.QueryInterceptor;
import org.pglynx.proxy.relay.AnswerContext;
import org.pglynx.proxy.relay.Arguments;
import org.pglynx.proxy.relay.Cancellable;
import org.pglynx.proxy.relay.LocalStatement;
import org.pglynx.proxy.relay.ServerRole;
import org.pglynx.proxy.route.RoleCommand;
import org.pglynx.proxy.route.RoleSetting;
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.RowWriter;
import org.pglynx.proxy.wire.SqlState;

/**
 * Answers the commands by which a client says where its statements go; the rest is for the next
 * interceptor. The first letter and the length tell nearly every text apart.
 */
final class RoleInterceptor implements QueryInterceptor {
  private final Routing routing;
  private final @Nullable QueryInterceptor inner;
  private boolean innerConcerned;

  private RoleInterceptor(Routing routing, @Nullable QueryInterceptor inner) {
    this.routing = routing;
    this.inner = inner;
  }

  /** The interceptor of a session. */
  static @Nullable QueryInterceptor of(
      @Nullable Routing routing, @Nullable QueryInterceptor inner) {
    return routing == null ? inner : new RoleInterceptor(routing, inner);
  }

  @Override
  public boolean concerns(ByteBuf buffer, int offset, int length) {
    innerConcerned = inner != null && inner.concerns(buffer, offset, length);
    return mayCommand(buffer, offset, length) || innerConcerned;
  }

  /** Whether the text is one of the commands. */
  static boolean command(ByteBuf buffer, int offset, int length) {
    return mayCommand(buffer, offset, length)
        && RoleCommand.of(buffer.toString(offset, length, StandardCharsets.UTF_8)) != null;
  }

  /** SET SERVER, SET PRIMARY, SHOW SERVER, SHOW PRIMARY. */
  private static boolean mayCommand(ByteBuf buffer, int offset, int length) {
    if (length > RoleCommand.MAX_LENGTH) {
      return false;
    }
    int end = offset + length;
    int at = blanks(buffer, offset, end);
    if (at == end || (buffer.getByte(at) | 0x20) != 's') {
      return false;
    }
    while (at < end && buffer.getByte(at) > ' ') {
      at++;
    }
    at = blanks(buffer, at, end);
    int second = at == end ? 0 : buffer.getByte(at) | 0x20;
    return second == 's' || second == 'p';
  }

  private static int blanks(ByteBuf buffer, int from, int end) {
    int at = from;
    while (at < end && buffer.getByte(at) <= ' ' && buffer.getByte(at) > 0) {
      at++;
    }
    return at;
  }

  @Override
  public boolean passesUnread() {
    return inner == null || inner.passesUnread();
  }

  @Override
  public Decision intercept(String sql, int[] parameterTypes, boolean simple) {
    RoleCommand command = RoleCommand.of(sql);
    if (command != null) {
      return new Decision.Answer(statement(command));
    }
    QueryInterceptor next = inner;
    return next != null && innerConcerned
        ? next.intercept(sql, parameterTypes, simple)
        : Decision.PASS;
  }

  private LocalStatement statement(RoleCommand command) {
    return switch (command) {
      case RoleCommand.SetRole set ->
          new Change("SET SERVER ROLE", routing, () -> routing.choose(set.role()));
      case RoleCommand.SetPrimaryReads set ->
          new Change("SET PRIMARY READS", routing, () -> routing.choosePrimaryReads(set.on()));
      case RoleCommand.ShowRole show -> new Shown("server role", routing);
      case RoleCommand.ShowPrimaryReads show -> new Shown("primary reads", routing);
    };
  }

  private record Change(String tag, Routing routing, Runnable change) implements LocalStatement {
    @Override
    public Cancellable start(Arguments arguments, AnswerContext context) {
      if (routing.target().role() != null) {
        context.fail(
            PgError.error(
                    SqlState.FEATURE_NOT_SUPPORTED,
                    tag + " has no effect on this listener, and is refused")
                .withDetail(
                    "Its target_session_attrs is " + routing.target().word() + " for all clients.")
                .withHint("Connect to another port of the proxy."));
        return Cancellable.DONE;
      }
      change.run();
      context.complete(tag);
      return Cancellable.DONE;
    }
  }

  private record Shown(String name, Routing routing) implements LocalStatement {
    @Override
    public List<Column> columns() {
      return List.of(Column.text(name));
    }

    private String value() {
      ServerRole bound = routing.target().role();
      if (bound != null) {
        return name.equals("server role")
            ? routing.target().word()
            : bound == ServerRole.STANDBY ? "off" : "on";
      }
      RoleSetting setting = routing.setting();
      return name.equals("server role") ? setting.word() : routing.primaryReads() ? "on" : "off";
    }

    @Override
    public Cancellable start(Arguments arguments, AnswerContext context) {
      ByteBuf out = context.allocator().buffer(64);
      new RowWriter(out, 1, arguments.resultFormats()).begin().text(value()).end();
      context.rows(out, 1);
      context.complete("SELECT 1");
      return Cancellable.DONE;
    }
  }
}
