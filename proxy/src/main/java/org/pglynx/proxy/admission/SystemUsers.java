package org.pglynx.proxy.admission;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The operating system's users by number, for the method {@code peer}; as /etc/passwd has them when
 * the rules are loaded, because looking them up later could block an event loop.
 *
 * @param names by user number
 */
public record SystemUsers(Map<Integer, String> names) {
  /** Copies the map. */
  public SystemUsers {
    names = Map.copyOf(names);
  }

  /** Those of this machine; nobody if the file cannot be read. */
  public static SystemUsers ofThisMachine() {
    Map<Integer, String> names = new HashMap<>();
    try {
      for (String line : Files.readAllLines(Path.of("/etc/passwd"), StandardCharsets.ISO_8859_1)) {
        String[] fields = line.split(":", -1);
        if (fields.length > 2 && fields[2].matches("\\d{1,9}")) {
          names.putIfAbsent(Integer.parseInt(fields[2]), fields[0]);
        }
      }
    } catch (IOException e) {
      return new SystemUsers(Map.of());
    }
    return new SystemUsers(names);
  }

  @Nullable String name(int uid) {
    return names.get(uid);
  }
}
