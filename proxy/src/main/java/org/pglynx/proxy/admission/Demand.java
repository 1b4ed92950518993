package org.pglynx.proxy.admission;

import org.pglynx.proxy.config.hba.HbaMethod;
import org.pglynx.proxy.config.hba.HbaRule;
import org.pglynx.proxy.config.hba.HbaRule.ClientCertificate;

/**
 * What is asked of a caller: by a rule, or by its account.
 *
 * @param method how it proves who it is
 * @param map the user map for names from outside; empty for none
 * @param certificate what certificate it must show besides
 * @param source where it is said, for the log
 */
record Demand(HbaMethod method, String map, ClientCertificate certificate, String source) {
  static Demand of(HbaRule rule) {
    return new Demand(rule.method(), rule.map(), rule.certificate(), rule.source());
  }

  static Demand of(HbaMethod method) {
    return new Demand(
        method,
        "",
        method == HbaMethod.CERT ? ClientCertificate.VERIFY_FULL : ClientCertificate.NONE,
        "auth_type");
  }
}
