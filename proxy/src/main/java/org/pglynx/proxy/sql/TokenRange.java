package org.pglynx.proxy.sql;

/**
 * Some neighbouring tokens.
 *
 * @param from index of the first
 * @param to index behind the last
 */
public record TokenRange(int from, int to) {
  /** How many tokens. */
  public int size() {
    return to - from;
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return from >= to;
  }

  /** Whether the other range lies in this one. */
  public boolean contains(TokenRange other) {
    return from <= other.from && other.to <= to;
  }
}
