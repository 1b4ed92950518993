package org.pglynx.proxy.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used; it carries all its faults, in file order. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<ConfigFault> faults;

  ConfigException(List<ConfigFault> faults) {
    super(faults.stream().map(ConfigFault::toString).collect(Collectors.joining("\n")));
    this.faults = List.copyOf(faults);
  }

  /** All faults of the file, in file order; never empty. */
  public List<ConfigFault> faults() {
    return faults;
  }
}
