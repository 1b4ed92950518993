package org.pglynx.proxy.shard;

import io.netty.buffer.ByteBuf;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.relay.Downstream;
import org.pglynx.proxy.relay.Upstream;

/** A server of which the test says what it answers; remembers what is done with it. */
final class FakeServer {
  boolean drained;
  boolean reading = true;
  final CompletableFuture<Void> cancelled = new CompletableFuture<>();
  int cancels;
  final List<Upstream.Release> released = new ArrayList<>();
  final List<String> calls = new ArrayList<>();

  /** Whom its replies go to, once it has been lent. */
  @Nullable Downstream borrower;

  /** What has been sent, of each frame the part behind its head. */
  final List<String> sent = new ArrayList<>();

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
          sent.add(
              run.toString(
                  run.readerIndex() + 5, run.readableBytes() - 5, StandardCharsets.US_ASCII));
          run.release();
        }
        yield null;
      }
      case "failTransaction" -> {
        drained = false;
        yield null;
      }
      case "lend" -> {
        borrower = (Downstream) first;
        yield null;
      }
      case "answered", "transactions" -> 0L;
      default -> method.getReturnType() == boolean.class ? false : null;
    };
  }
}
