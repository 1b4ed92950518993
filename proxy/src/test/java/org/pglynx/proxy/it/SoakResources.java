package org.pglynx.proxy.it;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What the process holds when nobody needs anything.
 *
 * @param heap bytes behind a garbage collection
 * @param direct bytes outside of the heap, of the JDK's buffers and of Netty's
 * @param files open files and sockets
 * @param threads platform threads
 */
record SoakResources(long heap, long direct, long files, int threads) {
  static SoakResources held() {
    for (int i = 0; i < 5; i++) {
      System.gc();
      Eventually.pause(200);
    }
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    long direct = Math.max(0, PlatformDependent.usedDirectMemory());
    for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
      direct += pool.getMemoryUsed();
    }
    int threads = ManagementFactory.getThreadMXBean().getThreadCount();
    return new SoakResources(heap, direct, openFiles(), threads);
  }

  private static long openFiles() {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return "heap "
        + heap / 1024
        + " KB, direct "
        + direct / 1024
        + " KB, "
        + files
        + " files, "
        + threads
        + " threads";
  }
}
