package org.pglynx.ml.boost;

import io.github.metarank.lightgbm4j.LGBMBooster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Loads LightGBM's native library once, from files that are this process's alone.
 *
 * <p>By itself LightGBM4J unpacks it to a fixed name in the directory for temporary files, where
 * another process that does the same replaces code that runs here, and where anybody else may have
 * put another library before.
 */
final class LightgbmLibrary {
  private static final String TEMPORARY = "java.io.tmpdir";

  private static boolean loaded;

  private LightgbmLibrary() {}

  /**
   * Loads it unless that was done.
   *
   * @throws LinkageError when the machine lacks what it needs
   */
  static synchronized void load() {
    if (!loaded) {
      OpenMp.prepare();
      try {
        unpack();
      } catch (IOException e) {
        throw new LinkageError("LightGBM cannot be unpacked: " + e.getMessage(), e);
      }
      loaded = true;
    }
  }

  private static void unpack() throws IOException {
    Path own = Files.createTempDirectory("pglynx-lightgbm");
    String shared = System.getProperty(TEMPORARY, "/tmp");
    // The JDK's own temporary files keep their place: it reads the property once, as it begins.
    System.setProperty(TEMPORARY, own.toString());
    try {
      LGBMBooster.loadNative();
    } finally {
      System.setProperty(TEMPORARY, shared);
      delete(own);
    }
  }

  /** What is mapped stays so. */
  private static void delete(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.list(directory)) {
      files = found.toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
    Files.delete(directory);
  }
}
