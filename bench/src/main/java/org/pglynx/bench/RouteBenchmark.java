package org.pglynx.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Set;
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
import org.pglynx.proxy.route.FunctionCatalog;
import org.pglynx.proxy.route.RoleSetting;
import org.pglynx.proxy.route.Router;
import org.pglynx.proxy.route.RoutingPolicy;
import org.pglynx.proxy.sql.RelationNames;

/**
 * What telling reads from writes costs each statement of a pool with replicas: its text is brought
 * into normal form, and the plan of that is looked up.
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
public class RouteBenchmark {
  /** Texts as clients send them. */
  public enum Text {
    /** pgbench's own select. */
    POINT_SELECT("SELECT abalance FROM pgbench_accounts WHERE aid = 4711;"),
    /** As an object mapper writes it. */
    MAPPED_SELECT(
        "select o1_0.id, o1_0.created_at, o1_0.customer_id, c1_0.id, c1_0.email, c1_0.name,"
            + " o1_0.note, o1_0.state, lower(o1_0.title) from orders o1_0 join customers c1_0 on"
            + " c1_0.id = o1_0.customer_id where o1_0.state = $1 and o1_0.created_at > $2"
            + " order by o1_0.created_at desc fetch first 20 rows only"),
    /** Two kilobytes of literals. */
    LONG_INSERT("INSERT INTO t (a, b) VALUES " + "(17, 'a longer text'), ".repeat(90) + "(1, 'x')");

    private final String sql;

    Text(String sql) {
      this.sql = sql;
    }
  }

  /** The text at work. */
  @Param public Text text = Text.POINT_SELECT;

  private final ByteBuf bytes = PooledByteBufAllocator.DEFAULT.directBuffer(4096);
  private final Router router = new Router(new RoutingPolicy(RoleSetting.AUTO, false, 1 << 20));
  private final Router.Texts texts = router.on(Runnable::run);

  /** Encodes the text as a message holds it. */
  @Setup(Level.Trial)
  public void encode() {
    router.knows(FunctionCatalog.of(Set.of("lower"), Set.of()));
    bytes.clear().writeCharSequence(text.sql, StandardCharsets.UTF_8);
  }

  /** Gives the buffer back. */
  @TearDown
  public void release() {
    bytes.release();
  }

  /** Where a text goes whose plan is known. */
  @Benchmark
  public boolean planLookup() {
    return texts.plan(bytes, 0, bytes.writerIndex(), false).reads(router.catalog(), false);
  }

  /** The relations of a text, which table_access asks for when a name of its list is in it. */
  @Benchmark
  public int relationNames() {
    return RelationNames.of(text.sql, false).size();
  }
}
