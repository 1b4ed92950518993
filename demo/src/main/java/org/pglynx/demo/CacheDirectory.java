package org.pglynx.demo;

import java.nio.file.Path;
import java.util.Map;

/** Where files that can be made again are kept, as the XDG base directory specification says. */
final class CacheDirectory {
  private CacheDirectory() {}

  /** The user's directory for pglynx; it need not exist. */
  static Path ofUser(Map<String, String> environment) {
    String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path base =
        Path.of(cache).isAbsolute()
            ? Path.of(cache)
            : Path.of(System.getProperty("user.home"), ".cache");
    return base.resolve("pglynx");
  }
}
