package org.pglynx.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.pglynx.proxy.wire.Choices;

/**
 * Fuzz target: lists of users made of what they are made of, some of it very long, and of any
 * bytes.
 *
 * <p>Holds: nothing is thrown; each line is a user, a fault, a comment or empty; a fault shows no
 * secret; what is quoted as PgBouncer quotes it is read as it was before.
 */
public final class UserlistFuzz {
  private static final List<String> PIECES =
      List.of(
          "\"",
          "\"\"",
          " ",
          "\t",
          ";",
          "\n",
          "\r\n",
          "anna",
          "\u00e9",
          "\0",
          "md5",
          "SCRAM-SHA-256$",
          "4096:",
          "c2FsdA==",
          "$",
          ":",
          "=",
          "\u2028",
          "\u000b",
          "'",
          "\\");

  private UserlistFuzz() {}

  /** Runs one input. */
  public static void fuzzerTestOneInput(byte[] input) {
    Choices choices = new Choices(input);
    switch (choices.below(3)) {
      case 0 -> check(new String(choices.rest(), StandardCharsets.UTF_8));
      case 1 -> check(text(choices));
      default -> quoted(choices);
    }
  }

  private static String text(Choices choices) {
    StringBuilder text = new StringBuilder();
    while (choices.more()) {
      text.append(choices.of(PIECES).repeat(count(choices)));
    }
    return text.toString();
  }

  /** Mostly one, now and then very many. */
  private static int count(Choices choices) {
    int choice = choices.below(64);
    return choice < 60 ? 1 : 1 << (choice - 48);
  }

  private static void check(String text) {
    List<String> lines = text.lines().toList();
    Userlist list = Userlist.parse(lines);
    assertThat(list.users().size() + list.faults().size()).isLessThanOrEqualTo(lines.size());
    assertThat(list.users().keySet()).doesNotContain("");
    list.faults()
        .forEach((line, fault) -> {
          assertThat(line).isBetween(1, lines.size());
          // The verifier's own form is told, what stands in the file is not.
          assertThat(fault).doesNotContain("c2FsdA==");
        });
  }

  /** A user and a secret of any characters but line ends come back from their quotes. */
  private static void quoted(Choices choices) {
    String user = "u" + line(choices, 1 + choices.below(20));
    String secret = line(choices, choices.below(40));
    Userlist list = Userlist.parse(List.of(quote(user) + ' ' + quote(secret) + choices.of(TAILS)));
    if (new Secret(secret).fault().isEmpty()) {
      assertThat(list.faults()).isEmpty();
      assertThat(list.users()).containsExactly(java.util.Map.entry(user, new Secret(secret)));
    } else {
      assertThat(list.faults()).hasSize(1);
    }
  }

  private static final List<String> TAILS = List.of("", " ", " \"rest\"", "\t;");

  private static String line(Choices choices, int pieces) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < pieces; i++) {
      text.append(choices.of(PIECES));
    }
    return text.toString();
  }

  private static String quote(String text) {
    return '"' + text.replace("\"", "\"\"") + '"';
  }
}
