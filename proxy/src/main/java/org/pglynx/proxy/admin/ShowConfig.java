package org.pglynx.proxy.admin;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.pglynx.proxy.config.Setting;

/** SHOW CONFIG. What SET changes is changeable; RELOAD changes those of pools and users as well. */
final class ShowConfig implements Report<Setting> {
  private static final String GENERAL = "general.";

  private final AdminView view;
  private final Layout<Setting> layout;

  ShowConfig(AdminView view) {
    this.view = view;
    this.layout =
        Layout.<Setting>empty()
            .text("key", ShowConfig::key)
            .text("value", Setting::value)
            .text("default", Setting::defaultValue)
            .text("changeable", setting -> view.changeable(setting.key()) ? "yes" : "no");
  }

  /** Names of the general settings, as people know them from PgBouncer and pgcat. */
  static Set<String> generalNames(AdminView view) {
    return view.config().settings().stream()
        .filter(setting -> setting.key().startsWith(GENERAL))
        .map(ShowConfig::key)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The names of settings of pools and their users. */
  static Set<String> poolNames(AdminView view) {
    return view.config().settings().stream()
        .map(Setting::key)
        .filter(key -> key.startsWith("pools."))
        .map(key -> key.substring(key.lastIndexOf('.') + 1))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** The general settings stand without their table's name, as in PgBouncer and pgcat. */
  private static String key(Setting setting) {
    String key = setting.key();
    return key.startsWith(GENERAL) ? key.substring(GENERAL.length()) : key;
  }

  @Override
  public Layout<Setting> layout() {
    return layout;
  }

  @Override
  public CompletionStage<List<Setting>> rows() {
    return CompletableFuture.completedFuture(view.config().settings());
  }
}
