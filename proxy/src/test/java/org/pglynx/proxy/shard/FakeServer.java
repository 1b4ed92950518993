package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Upstream;

/** A server of which the test says what it answers; remembers what is done with it. */
final class FakeServer {
  boolean drained;
  boolean reading = true;
  final CompletableFuture<Void> cancelled = new CompletableFuture<>();
  int cancels;
  final List<Upstream.Release> released = new ArrayList<>();
  final List<String> calls = new ArrayList<>();

  Upstream upstream() {
    return (Upstream)
        Proxy.newProxyInstance(
            Upstream.class.getClassLoader(),
            new Class<?>[] {Upstream.class},
            (proxy, method, arguments) -> called(method, arguments));
  }

  private @Nullable Object called(Method method, Object @Nullable [] arguments) {
    calls.add(method.getName());
    Object first = arguments == null ? null : arguments[0];
    return switch (method.getName()) {
      case "drained" -> drained;
      case "writable" -> true;
      case "reading" -> {
        reading = Boolean.TRUE.equals(first);
        yield null;
      }
      case "cancel" -> {
        cancels++;
        yield cancelled;
      }
      case "release" -> {
        released.add((Upstream.Release) Objects.requireNonNull(first));
        yield null;
      }
      case "send" -> {
        if (first instanceof ByteBuf run) {
          run.release();
        }
        yield null;
      }
      default -> method.getReturnType() == boolean.class ? false : null;
    };
  }
}
