package org.pglynx.proxy.reload;

import java.util.List;

/** A configuration that is not taken; the old one stays in effect, whole. */
public final class ReloadException extends Exception {
  private static final long serialVersionUID = 1L;

  private final List<String> faults;

  /** All that is wrong with it, each with its place. */
  public ReloadException(List<String> faults) {
    super(String.join("\n", faults));
    this.faults = List.copyOf(faults);
  }

  /** What is wrong. */
  public List<String> faults() {
    return faults;
  }
}
