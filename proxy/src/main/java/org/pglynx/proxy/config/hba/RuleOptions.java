package org.pglynx.proxy.config.hba;

import org.pglynx.proxy.config.hba.HbaRule.ClientCertificate;

/** The OPTIONS of a rule, as parse_hba_auth_opt() of PostgreSQL takes them. */
final class RuleOptions {
  private final HbaRule.Way way;
  private final HbaMethod method;
  private String map = "";
  private ClientCertificate certificate;

  RuleOptions(HbaRule.Way way, HbaMethod method) {
    this.way = way;
    this.method = method;
    this.certificate =
        method == HbaMethod.CERT ? ClientCertificate.VERIFY_FULL : ClientCertificate.NONE;
  }

  String map() {
    return map;
  }

  ClientCertificate certificate() {
    return certificate;
  }

  void read(String option, int column) throws RuleException {
    int equals = option.indexOf('=');
    if (equals < 0) {
      throw new RuleException(column, "authentication option not in name=value format: " + option);
    }
    String name = option.substring(0, equals);
    String value = option.substring(equals + 1);
    switch (name) {
      case "map" -> map = map(value, column);
      case "clientcert" -> certificate = certificate(value, column);
      case "clientname" -> requireCommonName(value, column);
      default ->
          throw new RuleException(
              column, "unrecognized authentication option name: \"" + name + '"');
    }
  }

  private String map(String value, int column) throws RuleException {
    boolean full = certificate == ClientCertificate.VERIFY_FULL;
    if (method != HbaMethod.PEER && method != HbaMethod.CERT && !full) {
      throw new RuleException(
          column,
          "authentication option \"map\" is only valid for authentication methods peer and cert,"
              + " and behind clientcert=verify-full");
    }
    return value;
  }

  private ClientCertificate certificate(String value, int column) throws RuleException {
    if (way != HbaRule.Way.HOST_SSL) {
      throw new RuleException(column, "clientcert can only be configured for \"hostssl\" rows");
    }
    if (value.equals("verify-full")) {
      return ClientCertificate.VERIFY_FULL;
    }
    if (!value.equals("verify-ca")) {
      throw new RuleException(column, "invalid value for clientcert: \"" + value + '"');
    }
    if (method == HbaMethod.CERT) {
      throw new RuleException(
          column, "clientcert only accepts \"verify-full\" when using \"cert\" authentication");
    }
    return ClientCertificate.VERIFY_CA;
  }

  private void requireCommonName(String value, int column) throws RuleException {
    if (value.equals("DN")) {
      throw new RuleException(
          column, "clientname=DN is not served; certificates are named by their CN");
    }
    if (!value.equals("CN")) {
      throw new RuleException(column, "invalid value for clientname: \"" + value + '"');
    }
  }
}
