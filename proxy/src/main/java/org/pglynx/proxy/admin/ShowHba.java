package org.pglynx.proxy.admin;

import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.pglynx.proxy.config.hba.AddressMatch;
import org.pglynx.proxy.config.hba.HbaRule;
import org.pglynx.proxy.config.hba.NameMatch;

/**
 * SHOW HBA: the rules in their order, much as PostgreSQL's pg_hba_file_rules shows them. The first
 * that matches decides; without rules each user's {@code auth_type} does.
 */
final class ShowHba implements Report<ShowHba.Row> {
  /** A rule and its place among the others. */
  record Row(int number, HbaRule rule) {}

  private static final Layout<Row> LAYOUT =
      Layout.<Row>empty()
          .number("rule_number", Row::number)
          .text("source", row -> row.rule().source())
          .text("type", row -> row.rule().way().word())
          .text("database", row -> names(row.rule().databases()))
          .text("user_name", row -> names(row.rule().users()))
          .text("address", row -> address(row.rule()))
          .text("auth_method", row -> row.rule().method().word())
          .text("options", row -> options(row.rule()));

  private final AdminView view;

  ShowHba(AdminView view) {
    this.view = view;
  }

  private static String names(List<NameMatch> names) {
    return names.stream().map(ShowHba::name).collect(Collectors.joining(","));
  }

  private static String name(NameMatch name) {
    return switch (name) {
      case NameMatch.All _ -> "all";
      case NameMatch.SameUser _ -> "sameuser";
      case NameMatch.Replication _ -> "replication";
      case NameMatch.Exactly exactly -> exactly.name();
      case NameMatch.Like like -> "/" + like.expression().pattern();
    };
  }

  private static String address(HbaRule rule) {
    return switch (rule.address()) {
      case AddressMatch.Any _ -> rule.way() == HbaRule.Way.LOCAL ? "" : "all";
      case AddressMatch.SameHost _ -> "samehost";
      case AddressMatch.SameNet _ -> "samenet";
      case AddressMatch.Network network ->
          NetUtil.toAddressString(network.address())
              + "/"
              + NetUtil.toAddressString(network.mask());
    };
  }

  private static String options(HbaRule rule) {
    List<String> options = new ArrayList<>();
    if (!rule.map().isEmpty()) {
      options.add("map=" + rule.map());
    }
    switch (rule.certificate()) {
      case NONE -> {}
      case VERIFY_CA -> options.add("clientcert=verify-ca");
      case VERIFY_FULL -> options.add("clientcert=verify-full");
    }
    return String.join(" ", options);
  }

  @Override
  public Layout<Row> layout() {
    return LAYOUT;
  }

  @Override
  public CompletionStage<List<Row>> rows() {
    List<HbaRule> rules = view.config().general().auth().rules().orElse(List.of());
    List<Row> rows = new ArrayList<>();
    for (HbaRule rule : rules) {
      rows.add(new Row(rows.size() + 1, rule));
    }
    return CompletableFuture.completedFuture(rows);
  }
}
