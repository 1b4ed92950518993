package org.pglynx.proxy.commit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The file of decisions: a line for each transaction that is to be committed, and one when it is.
 *
 * <pre>
 *   commit NUMBER POOL SHARD,SHARD… CRC      settled NUMBER CRC
 * </pre>
 *
 * <p>A line counts if its checksum is right. The last one may be torn by a crash, and then nobody
 * has been told of it; any other that is wrong means that the disk has lost something.
 */
final class DecisionFile implements AutoCloseable {
  /** A file that is longer is written anew without what is settled. */
  private static final long MAX_BYTES = 1 << 20;

  private final Path file;
  private FileChannel channel;
  private long length;

  private DecisionFile(Path file, FileChannel channel, long length) {
    this.file = file;
    this.channel = channel;
    this.length = length;
  }

  /**
   * Opens it.
   *
   * @param found gets the decisions that are not settled
   */
  static DecisionFile open(Path directory, Map<String, Decision> found) throws IOException {
    Path file = directory.resolve("decisions");
    if (Files.exists(file)) {
      found.putAll(read(file));
    }
    DecisionFile opened = new DecisionFile(file, write(file, found.values()), 0);
    opened.length = opened.channel.size();
    return opened;
  }

  private static Map<String, Decision> read(Path file) throws IOException {
    Map<String, Decision> open = new LinkedHashMap<>();
    List<String> lines = Files.readString(file, StandardCharsets.ISO_8859_1).lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String body = checked(lines.get(i));
      String[] words = body == null ? new String[0] : body.split(" ", -1);
      if (words.length == 4 && words[0].equals("commit")) {
        Decision decision = Decision.of(words);
        if (!decision.shards().isEmpty()) {
          open.put(words[1], decision);
        }
      } else if (words.length == 2 && words[0].equals("settled")) {
        open.remove(words[1]);
      } else if (i < lines.size() - 1) {
        throw new IOException(
            "line %d of %s is damaged: transactions may be prepared of which it said that they are"
                    .formatted(i + 1, file)
                + " committed. Look for names pglynx_% in pg_prepared_xacts on all shards before"
                + " you remove the line.");
      }
    }
    return open;
  }

  private static @Nullable String checked(String line) {
    int blank = line.lastIndexOf(' ');
    return blank > 0 && line.substring(blank + 1).equals(sum(line.substring(0, blank)))
        ? line.substring(0, blank)
        : null;
  }

  private static String sum(String body) {
    CRC32C crc = new CRC32C();
    crc.update(body.getBytes(StandardCharsets.ISO_8859_1));
    return Long.toHexString(crc.getValue());
  }

  private static FileChannel write(Path file, Collection<Decision> open) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Decision each : open) {
      // The last shard of one may be settled while it is copied: then all of it is.
      if (!each.shards().isEmpty()) {
        text.append(line(each.body()));
      }
    }
    Path next = file.resolveSibling("decisions.new");
    FileChannel channel =
        FileChannel.open(
            next,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    append(channel, text);
    channel.force(true);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    force(file.toAbsolutePath().getParent());
    return channel;
  }

  /** The name of a file is durable when its directory is. */
  static void force(@Nullable Path directory) throws IOException {
    if (directory != null) {
      try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
        entries.force(true);
      }
    }
  }

  private static void append(FileChannel channel, CharSequence text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.ISO_8859_1));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** A line of a decision, or that one is settled. */
  static String line(String body) {
    return body + ' ' + sum(body) + '\n';
  }

  /** Appends lines; durable when it returns. */
  void append(CharSequence lines) throws IOException {
    append(channel, lines);
    length += lines.length();
    channel.force(false);
  }

  /** Writes the file anew, if it has grown. */
  void compact(Collection<Decision> open) throws IOException {
    if (length > MAX_BYTES) {
      FileChannel before = channel;
      channel = write(file, open);
      length = channel.size();
      before.close();
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
