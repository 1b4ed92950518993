package org.pglynx.proxy.sql;

import java.util.List;

/**
 * Where the characters of an edited text stand in the original one. Positions are a server's: they
 * count characters from 1, and one beyond the basic plane is one character.
 */
public final class TextPositions {
  private final String original;
  private final String edited;
  private final List<Edit> edits;

  /**
   * One edit: the original's characters [from, to) became the edited text's [newFrom, newTo).
   *
   * @param shown the original's character that all of them are told to stand at
   */
  record Edit(int from, int to, int newFrom, int newTo, int shown) {}

  TextPositions(String original, String edited, List<Edit> edits) {
    this.original = original;
    this.edited = edited;
    this.edits = List.copyOf(edits);
  }

  /** The place in the original text; of what an edit has put in, the place of the edit. */
  public int original(int position) {
    if (position < 1 || position > edited.codePointCount(0, edited.length()) + 1) {
      return position;
    }
    int place = place(edited.offsetByCodePoints(0, position - 1));
    return original.codePointCount(0, place) + 1;
  }

  private int place(int at) {
    int shift = 0;
    for (Edit edit : edits) {
      if (at < edit.newFrom()) {
        break;
      }
      if (at < edit.newTo()) {
        return edit.shown();
      }
      shift = edit.to() - edit.newTo();
    }
    return Math.clamp(at + shift, 0, original.length());
  }
}
