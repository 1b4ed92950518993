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
import org.pglynx.proxy.wire.Column;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.RowWriter;

/**
 * Answers the commands by which a client chooses its shard; the rest is for the profile's
 * interceptor.
 */
final class ShardInterceptor implements QueryInterceptor {
  private final ShardChoice choice;
  private final ShardCommit commit;
  private final @Nullable QueryInterceptor inner;
  private boolean innerConcerned;

  ShardInterceptor(ShardChoice choice, ShardCommit commit, @Nullable QueryInterceptor inner) {
    this.choice = choice;
    this.commit = commit;
    this.inner = inner;
  }

  /** Whether the text may be a command: its length, and its first letter. */
  static boolean mayBe(ByteBuf buffer, int offset, int length) {
    if (length > ShardCommand.MAX_LENGTH) {
      return false;
    }
    int at = offset;
    int end = offset + length;
    while (at < end && buffer.getByte(at) <= ' ' && buffer.getByte(at) > 0) {
      at++;
    }
    return at < end && (buffer.getByte(at) | 0x20) == 's';
  }

  /** The command in the text, or null if it is none. */
  static @Nullable ShardCommand command(ByteBuf buffer, int offset, int length) {
    return mayBe(buffer, offset, length)
        ? ShardCommand.of(buffer.toString(offset, length, StandardCharsets.UTF_8))
        : null;
  }

  @Override
  public boolean concerns(ByteBuf buffer, int offset, int length) {
    innerConcerned = inner != null && inner.concerns(buffer, offset, length);
    return mayBe(buffer, offset, length) || innerConcerned || mayCommit(buffer, offset, length);
  }

  /** Whether the text may be COMMIT or END, which may have comments of any length. */
  static boolean mayCommit(ByteBuf buffer, int offset, int length) {
    int end = offset + length;
    int at = firstWord(buffer, offset, end);
    int first = at < end ? buffer.getByte(at) | 0x20 : 0;
    return first == 'c' || first == 'e';
  }

  /** Where it begins, behind blanks, comments and empty statements. */
  private static int firstWord(ByteBuf buffer, int from, int end) {
    int at = from;
    while (at < end) {
      byte each = buffer.getByte(at);
      if (each > 0 && each <= ' ' || each == ';') {
        at++;
      } else if (pair(buffer, at, end, '-', '-')) {
        at = behindLine(buffer, at, end);
      } else if (pair(buffer, at, end, '/', '*')) {
        at = behindComment(buffer, at, end);
      } else {
        return at;
      }
    }
    return end;
  }

  private static boolean pair(ByteBuf buffer, int at, int end, char first, char second) {
    return at + 1 < end && buffer.getByte(at) == first && buffer.getByte(at + 1) == second;
  }

  private static int behindLine(ByteBuf buffer, int from, int end) {
    int at = from;
    while (at < end && buffer.getByte(at) != '\n' && buffer.getByte(at) != '\r') {
      at++;
    }
    return at;
  }

  /** Comments nest. */
  private static int behindComment(ByteBuf buffer, int from, int end) {
    int depth = 0;
    int at = from;
    while (at < end) {
      if (pair(buffer, at, end, '/', '*')) {
        depth++;
        at += 2;
      } else if (pair(buffer, at, end, '*', '/')) {
        depth--;
        at += 2;
        if (depth == 0) {
          return at;
        }
      } else {
        at++;
      }
    }
    return end;
  }

  @Override
  public boolean passesUnread() {
    return inner == null || inner.passesUnread();
  }

  @Override
  public Decision intercept(String sql, int[] parameterTypes, boolean simple) {
    ShardCommand command = sql.length() > ShardCommand.MAX_LENGTH ? null : ShardCommand.of(sql);
    if (command != null) {
      return new Decision.Answer(new Statement(choice, command));
    }
    LocalStatement ending = commit.of(sql, simple);
    if (ending != null) {
      return new Decision.Answer(ending);
    }
    QueryInterceptor next = inner;
    return next != null && innerConcerned
        ? next.intercept(sql, parameterTypes, simple)
        : Decision.PASS;
  }

  /** One of the commands. */
  record Statement(ShardChoice choice, ShardCommand command) implements LocalStatement {
    @Override
    public List<Column> columns() {
      return switch (command) {
        case ShardCommand.ShowShard show -> List.of(Column.text("shard"));
        case ShardCommand.NextId next -> List.of(Column.int8("unique_id"));
        case ShardCommand.SetKey key -> List.of();
        case ShardCommand.Local only -> List.of();
        case ShardCommand.SetShard number -> List.of();
        case ShardCommand.AnyShard any -> List.of();
        case ShardCommand.NoShard none -> List.of();
      };
    }

    @Override
    public Cancellable start(Arguments arguments, AnswerContext context) {
      PgError refusal = choice.choose(command);
      if (refusal != null) {
        context.fail(refusal);
        return Cancellable.DONE;
      }
      switch (command) {
        case ShardCommand.ShowShard show -> {
          ByteBuf row = context.allocator().buffer(32);
          new RowWriter(row, 1, arguments.resultFormats()).begin().text(choice.text()).end();
          context.rows(row, 1);
          context.complete("SELECT 1");
        }
        case ShardCommand.NextId next -> {
          ByteBuf row = context.allocator().buffer(32);
          new RowWriter(row, 1, arguments.resultFormats()).begin().int8(choice.uniqueId()).end();
          context.rows(row, 1);
          context.complete("SELECT 1");
        }
        case ShardCommand.SetKey key -> context.complete("SET SHARDING KEY");
        case ShardCommand.Local only -> context.complete("SET");
        case ShardCommand.SetShard number -> context.complete("SET SHARD");
        case ShardCommand.AnyShard any -> context.complete("SET SHARD");
        case ShardCommand.NoShard none -> context.complete("SET SHARD");
      }
      return Cancellable.DONE;
    }
  }
}
