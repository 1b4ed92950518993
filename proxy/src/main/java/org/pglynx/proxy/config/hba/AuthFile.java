package org.pglynx.proxy.config.hba;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of a file and of the files that it includes, as tokenize_auth_file() of
 * PostgreSQL does: comments, continued lines, {@code include}, {@code include_if_exists}, {@code
 * include_dir}, and {@code @file} in a list.
 */
final class AuthFile {
  /** CONF_FILE_MAX_DEPTH. */
  private static final int MAX_DEPTH = 10;

  private final AuthFaults faults;
  private final List<AuthLine> lines = new ArrayList<>();

  /** Those that are being read: one names the next. */
  private final Set<Path> open = new HashSet<>();

  AuthFile(AuthFaults faults) {
    this.faults = faults;
  }

  /** All records; a file that cannot be read is a fault at the place that names it. */
  List<AuthLine> read(Path file, String namedIn, int line, int column) {
    read(file, new Place(namedIn, line, column), 0, true);
    return List.copyOf(lines);
  }

  private record Place(String file, int line, int column) {}

  private void read(Path file, Place from, int depth, boolean required) {
    if (depth > MAX_DEPTH) {
      fault(from, "could not open file \"" + file + "\": maximum nesting depth exceeded");
      return;
    }
    if (!open.add(file.normalize())) {
      // At once: two such lines would be read a thousand times before they are too deep.
      fault(from, "could not open file \"" + file + "\": it includes itself");
      return;
    }
    records(file, content(file, from, required), depth);
    open.remove(file.normalize());
  }

  private void records(Path file, List<String> physical, int depth) {
    int number = 0;
    while (number < physical.size()) {
      int first = number + 1;
      StringBuilder whole = new StringBuilder(physical.get(number++));
      while (!whole.isEmpty() && whole.charAt(whole.length() - 1) == '\\') {
        whole.setLength(whole.length() - 1);
        whole.append(number < physical.size() ? physical.get(number++) : "");
      }
      record(file, first, whole.toString(), depth);
    }
  }

  private void record(Path file, int number, String text, int depth) {
    List<AuthLine.Field> fields = new Tokenizer(text).fields();
    if (fields.isEmpty()) {
      return;
    }
    Place here = new Place(file.toString(), number, fields.getFirst().column());
    AuthLine.Token first = fields.getFirst().tokens().getFirst();
    if (first.is("include") || first.is("include_if_exists") || first.is("include_dir")) {
      include(first, fields, file, here, depth);
      return;
    }
    lines.add(
        new AuthLine(
            file.toString(),
            number,
            fields.stream().map(field -> expanded(field, file, here, depth)).toList()));
  }

  private void include(
      AuthLine.Token how, List<AuthLine.Field> fields, Path file, Place here, int depth) {
    if (fields.size() != 2 || fields.get(1).tokens().size() != 1) {
      fault(here, how.text() + " takes one file name; quote it if it has blanks or commas");
      return;
    }
    Path named = sibling(file, fields.get(1).tokens().getFirst().text(), here);
    if (named == null) {
      return;
    }
    switch (how.text()) {
      case "include" -> read(named, here, depth + 1, true);
      case "include_if_exists" -> read(named, here, depth + 1, false);
      default -> directory(named, here, depth);
    }
  }

  /** A file that another names; null, and a fault, if nothing can be called so. */
  private @Nullable Path sibling(Path file, String name, Place here) {
    try {
      return file.resolveSibling(name);
    } catch (InvalidPathException e) {
      fault(here, "this is no name of a file: " + e.getReason());
      return null;
    }
  }

  private void directory(Path directory, Place here, int depth) {
    try (Stream<Path> entries = Files.list(directory)) {
      List<Path> files = entries.filter(AuthFile::configurationFile).sorted().toList();
      files.forEach(entry -> read(entry, here, depth + 1, true));
    } catch (IOException e) {
      fault(here, "could not open directory \"" + directory + "\": " + why(e));
    }
  }

  private static boolean configurationFile(Path file) {
    String name = String.valueOf(file.getFileName());
    return !name.startsWith(".") && name.endsWith(".conf") && Files.isRegularFile(file);
  }

  /** Puts the values of the files that are named in a list in their place. */
  private AuthLine.Field expanded(AuthLine.Field field, Path file, Place here, int depth) {
    List<AuthLine.Token> tokens = new ArrayList<>();
    for (AuthLine.Token token : field.tokens()) {
      if (token.namesFile()) {
        Place at = new Place(here.file(), here.line(), field.column());
        Path named = sibling(file, token.text().substring(1), at);
        if (named != null) {
          values(named, at, depth + 1, tokens);
        }
      } else {
        tokens.add(token);
      }
    }
    return new AuthLine.Field(field.column(), List.copyOf(tokens));
  }

  private void values(Path file, Place from, int depth, List<AuthLine.Token> into) {
    if (depth > MAX_DEPTH) {
      fault(from, "could not open file \"" + file + "\": maximum nesting depth exceeded");
      return;
    }
    if (!open.add(file.normalize())) {
      fault(from, "could not open file \"" + file + "\": it includes itself");
      return;
    }
    for (String line : content(file, from, true)) {
      for (AuthLine.Field field : new Tokenizer(line).fields()) {
        into.addAll(expanded(field, file, from, depth).tokens());
      }
    }
    open.remove(file.normalize());
  }

  private List<String> content(Path file, Place from, boolean required) {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      if (required) {
        fault(from, "could not open file \"" + file + "\": " + why(e));
      }
    } catch (IOException e) {
      fault(from, "could not open file \"" + file + "\": " + why(e));
    }
    return List.of();
  }

  private static String why(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "No such file or directory";
      case NotDirectoryException _ -> "Not a directory";
      case MalformedInputException _ -> "it is not UTF-8 text";
      default -> String.valueOf(e.getMessage());
    };
  }

  private void fault(Place at, String message) {
    faults.add(at.file(), at.line(), at.column(), message);
  }
}
