package org.pglynx.proxy.app;

import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.intercept.Decision;
import org.pglynx.proxy.intercept.QueryInterceptor;

/** The server connections that a pool's sessions get now. Any thread. */
final class CurrentSupply {
  private volatile Supply supply;

  CurrentSupply(Supply supply) {
    this.supply = supply;
  }

  Supply get() {
    return supply;
  }

  void set(Supply changed) {
    supply = changed;
  }

  /** What statements go through, whatever connections there are; null for nothing at all. */
  @Nullable QueryInterceptor interceptor() {
    return supply.interceptor() == null ? null : new Switched();
  }

  /** A model is of the server that it was trained on: another server, another interceptor. */
  private final class Switched implements QueryInterceptor {
    private QueryInterceptor now() {
      return Objects.requireNonNull(supply.interceptor());
    }

    @Override
    public boolean concerns(ByteBuf buffer, int offset, int length) {
      return now().concerns(buffer, offset, length);
    }

    @Override
    public boolean passesUnread() {
      return now().passesUnread();
    }

    @Override
    public boolean answers(String sql, int[] parameterTypes, boolean simple) {
      return now().answers(sql, parameterTypes, simple);
    }

    @Override
    public Decision intercept(String sql, int[] parameterTypes, boolean simple) {
      return now().intercept(sql, parameterTypes, simple);
    }
  }
}
