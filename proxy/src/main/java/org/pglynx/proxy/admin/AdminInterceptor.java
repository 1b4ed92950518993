package org.pglynx.proxy.admin;

import io.netty.buffer.ByteBuf;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.intercept.QueryInterceptor;

/**
 * Answers every statement of an admin database. Behind it there is no server: nothing passes.
 *
 * <p>Sharing the seam with the other interceptors gives the console both protocols, prepared
 * statements and portals without a line of its own.
 */
public final class AdminInterceptor implements QueryInterceptor {
  private final AdminParser parser;
  private final AdminExecutor executor;

  /**
   * The console over a running process.
   *
   * @param actions what it does to the process
   * @param version the product's version, such as {@code 0.1.0}
   * @param window averages for SHOW STATS; the caller ticks and closes it
   * @param changes whether its users may change anything, and not only look
   */
  public AdminInterceptor(
      AdminView view, AdminActions actions, String version, StatsWindow window, boolean changes) {
    this.parser =
        new AdminParser(
            new SessionParameters(version),
            ShowConfig.generalNames(view),
            ShowConfig.poolNames(view));
    this.executor = new AdminExecutor(view, actions, version, window, changes);
  }

  @Override
  public boolean concerns(ByteBuf buffer, int offset, int length) {
    return true;
  }

  @Override
  public Decision intercept(String sql, int[] parameterTypes, boolean simple) {
    return executor.decide(parser.parse(sql));
  }
}
