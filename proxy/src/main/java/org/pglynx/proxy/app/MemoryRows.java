package org.pglynx.proxy.app;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.ArrayList;
import java.util.List;
import org.pglynx.proxy.admin.MemoryRow;

/** What memory is used for: the heap, what the JVM needs beside it, and buffers of sockets. */
final class MemoryRows {
  private MemoryRows() {}

  static List<MemoryRow> now() {
    List<MemoryRow> rows = new ArrayList<>();
    rows.add(row("heap", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage()));
    rows.add(row("jvm", ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage()));
    long direct = PlatformDependent.usedDirectMemory();
    if (direct >= 0) {
      rows.add(new MemoryRow("direct", direct, direct, PlatformDependent.maxDirectMemory()));
    }
    if (ByteBufAllocator.DEFAULT instanceof ByteBufAllocatorMetricProvider provider) {
      ByteBufAllocatorMetric metric = provider.metric();
      long buffers = metric.usedDirectMemory() + metric.usedHeapMemory();
      rows.add(new MemoryRow("buffers", buffers, buffers, 0));
    }
    return rows;
  }

  private static MemoryRow row(String name, MemoryUsage usage) {
    return new MemoryRow(name, usage.getUsed(), usage.getCommitted(), Math.max(0, usage.getMax()));
  }
}
