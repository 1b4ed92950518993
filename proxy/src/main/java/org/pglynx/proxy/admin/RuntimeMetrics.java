package org.pglynx.proxy.admin;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.pglynx.proxy.stats.Exposition;

/**
 * The JVM and its process, by the names of Prometheus' own Java client, so that dashboards for that
 * show them.
 */
final class RuntimeMetrics {
  private static final double MILLIS_A_SECOND = TimeUnit.SECONDS.toMillis(1);

  /** Its second number are the pages in memory. */
  private static final Path PAGES = Path.of("/proc/self/statm");

  private static final long PAGE_BYTES = 4096;

  private RuntimeMetrics() {}

  static void write(Exposition out) {
    memory(out, "heap", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage());
    memory(out, "nonheap", ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage());
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      out.summary(
          "jvm_gc_collection_seconds",
          "Time spent in a given JVM garbage collector in seconds.",
          Map.of("gc", collector.getName()),
          collector.getCollectionCount(),
          collector.getCollectionTime() / MILLIS_A_SECOND);
    }
    out.gauge(
        "jvm_threads_current",
        "Current thread count of a JVM.",
        Map.of(),
        ManagementFactory.getThreadMXBean().getThreadCount());
    process(out);
  }

  private static void memory(Exposition out, String area, MemoryUsage usage) {
    Map<String, String> labels = Map.of("area", area);
    out.gauge(
        "jvm_memory_used_bytes", "Used bytes of a given JVM memory area.", labels, usage.getUsed());
    out.gauge(
        "jvm_memory_committed_bytes",
        "Committed (bytes) of a given JVM memory area.",
        labels,
        usage.getCommitted());
    out.gauge(
        "jvm_memory_max_bytes", "Max (bytes) of a given JVM memory area.", labels, usage.getMax());
  }

  private static void process(Exposition out) {
    out.gauge(
        "process_start_time_seconds",
        "Start time of the process since unix epoch in seconds.",
        Map.of(),
        ManagementFactory.getRuntimeMXBean().getStartTime() / MILLIS_A_SECOND);
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
      out.counter(
          "process_cpu_seconds_total",
          "Total user and system CPU time spent in seconds.",
          Map.of(),
          unix.getProcessCpuTime() / MetricsPage.NANOS_A_SECOND);
      out.gauge(
          "process_open_fds",
          "Number of open file descriptors.",
          Map.of(),
          unix.getOpenFileDescriptorCount());
      out.gauge(
          "process_max_fds",
          "Maximum number of open file descriptors.",
          Map.of(),
          unix.getMaxFileDescriptorCount());
    }
    try {
      String pages = Files.readString(PAGES).split(" ")[1];
      out.gauge(
          "process_resident_memory_bytes",
          "Resident memory size in bytes.",
          Map.of(),
          Long.parseLong(pages) * PAGE_BYTES);
    } catch (IOException _) {
      // A system that does not tell.
    }
  }
}
