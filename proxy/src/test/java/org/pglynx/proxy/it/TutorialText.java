package org.pglynx.proxy.it;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The blocks of SQL in a text in Markdown, and what is shown after them. */
final class TutorialText {
  private static final String SQL = "```sql";
  private static final String SHOWN = "```text";
  private static final String END = "```";

  /**
   * One block.
   *
   * @param sql its text
   * @param shown what the text shows as its answer, or null
   */
  record Block(String sql, @Nullable String shown) {
    /** Its statements; each ends with a semicolon at the end of a line. */
    List<String> statements() {
      return Arrays.stream(sql.split(";\n")).filter(each -> !each.isBlank()).toList();
    }

    /** The text with another answer after this block. */
    String withAnswer(String text, String answer) {
      String before = SQL + "\n" + sql + END + "\n\n" + SHOWN + "\n";
      return text.replace(before + shown + END, before + answer + END);
    }
  }

  private TutorialText() {}

  /** All blocks in order; an answer follows its block after an empty line. */
  static List<Block> blocks(List<String> lines) {
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).equals(SQL)) {
        String sql = upToEnd(lines, i + 1);
        int after = i + (int) sql.lines().count() + 3;
        boolean answered = after < lines.size() && lines.get(after).equals(SHOWN);
        blocks.add(new Block(sql, answered ? upToEnd(lines, after + 1) : null));
      }
    }
    return blocks;
  }

  private static String upToEnd(List<String> lines, int from) {
    StringBuilder text = new StringBuilder();
    for (int i = from; !lines.get(i).equals(END); i++) {
      text.append(lines.get(i)).append('\n');
    }
    return text.toString();
  }
}
