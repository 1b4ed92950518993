package org.pglynx.proxy.plugin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.PluginsConfig;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.intercept.QueryInterceptor;
import org.pglynx.proxy.sql.PlainText;
import org.pglynx.proxy.sql.RelationNames;
import org.pglynx.proxy.wire.PgError;
import org.pglynx.proxy.wire.SqlState;

/**
 * pgcat's intercept and table_access, in this order, ahead of the pool's own interceptor. A pool
 * without any of them has none of this.
 */
public final class PluginInterceptor implements QueryInterceptor {
  private final Map<String, CannedStatement> answers = new HashMap<>();
  private final Set<String> denied;
  private final WordSearch tables;
  private final @Nullable QueryInterceptor inner;

  private PluginInterceptor(PluginsConfig config, @Nullable QueryInterceptor inner) {
    config
        .answers()
        .forEach(each -> answers.put(PlainText.of(each.query()), new CannedStatement(each)));
    this.denied = config.deniedTables();
    this.tables = new WordSearch(denied);
    this.inner = inner;
  }

  /** The interceptor of a pool. */
  public static @Nullable QueryInterceptor of(
      PluginsConfig config, @Nullable QueryInterceptor inner) {
    return config.reads() ? new PluginInterceptor(config, inner) : inner;
  }

  @Override
  public boolean concerns(ByteBuf buffer, int offset, int length) {
    return !answers.isEmpty()
        || tables.mayBeIn(buffer, offset, length)
        || inner != null && inner.concerns(buffer, offset, length);
  }

  /** A statement that nobody has looked at may name any table. */
  @Override
  public boolean passesUnread() {
    return denied.isEmpty() && (inner == null || inner.passesUnread());
  }

  @Override
  public boolean answers(String sql, int[] parameterTypes, boolean simple) {
    return !answers.isEmpty() && answers.containsKey(PlainText.of(sql))
        || !denied.isEmpty() && firstDenied(sql) != null
        || inner != null && concerns(inner, sql) && inner.answers(sql, parameterTypes, simple);
  }

  @Override
  public Decision intercept(String sql, int[] parameterTypes, boolean simple) {
    if (!answers.isEmpty()) {
      CannedStatement answer = answers.get(PlainText.of(sql));
      if (answer != null) {
        return new Decision.Answer(answer);
      }
    }
    String table = denied.isEmpty() ? null : firstDenied(sql);
    return table == null ? next(sql, parameterTypes, simple) : new Decision.Refuse(denial(table));
  }

  /** Where a backslash might hide a quote, the text is read both ways. */
  private @Nullable String firstDenied(String sql) {
    String found = firstDenied(sql, false);
    return found == null && sql.indexOf('\\') >= 0 ? firstDenied(sql, true) : found;
  }

  private @Nullable String firstDenied(String sql, boolean plainBackslashes) {
    for (String name : RelationNames.of(sql, plainBackslashes)) {
      if (denied.contains(name)) {
        return name;
      }
    }
    return null;
  }

  private static PgError denial(String table) {
    return PgError.error(
            SqlState.INSUFFICIENT_PRIVILEGE, "permission for table \"" + table + "\" denied")
        .withDetail("The proxy's configuration has it among plugins.table_access.tables.");
  }

  private Decision next(String sql, int[] parameterTypes, boolean simple) {
    QueryInterceptor behind = inner;
    if (behind == null) {
      return Decision.PASS;
    }
    return concerns(behind, sql) ? behind.intercept(sql, parameterTypes, simple) : Decision.PASS;
  }

  private static boolean concerns(QueryInterceptor behind, String sql) {
    ByteBuf text = Unpooled.wrappedBuffer(sql.getBytes(StandardCharsets.UTF_8));
    return behind.concerns(text, 0, text.readableBytes());
  }
}
