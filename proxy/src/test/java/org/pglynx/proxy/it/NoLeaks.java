package org.pglynx.proxy.it;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpObjectEncoder;
import java.lang.invoke.MethodHandles;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails each test class in which a buffer was lost. Applies to every class of the module. */
public final class NoLeaks implements AfterAllCallback {
  /** How many buffers Netty's encoder of HTTP makes as it is loaded, and keeps for good. */
  private static final long CONSTANTS = constants();

  @Override
  public void afterAll(ExtensionContext context) {
    if (context.getTestClass().map(Class::getEnclosingClass).isPresent()) {
      return;
    }
    List<String> reports = collect();
    if (!reports.isEmpty()) {
      throw new AssertionError("buffers were never released:\n" + String.join("\n", reports));
    }
  }

  /**
   * A lost buffer is noticed when the collector has found it and the next one is allocated. Where
   * all that was ever made is released there is nothing to find, and the collector is spared: it
   * takes longer than most classes. What an earlier class has left may be lost by now, too.
   */
  static List<String> collect() {
    if (anythingOpen()) {
      for (int i = 0; i < 2; i++) {
        System.gc();
        Eventually.pause(20);
        ByteBuf probe = ByteBufAllocator.DEFAULT.buffer(16);
        probe.release();
      }
    }
    return LeakDetector.takeReports();
  }

  private static boolean anythingOpen() {
    return LeakDetector.open() > CONSTANTS;
  }

  private static long constants() {
    long before = LeakDetector.open();
    try {
      MethodHandles.lookup().ensureInitialized(HttpObjectEncoder.class);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
    return LeakDetector.open() - before;
  }
}
