package org.pglynx.proxy.config;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads PgBouncer's {@code userlist.txt}: {@code "user" "secret"} in each line, {@code ""} for a
 * quote within, the rest of the line without meaning, {@code ;} before a comment.
 */
final class UserlistReader {
  private static final Pattern ENTRY =
      Pattern.compile("\\s*\"((?:[^\"]|\"\")*)\"\\s*\"((?:[^\"]|\"\")*)\"(?:\\s.*)?");

  private final Path file;
  private final Section section;
  private final Map<String, Secret> users = new LinkedHashMap<>();

  UserlistReader(Path file, Section section) {
    this.file = file;
    this.section = section;
  }

  Map<String, Secret> read() {
    int number = 0;
    for (String line : lines()) {
      number++;
      String trimmed = line.strip();
      if (!trimmed.isEmpty() && trimmed.charAt(0) != ';') {
        entry(line, number);
      }
    }
    return users;
  }

  private void entry(String line, int number) {
    Matcher found = ENTRY.matcher(line);
    if (!found.matches()) {
      fault(number, "expected \"user\" \"secret\" in double quotes");
      return;
    }
    String user = unquoted(found.group(1));
    Secret secret = new Secret(unquoted(found.group(2)));
    if (user.isEmpty()) {
      fault(number, "the user's name is empty");
    } else if (secret.fault().isPresent()) {
      fault(number, '"' + user + "\": " + secret.fault().get());
    } else if (users.putIfAbsent(user, secret) != null) {
      fault(number, "\"" + user + "\" is in the file already");
    }
  }

  private static String unquoted(String text) {
    return text.replace("\"\"", "\"");
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

  private void fault(int number, String message) {
    section.report().fault(new ConfigFault(file.toString(), number, 1, message));
  }
}
