package org.pglynx.proxy.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * The inputs of a target that are kept. In its directory those that found something, each a file
 * with a name that says what; in {@code <target>.hex} those that a long search has reached new code
 * with, one in a line.
 */
final class Corpus {
  /** A longer one costs more time than it is likely to find. */
  private static final int LONGEST = 400;

  private Corpus() {}

  private static Path searched(Target target) {
    return directory(target).resolveSibling(target.name() + ".hex");
  }

  /** What a long search has left. */
  static List<byte[]> reached(Target target) {
    try {
      return Files.exists(searched(target))
          ? Files.readAllLines(searched(target)).stream().map(HexFormat.of()::parseHex).toList()
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gives a search what an earlier one has reached. */
  static void unpack(Target target, Path into) throws IOException {
    int number = 0;
    for (byte[] input : reached(target)) {
      Files.write(into.resolve("kept-" + number++), input);
    }
  }

  /** Keeps the files of a directory; the shortest first, so that it changes little with each. */
  static int keep(Target target, Path from) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      List<String> lines =
          files
              .map(Corpus::bytes)
              .filter(input -> input.length <= LONGEST)
              .map(HexFormat.of()::formatHex)
              .distinct()
              .sorted(Comparator.comparingInt(String::length).thenComparing(line -> line))
              .toList();
      Files.write(searched(target), lines);
      return lines.size();
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path directory(Target target) {
    return Path.of(System.getProperty("basedir", "."), "src/test/resources/fuzz", target.name());
  }

  static List<Path> inputs(Target target) {
    Path directory = directory(target);
    if (!Files.isDirectory(directory)) {
      // Nothing has been kept yet: git knows no empty directories.
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
