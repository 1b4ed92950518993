package org.pglynx.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import ml.dmlc.xgboost4j.java.Booster;
import ml.dmlc.xgboost4j.java.DMatrix;
import ml.dmlc.xgboost4j.java.XGBoost;
import ml.dmlc.xgboost4j.java.XGBoostError;
import org.pglynx.proxy.app.ProxyServer;
import org.pglynx.proxy.config.ConfigLoader;

/**
 * How long a training on a large table takes, how much of it loading is, and what the same training
 * takes with XGBoost4J when its rows are in memory already.
 *
 * <p>Run by {@code bench/training [rows] [rounds]}, which gives the port of a PostgreSQL server.
 */
public final class TrainingShare {
  private static final int FEATURES = 28;
  private static final int PASSES = 5;
  private static final double SECONDS = 1e9;

  private final int serverPort;
  private final int rows;
  private final int rounds;

  private TrainingShare(int serverPort, int rows, int rounds) {
    this.serverPort = serverPort;
    this.rows = rows;
    this.rounds = rounds;
  }

  /** Measures; the arguments are the server's port, rows and boosting rounds. */
  public static void main(String[] arguments) throws IOException {
    new TrainingShare(
            Integer.parseInt(arguments[0]),
            Integer.parseInt(arguments[1]),
            Integer.parseInt(arguments[2]))
        .run();
  }

  private void run() throws IOException {
    try (ProxyServer proxy = ProxyServer.start(ConfigLoader.parse(config(), "bench"));
        Client client = new Client(proxy.port())) {
      client.run(
          "SELECT * FROM pgml.train('warm', 'regression', 'small_rows', 'y', 'xgboost',"
              + " '{\"n_estimators\": 3}', test_size => 0)");
      print("%d rows of %d features, %d rounds of boosting", rows, FEATURES, rounds);
      double[] ratios = new double[PASSES];
      for (int pass = 1; pass <= PASSES; pass++) {
        ratios[pass - 1] = compare(client, pass);
      }
      Arrays.sort(ratios);
      print("median of %d passes: %.2f times", PASSES, ratios[PASSES / 2]);
    }
  }

  private double compare(Client client, int pass) throws IOException {
    Moment begin = Moment.now();
    client.run(
        "SELECT * FROM pgml.train('large', 'regression', 'large_rows', 'y', 'xgboost',"
            + " '{\"n_estimators\": %d}', test_size => 0)".formatted(rounds));
    Moment end = Moment.now();
    if (pass == 1) {
      print("peak memory %s before anything else was trained", peak());
    }
    System.gc();
    Moment before = Moment.now();
    double memory = fromMemory();
    Moment after = Moment.now();
    double total = end.secondsSince(begin);
    double loading = client.dataset.secondsSince(begin);
    print(
        "pgml.train %.2f s: loading %.2f (%.0f %%), fitting %.2f, the rest %.2f;"
            + " from memory %.2f s; pgml.train is %.2f times that",
        total,
        loading,
        100 * loading / total,
        client.metrics.secondsSince(client.dataset),
        end.secondsSince(client.metrics),
        memory,
        total / memory);
    print(
        "  CPU s of this process: loading %.2f, fitting %.2f, the rest %.2f; from memory %.2f",
        client.dataset.cpuSince(begin),
        client.metrics.cpuSince(client.dataset),
        end.cpuSince(client.metrics),
        after.cpuSince(before));
    print(
        "  CPU s of all others: loading %.2f (the server's among them), later %.2f; from memory %.2f",
        client.dataset.othersSince(begin),
        end.othersSince(client.dataset),
        after.othersSince(before));
    return total / memory;
  }

  /** A point in time, and what had been computed until then. */
  private record Moment(long nanos, long cpuNanos, long machineTicks) {
    /** Of a second, as /proc/stat counts. */
    private static final double TICKS = 100;

