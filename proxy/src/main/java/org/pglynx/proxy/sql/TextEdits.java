package org.pglynx.proxy.sql;

import java.util.ArrayList;
import java.util.List;

/** Replaces ranges of a text, from left to right; everything else stays as it was. */
public final class TextEdits {
  private final String text;
  private final StringBuilder out;
  private final List<TextPositions.Edit> edits = new ArrayList<>();
  private int done;

  /** No edits yet. */
  public TextEdits(String text) {
    this.text = text;
    this.out = new StringBuilder(text.length() + 64);
  }

  /** Replaces the characters [from, to); the range lies behind all earlier ones. */
  public TextEdits replace(int from, int to, String replacement) {
    return replace(from, to, replacement, from);
  }

  /**
   * The same for what is put in because of something else.
   *
   * @param shown where that stands: errors in the replacement are told to be there
   */
  public TextEdits replace(int from, int to, String replacement, int shown) {
    if (from < done || to < from) {
      throw new IllegalArgumentException("edits must not overlap: " + from + " < " + done);
    }
    out.append(text, done, from);
    int start = out.length();
    edits.add(new TextPositions.Edit(from, to, start, start + replacement.length(), shown));
    out.append(replacement);
    done = to;
    return this;
  }

  /** Where the edited text's characters come from; asked for behind the last edit. */
  public TextPositions positions() {
    return new TextPositions(text, result(), edits);
  }

  /** The text with all replacements. */
  public String result() {
    return out + text.substring(done);
  }
}
