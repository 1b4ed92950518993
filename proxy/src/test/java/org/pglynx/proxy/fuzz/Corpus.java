package org.pglynx.proxy.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The inputs of a target that are kept: those that found something, and the shapes of others. */
final class Corpus {
  private Corpus() {}

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
