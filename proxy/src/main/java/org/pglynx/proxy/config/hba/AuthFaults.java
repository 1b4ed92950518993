package org.pglynx.proxy.config.hba;

import java.util.ArrayList;
import java.util.List;
import org.pglynx.proxy.config.ConfigFault;

/** What is wrong with the files, and what is worth knowing about them. */
final class AuthFaults {
  private final List<ConfigFault> faults = new ArrayList<>();
  private final List<ConfigFault> notices = new ArrayList<>();

  void add(String file, int line, int column, String message) {
    faults.add(new ConfigFault(file, line, column, message));
  }

  void notice(AuthLine line, String message) {
    notices.add(new ConfigFault(line.file(), line.number(), 1, message));
  }

  List<ConfigFault> faults() {
    return List.copyOf(faults);
  }

  List<ConfigFault> notices() {
    return List.copyOf(notices);
  }
}
