package org.pglynx.proxy.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The {@code options} of a startup packet (PGOPTIONS): command-line switches of a server process,
 * of which those that set parameters are served.
 */
final class StartupOptions {
  private StartupOptions() {}

  /** Reads the switches into the parameters. */
  static void read(String options, Map<String, String> parameters) {
    List<String> words = words(options);
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("-c") && i + 1 < words.size()) {
        i++;
        setting(words.get(i), words.get(i), parameters);
      } else if (word.startsWith("-c") && word.length() > 2) {
        setting(word.substring(2), word, parameters);
      } else if (word.startsWith("--")) {
        setting(word.substring(2), word, parameters);
      } else {
        throw refused(word);
      }
    }
  }

  private static void setting(String assignment, String word, Map<String, String> parameters) {
    int equals = assignment.indexOf('=');
    if (equals < 1) {
      throw refused(word);
    }
    String name = assignment.substring(0, equals).replace('-', '_').toLowerCase(Locale.ROOT);
    parameters.put(name, assignment.substring(equals + 1));
  }

  private static IllegalArgumentException refused(String word) {
    return new IllegalArgumentException(
        "the option \"" + word + "\" is not served; use -c name=value or --name=value");
  }

  /** Splits at white space; a backslash makes the next character an ordinary one. */
  private static List<String> words(String options) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inside = false;
    for (int i = 0; i < options.length(); i++) {
      char c = options.charAt(i);
      if (c == '\\' && i + 1 < options.length()) {
        i++;
        word.append(options.charAt(i));
        inside = true;
      } else if (Character.isWhitespace(c)) {
        if (inside) {
          words.add(word.toString());
        }
        word.setLength(0);
        inside = false;
      } else {
        word.append(c);
        inside = true;
      }
    }
    if (inside) {
      words.add(word.toString());
    }
    return words;
  }
}
