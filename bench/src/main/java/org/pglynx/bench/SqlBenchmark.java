package org.pglynx.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.pglynx.proxy.sql.MarkerScan;
import org.pglynx.proxy.sql.PlanCache;
import org.pglynx.proxy.sql.SqlLexer;

/**
 * What looking at a statement's text costs: the marker scan that every statement pays where {@code
 * pgml} is answered, and the lexer and the plan cache that only those with the marker pay.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 2,
    jvmArgsAppend = {
      "--enable-native-access=ALL-UNNAMED",
      "--sun-misc-unsafe-memory-access=allow",
      "-Dio.netty.noUnsafe=false",
      "-XX:+UseSerialGC",
      "-Djmh.executor=CUSTOM",
      "-Djmh.executor.class=org.pglynx.bench.EventLoopThreads"
    })
public class SqlBenchmark {
  /** Texts as clients send them. */
  public enum Text {
    /** pgbench's own select. */
    POINT_SELECT("SELECT abalance FROM pgbench_accounts WHERE aid = 4711;"),
    /** Two kilobytes without the marker. */
    LONG_INSERT("INSERT INTO t (a, b) VALUES " + "(17, 'a longer text'), ".repeat(90) + "(1, 'x')"),
    /** A prediction for constants. */
    PREDICTION("SELECT pgml.predict('progression', ARRAY[59,2,32.1,101,157,93.2,38,4,4.86,87]);");

    private final String sql;

    Text(String sql) {
      this.sql = sql;
    }
  }

  /** The text at work. */
  @Param public Text text = Text.POINT_SELECT;

  private final ByteBuf bytes = PooledByteBufAllocator.DEFAULT.directBuffer(4096);
  private final PlanCache<String, Integer> plans = new PlanCache<>(1000);

  /** Encodes the text as a message holds it. */
  @Setup(Level.Trial)
  public void encode() {
    bytes.clear().writeCharSequence(text.sql, StandardCharsets.UTF_8);
  }

  /** Gives the buffer back. */
  @TearDown
  public void release() {
    bytes.release();
  }

  /** The scan for the marker, over the bytes of the message. */
  @Benchmark
  public boolean markerScan() {
    return MarkerScan.found(bytes, 0, bytes.writerIndex());
  }

  /** All tokens, without keeping them. */
  @Benchmark
  public int lexer() {
    SqlLexer lexer = new SqlLexer(text.sql);
    int characters = 0;
    while (lexer.next()) {
      characters += lexer.end() - lexer.start();
    }
    return characters;
  }

  /** A known text's plan, as a fresh String from the wire: decoding and hashing count. */
  @Benchmark
  public Integer planCacheHit() {
    return plans.value(bytes.toString(StandardCharsets.UTF_8), String::length);
  }
}
