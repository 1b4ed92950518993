package org.pglynx.proxy.admission;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.config.hba.AddressMatch;
import org.pglynx.proxy.config.hba.HbaRule;
import org.pglynx.proxy.config.hba.NameMatch;
import org.pglynx.proxy.session.Caller;
import org.pglynx.proxy.session.Origin;

/** Finds the rule for a caller: the first that matches, as check_hba() of PostgreSQL does. */
final class HbaGate {
  private final List<HbaRule> rules;
  private final LocalNetworks networks;

  HbaGate(List<HbaRule> rules, LocalNetworks networks) {
    this.rules = List.copyOf(rules);
    this.networks = networks;
  }

  @Nullable HbaRule rule(Caller caller) {
    for (HbaRule rule : rules) {
      if (way(rule.way(), caller.origin())
          && address(rule.address(), caller.origin().address())
          && database(rule.databases(), caller)
          && user(rule.users(), caller.user())) {
        return rule;
      }
    }
    return null;
  }

  private static boolean way(HbaRule.Way way, Origin origin) {
    return switch (way) {
      case LOCAL -> origin.local();
      case HOST, HOST_NO_GSS -> !origin.local();
      case HOST_SSL -> !origin.local() && origin.encrypted();
      case HOST_NO_SSL -> !origin.local() && !origin.encrypted();
      case HOST_GSS -> false;
    };
  }

  private boolean address(AddressMatch match, @Nullable InetAddress address) {
    if (address == null) {
      return match instanceof AddressMatch.Any;
    }
    return switch (match) {
      case AddressMatch.Any any -> true;
      case AddressMatch.SameHost host -> networks.ownAddress(address);
      case AddressMatch.SameNet net -> networks.ownNetwork(address);
      case AddressMatch.Network network -> network.contains(address);
    };
  }

  private static boolean database(List<NameMatch> names, Caller caller) {
    return names.stream()
        .anyMatch(name ->
            caller.replication() ? name instanceof NameMatch.Replication : database(name, caller));
  }

  private static boolean database(NameMatch name, Caller caller) {
    return switch (name) {
      case NameMatch.All all -> true;
      case NameMatch.SameUser same -> caller.database().equals(caller.user());
      case NameMatch.Replication replication -> false;
      case NameMatch.Exactly exactly -> exactly.name().equals(caller.database());
      case NameMatch.Like like -> like.expression().matcher(caller.database()).find();
    };
  }

  private static boolean user(List<NameMatch> names, String user) {
    return names.stream()
        .anyMatch(name ->
            switch (name) {
              case NameMatch.All all -> true;
              case NameMatch.SameUser same -> false;
              case NameMatch.Replication replication -> false;
              case NameMatch.Exactly exactly -> exactly.name().equals(user);
              case NameMatch.Like like -> like.expression().matcher(user).find();
            });
  }
}
