package org.pglynx.proxy.config;

import java.util.Optional;

/** Reads {@code [pools.NAME.users.KEY]}. */
final class UserReader {
  private static final int MAX_POOL_SIZE = 10_000;

  private final Section section;
  private final AuthConfig auth;
  private final int inheritedClients;
  private final Optional<AuthQueryConfig> query;

  UserReader(Section section, GeneralConfig general, Optional<AuthQueryConfig> query) {
    this.section = section;
    this.auth = general.auth();
    this.inheritedClients = general.clients().user();
    this.query = query;
  }

  UserConfig read(
      PoolMode inheritedMode,
      OnSessionState inheritedState,
      boolean inheritedDeferral,
      TimeoutConfig inherited,
      SupplyConfig supply) {
    String username = username();
    if (Section.tooLong(username)) {
      section.fault("username", Section.TOO_LONG);
    }
    AuthType authType = section.choice("auth_type", auth.authType());
    if (auth.rules().isPresent()) {
      section.withoutEffect("auth_type", "the rules of hba and auth_hba_file decide");
    }
    Secret password = password(username, authType);
    int poolSize = section.requiredInteger("pool_size", 1, MAX_POOL_SIZE);
    UserConfig user =
        new UserConfig(
            username,
            password,
            authType,
            section.text("server_username", username),
            section.secret("server_password", password),
            poolSize,
            minPoolSize(poolSize),
            section.choice("pool_mode", inheritedMode),
            section.choice("on_session_state", inheritedState),
            section.flag("deferred_begin", inheritedDeferral),
            new TimeoutReader(section).read(inherited),
            new SupplyReader(section).user(supply),
            section.integer("max_user_client_connections", inheritedClients, 0, 1_000_000));
    section.finish();
    return user;
  }

  private String username() {
    return section.name().equals(PoolConfig.ANY)
        ? section.text("username", PoolConfig.ANY)
        : section.requiredText("username");
  }

  private Secret password(String username, AuthType authType) {
    Secret password = section.secret("password", Secret.NONE);
    if (username.equals(PoolConfig.ANY)) {
      return ofAny(password, authType);
    }
    if (password.isEmpty() && asks(authType) && !auth.mayProve(username, query)) {
      unproven(username, authType);
    }
    return password;
  }

  /** Where secrets are listed elsewhere, somebody who is not in the list is kept out, as told. */
  private void unproven(String username, AuthType authType) {
    if (auth.userlist().isEmpty()) {
      section.fault(
          "password",
          "is missing or empty, and auth_type \"" + authType.configName() + "\" needs it");
    } else {
      section.notice("username", '"' + username + "\" is not in auth_file, and cannot come in");
    }
  }

  private static boolean asks(AuthType authType) {
    return switch (authType) {
      case TRUST, CERT -> false;
      case MD5, SCRAM_SHA_256, PASSWORD -> true;
    };
  }

  private Secret ofAny(Secret password, AuthType authType) {
    if (!password.isEmpty()) {
      section.fault("password", "\"*\" is many users, who cannot share one password");
    }
    if (asks(authType) && auth.rules().isEmpty() && query.isEmpty() && auth.userlist().isEmpty()) {
      section.fault("username", "\"*\" needs auth_query or auth_file, where the users are known");
    }
    return Secret.NONE;
  }

  private int minPoolSize(int poolSize) {
    int minPoolSize = section.integer("min_pool_size", 0, 0, MAX_POOL_SIZE);
    if (minPoolSize > poolSize) {
      section.fault("min_pool_size", minPoolSize + " is more than pool_size " + poolSize);
    }
    return minPoolSize;
  }
}