    static Moment now() {
      OperatingSystemMXBean system =
          (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      return new Moment(System.nanoTime(), system.getProcessCpuTime(), machine());
    }

    /** User, nice, system and interrupts. */
    private static long machine() {
      try {
        String[] fields = Files.readAllLines(Path.of("/proc/stat")).getFirst().split(" +", -1);
        return Stream.of(1, 2, 3, 6, 7).mapToLong(i -> Long.parseLong(fields[i])).sum();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    double secondsSince(Moment other) {
      return (nanos - other.nanos) / SECONDS;
    }

    double cpuSince(Moment other) {
      return (cpuNanos - other.cpuNanos) / SECONDS;
    }

    double othersSince(Moment other) {
      return (machineTicks - other.machineTicks) / TICKS - cpuSince(other);
    }
  }

  private static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }

  /** The high-water mark of this process's resident memory. */
  private static String peak() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM"))
        .map(line -> line.replaceAll("\\D", ""))
        .map(kilobytes -> Long.parseLong(kilobytes) / 1024 + " MB")
        .findFirst()
        .orElse("unknown");
  }

  /**
   * In a thread of its own, as a training is: OpenMP keeps the threads that one has computed with
   * for as long as it lives, and lets all others spin for a fifth of the time while there are more
   * of them than cores.
   */
  private double fromMemory() {
    try (ExecutorService own = Executors.newSingleThreadExecutor()) {
      return own.submit(this::trainFromMemory).get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("XGBoost4J alone did not train", e);
    }
  }

  /** Random rows are as good as the table's: histograms do not care where numbers come from. */
  private double trainFromMemory() throws XGBoostError {
    Random random = new Random(1);
    float[] x = new float[rows * FEATURES];
    float[] y = new float[rows];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < FEATURES; j++) {
        x[i * FEATURES + j] = random.nextFloat();
      }
      y[i] = x[i * FEATURES] + 2 * x[i * FEATURES + 1] * x[i * FEATURES + 2] + random.nextFloat();
    }
    Map<String, Object> settings = new HashMap<>();
    settings.put("tree_method", "hist");
    settings.put("objective", "reg:squarederror");
    settings.put("base_score", 0.5);
    // As many as a training alone in the proxy has.
    settings.put("nthread", Runtime.getRuntime().availableProcessors());
    long begin = System.nanoTime();
    DMatrix matrix = new DMatrix(x, rows, FEATURES, Float.NaN);
    matrix.setLabel(y);
    Booster booster = XGBoost.train(matrix, settings, 0, Map.of(), null, null);
    for (int round = 0; round < rounds; round++) {
      booster.update(matrix, round);
    }
    double seconds = (System.nanoTime() - begin) / SECONDS;
    booster.dispose();
    matrix.dispose();
    return seconds;
  }

  private String config() {
    return """
    [general]
    host = "127.0.0.1"
    port = 0
    worker_threads = 1
    admin_username = "admin"
    admin_password = "admin"
    [pools.bench]
    pool_mode = "transaction"
    [pools.bench.users.0]
    username = "postgres"
    auth_type = "trust"
    pool_size = 2
    [pools.bench.shards.0]
    database = "postgres"
    servers = [["127.0.0.1", %d, "primary"]]
    """
        .formatted(serverPort);
  }

  /** Speaks the simple protocol, and notes when the notice about the rows comes. */
  private static final class Client implements AutoCloseable {
    private final Socket socket;
    private final DataInputStream in;
    private Moment dataset = Moment.now();
    private Moment metrics = dataset;

    Client(int port) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
      byte[] parameters = "user\0postgres\0database\0bench\0\0".getBytes(StandardCharsets.US_ASCII);
      OutputStream out = socket.getOutputStream();
      out.write(
          ByteBuffer.allocate(8 + parameters.length)
              .putInt(8 + parameters.length)
              .putInt(3 << 16)
              .put(parameters)
              .array());
      untilReady();
    }

    void run(String sql) throws IOException {
      byte[] text = (sql + "\0").getBytes(StandardCharsets.UTF_8);
      socket
          .getOutputStream()
          .write(
              ByteBuffer.allocate(5 + text.length)
                  .put((byte) 'Q')
                  .putInt(4 + text.length)
                  .put(text)
                  .array());
      untilReady();
    }

    private void untilReady() throws IOException {
      int tag;
      do {
        tag = in.readUnsignedByte();
        byte[] body = new byte[in.readInt() - 4];
        in.readFully(body);
        String text = new String(body, StandardCharsets.UTF_8);
        if (tag == 'N' && text.contains("Dataset {")) {
          dataset = Moment.now();
        }
        if (tag == 'N' && text.contains("Metrics: {")) {
          metrics = Moment.now();
        }
        if (tag == 'E') {
          throw new IOException(text.replace('\0', ' '));
        }
      } while (tag != 'Z');
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
