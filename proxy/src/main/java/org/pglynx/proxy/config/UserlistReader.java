package org.pglynx.proxy.config;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Reads PgBouncer's {@code userlist.txt}; its faults are faults of the configuration. */
final class UserlistReader {
  private final Path file;
  private final Section section;

  UserlistReader(Path file, Section section) {
    this.file = file;
    this.section = section;
  }

  Map<String, Secret> read() {
    Userlist list = Userlist.parse(lines());
    list.faults()
        .forEach((line, fault) ->
            section.report().fault(new ConfigFault(file.toString(), line, 1, fault)));
    return list.users();
  }

  private List<String> lines() {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException _) {
      section.fault("auth_file", "no such file: " + file);
    } catch (MalformedInputException _) {
      section.fault("auth_file", "is not UTF-8 text: " + file);
    } catch (IOException e) {
      section.fault("auth_file", "cannot be read: " + e.getMessage());
    }
    return List.of();
  }
}
