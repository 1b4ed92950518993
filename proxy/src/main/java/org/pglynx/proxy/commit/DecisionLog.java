package org.pglynx.proxy.commit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has been decided of transactions over several servers, on disk before anybody is told (Gray,
 * Notes on Data Base Operating Systems, 1978; presumed abort: Mohan, Lindsay and Obermarck, 1986).
 * Any thread.
 *
 * <pre>
 *            begin()           decide(), durable              settled()
 *   (nothing) ──────► PREPARING ─────────────────► COMMITTING ─────────► (nothing)
 *                        │ leave()                    │ leave()
 *                        ▼                            ▼
 *                  (nothing: to be rolled back)    LEFT: to be committed by the settlement
 * </pre>
 *
 * <p>One thread writes, and all decisions that wait for it share an fsync.
 */
public final class DecisionLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DecisionLog.class);

  /** What is to become of a transaction's parts. */
  enum Verdict {
    /** Somebody is at it. */
    WAIT,
    /** It has been decided. */
    COMMIT,
    /** It has not, and never will be. */
    ROLL_BACK
  }

  /**
   * A transaction that has not ended everywhere, for people.
   *
   * @param name how its parts are prepared, without the shard
   * @param pool of which database and user
   * @param state preparing, committing or left
   * @param shards that have a part of it that is not settled
   * @param seconds since it has begun, or since the process has
   */
  public record Unsettled(
      String name, String pool, String state, Set<Integer> shards, long seconds) {}

  /** What is known of one. */
  private static final class Entry {
    private final String pool;
    private final Set<Integer> shards;
    private final long since = System.nanoTime();
    private boolean decided;
    private boolean left;

    Entry(String pool, Set<Integer> shards) {
      this.pool = pool;
      this.shards = ConcurrentHashMap.newKeySet();
      this.shards.addAll(shards);
    }

    String state() {
      return left ? "left" : decided ? "committing" : "preparing";
    }
  }

  private record Line(String text, CompletableFuture<Void> written) {}

  private final FileChannel lockFile;
  private final FileLock lock;
  private final DecisionFile file;
  private final String instance;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Entry> entries = new ConcurrentHashMap<>();
  private final LinkedBlockingQueue<Line> lines = new LinkedBlockingQueue<>();
  private final Thread writer;
  private volatile @Nullable IOException broken;
  private volatile boolean closed;

  private DecisionLog(
      FileChannel lockFile,
      FileLock lock,
      DecisionFile file,
      String instance,
      Map<String, Decision> open) {
    this.lockFile = lockFile;
    this.lock = lock;
    this.file = file;
    this.instance = instance;
    open.values().forEach(this::remember);
    this.writer = Thread.ofPlatform().name("pglynx-decisions").daemon().start(this::write);
  }

  /**
   * Opens the log in a directory, which it makes if need be; no other process may have it open.
   *
   * @throws IOException if it cannot be used, with the reason
   */
  public static DecisionLog open(Path directory) throws IOException {
    Files.createDirectories(directory);
    FileChannel lockFile =
        FileChannel.open(
            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = lockFile.tryLock();
      if (lock == null) {
        throw new IOException("another process uses " + directory);
      }
      Map<String, Decision> open = new LinkedHashMap<>();
      DecisionFile file = DecisionFile.open(directory, open);
      return new DecisionLog(lockFile, lock, file, instance(directory), open);
    } catch (OverlappingFileLockException e) {
      lockFile.close();
      throw new IOException("this process uses " + directory + " already", e);
    } catch (IOException e) {
      lockFile.close();
      throw e;
    }
  }

  private static String instance(Path directory) throws IOException {
    Path name = directory.resolve("instance");
    if (Files.exists(name)) {
      String known = Files.readString(name, StandardCharsets.US_ASCII).strip();
      if (!known.matches("[0-9a-f]{12}")) {
        throw new IOException(name + " does not hold the 12 hexadecimal digits that it should");
      }
      return known;
    }
    String made = "%012x".formatted(new SecureRandom().nextLong() & 0xffff_ffff_ffffL);
    Path next = directory.resolve("instance.new");
    try (FileChannel channel =
        FileChannel.open(next, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(made.getBytes(StandardCharsets.US_ASCII)));
      channel.force(true);
    }
    Files.move(next, name, StandardCopyOption.ATOMIC_MOVE);
    DecisionFile.force(directory);
    return made;
  }

  private void remember(Decision decision) {
    Entry entry = new Entry(decision.pool(), decision.shards());
    entry.decided = true;
    entry.left = true;
    entries.put(decision.number(), entry);
  }

  // ---- facts ---------------------------------------------------------------------------------

  /** The name of this log, which is in those of its transactions. */
  String instance() {
    return instance;
  }

  /** Why nothing can be decided any more; null if it can. */
  @Nullable IOException broken() {
    return broken;
  }

  /** All that has not ended everywhere. */
  public List<Unsettled> unsettled() {
    List<Unsettled> all = new ArrayList<>();
    entries.forEach((number, entry) ->
        all.add(
            new Unsettled(
                "pglynx_" + instance + "_" + number,
                entry.pool,
                entry.state(),
                Set.copyOf(entry.shards),
                (System.nanoTime() - entry.since) / 1_000_000_000L)));
    return all;
  }

  /** What is to become of a part that a server has prepared. */
  Verdict verdict(TransactionId id) {
    Entry entry = entries.get(id.number());
    if (entry == null) {
      return Verdict.ROLL_BACK;
    }
    synchronized (entry) {
      return entry.left && entry.decided ? Verdict.COMMIT : Verdict.WAIT;
    }
  }

  /** The decisions that nobody is at, of which the shard may have a part. */
  List<String> left(String pool, int shard) {
    List<String> found = new ArrayList<>();
    entries.forEach((number, entry) -> {
      if (entry.left && entry.pool.equals(pool) && entry.shards.contains(shard)) {
        found.add(number);
      }
    });
    return found;
  }

  /** Whether there are decisions of the pool that nobody is at. */
  boolean anyLeft(String pool) {
    return entries.values().stream().anyMatch(entry -> entry.left && entry.pool.equals(pool));
  }

  // ---- a transaction -------------------------------------------------------------------------

  /** Begins one: from now on nobody but the caller decides about it. */
  TransactionId begin(String pool, Set<Integer> shards) {
    String number = "%016x".formatted(random.nextLong());
    entries.put(number, new Entry(pool, shards));
    return new TransactionId(instance, number);
  }

  /** Decides that it is committed; completes, on some thread, when that is durable. */
  CompletionStage<Void> decide(TransactionId id) {
    CompletableFuture<Void> written = new CompletableFuture<>();
    Entry entry = entries.get(id.number());
    if (entry == null) {
      throw new IllegalStateException("no transaction " + id.number());
    }
    Decision decision = new Decision(id.number(), entry.pool, Set.copyOf(entry.shards));
    CompletionStage<Void> known =
        written.thenRun(() -> {
          synchronized (entry) {
            entry.decided = true;
          }
        });
    lines.add(new Line(DecisionFile.line(decision.body()), written));
    return known;
  }

  /** All its parts are as they should be. */
  void settled(TransactionId id) {
    Entry entry = entries.remove(id.number());
    if (entry != null && entry.decided) {
      lines.add(new Line(DecisionFile.line("settled " + id.number()), new CompletableFuture<>()));
    }
  }

  /** Nobody is at it any more, and not all its parts are known to be as they should be. */
  void leave(TransactionId id) {
    Entry entry = entries.get(id.number());
    if (entry == null) {
      return;
    }
    synchronized (entry) {
      entry.left = true;
    }
    if (!entry.decided) {
      entries.remove(id.number());
    }
  }

  /** The shard has no part any more of a decision that was left. */
  void settled(String number, int shard) {
    Entry entry = entries.get(number);
    if (entry != null && entry.shards.remove(shard) && entry.shards.isEmpty()) {
      settled(new TransactionId(instance, number));
    }
  }

  // ---- writing -------------------------------------------------------------------------------

  private void write() {
    List<Line> batch = new ArrayList<>();
    while (!closed) {
      try {
        batch.add(lines.take());
      } catch (InterruptedException e) {
        return;
      }
      lines.drainTo(batch);
      write(batch);
      batch.clear();
    }
  }

  private void write(List<Line> batch) {
    try {
      IOException earlier = broken;
      if (earlier != null) {
        throw new IOException("the log of decisions is broken", earlier);
      }
      StringBuilder text = new StringBuilder();
      batch.forEach(each -> text.append(each.text()));
      file.append(text);
      batch.forEach(each -> each.written().complete(null));
      file.compact(decisions());
    } catch (IOException e) {
      if (broken == null && !closed) {
        // What of the lines is on disk nobody knows, and an fsync that is repeated says nothing.
        broken = e;
        LOG.error("no transaction over several servers can commit any more: {}", e.getMessage(), e);
      }
      batch.forEach(each -> each.written().completeExceptionally(e));
    }
  }

  private List<Decision> decisions() {
    List<Decision> open = new ArrayList<>();
    entries.forEach((number, entry) -> {
      if (entry.decided) {
        open.add(new Decision(number, entry.pool, Set.copyOf(entry.shards)));
      }
    });
    return open;
  }

  /** Decides nothing any more; what is not settled is when the log is opened again. */
  @Override
  public void close() {
    closed = true;
    writer.interrupt();
    try {
      writer.join();
      file.close();
      lock.release();
      lockFile.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.warn("the log of decisions does not close: {}", e.getMessage());
    }
  }
}
