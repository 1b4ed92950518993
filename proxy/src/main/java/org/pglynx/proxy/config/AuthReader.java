package org.pglynx.proxy.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pglynx.proxy.config.hba.HbaReader;
import org.pglynx.proxy.config.hba.HbaRule;
import org.pglynx.proxy.config.hba.IdentEntry;
import org.tomlj.TomlPosition;

/** Reads the keys of {@code [general]} that say who may come in, and the files that they name. */
final class AuthReader {
  private final Section section;
  private final HbaReader files = new HbaReader();

  AuthReader(Section section) {
    this.section = section;
  }

  AuthConfig read() {
    AuthConfig auth =
        new AuthConfig(
            section.choice("auth_type", AuthType.SCRAM_SHA_256),
            rules(),
            maps(),
            userlist(),
            new AuthQueryReader(section).read(Optional.empty()),
            section.flag("allow_plaintext_password", false),
            section.integer("max_auto_pools", 1_000, 1, 1_000_000),
            // In seconds, as PgBouncer has it.
            1_000L * section.integer("autodb_idle_timeout", 3_600, 0, 10_000_000));
    files.faults().forEach(section.report()::fault);
    files.notices().forEach(section.report()::notice);
    return auth;
  }

  /** The inline rules come first. */
  private Optional<List<HbaRule>> rules() {
    List<HbaRule> rules = new ArrayList<>();
    section.list("hba").forEach(rule -> rules.addAll(inline(rule)));
    String file = section.text("auth_hba_file", "");
    if (!file.isEmpty()) {
      TomlPosition at = section.positionOf("auth_hba_file");
      rules.addAll(
          files.rules(
              section.report().resolve(file), section.report().file(), at.line(), at.column()));
    }
    return file.isEmpty() && !section.has("hba") ? Optional.empty() : Optional.of(rules);
  }

  private List<HbaRule> inline(Section rule) {
    String type = rule.requiredText("type");
    if (!type.equals("local") && !rule.has("address")) {
      rule.fault("address", "is missing; \"all\" is every address");
      return List.of();
    }
    StringBuilder line = new StringBuilder(type);
    line.append(' ').append(rule.text("database", "all"));
    line.append(' ').append(rule.text("user", "all"));
    line.append(' ').append(rule.text("address", ""));
    line.append(' ').append(rule.requiredText("method"));
    for (String option : List.of("map", "clientcert")) {
      String value = rule.text(option, "");
      line.append(value.isEmpty() ? "" : " " + option + "=" + value);
    }
    rule.finish();
    return files.inline(
        line.toString(), section.report().file(), rule.position().line(), rule.position().column());
  }

  private List<IdentEntry> maps() {
    String file = section.text("auth_ident_file", "");
    if (file.isEmpty()) {
      return List.of();
    }
    TomlPosition at = section.positionOf("auth_ident_file");
    return files.maps(
        section.report().resolve(file), section.report().file(), at.line(), at.column());
  }

  private Map<String, Secret> userlist() {
    String file = section.text("auth_file", "");
    if (file.isEmpty()) {
      return new LinkedHashMap<>();
    }
    Path path = section.report().resolve(file);
    return new UserlistReader(path, section).read();
  }
}
