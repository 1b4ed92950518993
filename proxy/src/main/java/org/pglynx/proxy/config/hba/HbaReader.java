package org.pglynx.proxy.config.hba;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.pglynx.proxy.config.ConfigFault;

/** Reads rules and user maps; collects every fault with its file, line and column. */
public final class HbaReader {
  private final AuthFaults faults = new AuthFaults();

  /** What is wrong with all that has been read so far. */
  public List<ConfigFault> faults() {
    return faults.faults();
  }

  /** What is worth knowing about it. */
  public List<ConfigFault> notices() {
    return faults.notices();
  }

  /**
   * The rules of a file like pg_hba.conf, in its order.
   *
   * @param namedIn the file that names it, with line and column, for the fault if it is not there
   */
  public List<HbaRule> rules(Path file, String namedIn, int line, int column) {
    List<HbaRule> rules = new ArrayList<>();
    for (AuthLine each : new AuthFile(faults).read(file, namedIn, line, column)) {
      rule(each, each.number(), 0, rules);
    }
    return rules;
  }

  /** The rules of one line that stands in another file, as a record of pg_hba.conf. */
  public List<HbaRule> inline(String record, String file, int line, int column) {
    List<HbaRule> rules = new ArrayList<>();
    rule(new AuthLine(file, line, new Tokenizer(record).fields()), line, column, rules);
    return rules;
  }

  private void rule(AuthLine line, int number, int fixedColumn, List<HbaRule> into) {
    try {
      into.add(new RuleParser(line, faults).parse());
    } catch (RuleException e) {
      faults.add(line.file(), number, fixedColumn == 0 ? e.column() : fixedColumn, e.reason());
    }
  }

  /** The entries of a file like pg_ident.conf, in its order. */
  public List<IdentEntry> maps(Path file, String namedIn, int line, int column) {
    List<IdentEntry> entries = new ArrayList<>();
    for (AuthLine each : new AuthFile(faults).read(file, namedIn, line, column)) {
      try {
        entries.add(new IdentParser(each).parse());
      } catch (RuleException e) {
        faults.add(each.file(), each.number(), e.column(), e.reason());
      }
    }
    return entries;
  }
}
