package org.pglynx.proxy.config.pgbouncer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pglynx.proxy.config.ConfigFault;

/**
 * The lines of a {@code pgbouncer.ini}: sections, {@code key = value}, comments that begin a line
 * with {@code ;} or {@code #}, and {@code %include} of further files.
 */
final class IniFile {
  /** As deep as PgBouncer follows includes. */
  private static final int MAX_DEPTH = 10;

  private static final Pattern SECTION = Pattern.compile("\\[\\s*([^\\]]*?)\\s*\\]");
  private static final Pattern ASSIGNMENT =
      Pattern.compile("(\"(?:[^\"]|\"\")*\"|[^=\\s]+)\\s*=\\s*(.*)");
  private static final Pattern INCLUDE = Pattern.compile("%include\\s+(.+)");

  private final List<IniEntry> entries = new ArrayList<>();
  private final List<ConfigFault> faults = new ArrayList<>();
  private String section = "";

  private IniFile() {}

  /** Reads the text of a file, and the files that it includes. */
  static IniFile read(String text, String name) {
    IniFile read = new IniFile();
    read.lines(text.lines().toList(), name, 0);
    return read;
  }

  /** In the order of the file. */
  List<IniEntry> entries() {
    return entries;
  }

  List<ConfigFault> faults() {
    return faults;
  }

  private void lines(List<String> lines, String file, int depth) {
    int number = 0;
    for (String line : lines) {
      number++;
      String text = line.strip();
      if (!text.isEmpty() && text.charAt(0) != ';' && text.charAt(0) != '#') {
        line(text, file, number, depth);
      }
    }
  }

  private void line(String text, String file, int number, int depth) {
    Matcher header = SECTION.matcher(text);
    Matcher assignment = ASSIGNMENT.matcher(text);
    Matcher include = INCLUDE.matcher(text);
    if (header.matches()) {
      section = header.group(1).toLowerCase(Locale.ROOT);
    } else if (include.matches()) {
      include(include.group(1).strip(), file, number, depth);
    } else if (assignment.matches()) {
      String key = unquoted(assignment.group(1));
      entries.add(new IniEntry(section, key, assignment.group(2).strip(), file, number));
    } else {
      faults.add(fault(file, number, "expected \"key = value\", \"[section]\" or \"%include\""));
    }
  }

  private static String unquoted(String key) {
    return key.startsWith("\"") && key.endsWith("\"") && key.length() > 1
        ? key.substring(1, key.length() - 1).replace("\"\"", "\"")
        : key;
  }

  private void include(String named, String file, int number, int depth) {
    Path path = Path.of(file).resolveSibling(named);
    if (depth == MAX_DEPTH) {
      faults.add(fault(file, number, "%include " + named + ": included too deep"));
      return;
    }
    try {
      lines(Files.readAllLines(path), path.toString(), depth + 1);
    } catch (IOException _) {
      faults.add(fault(file, number, "%include: cannot read the file \"" + path + '"'));
    }
  }

  static ConfigFault fault(String file, int line, String message) {
    return new ConfigFault(file, line, 1, message);
  }
}
