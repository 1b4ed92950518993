package org.pglynx.proxy.config;

/** Reads {@code [pools.NAME.users.KEY]}. */
final class UserReader {
  private static final int MAX_POOL_SIZE = 10_000;

  private final Section section;

  UserReader(Section section) {
    this.section = section;
  }

  UserConfig read(PoolMode inheritedMode, TimeoutConfig inherited) {
    String username = section.requiredText("username");
    AuthType authType = section.choice("auth_type", AuthType.SCRAM_SHA_256);
    Secret password = password(authType);
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
            new TimeoutReader(section).read(inherited));
    section.notServed("statement_timeout", 0L);
    section.finish();
    return user;
  }

  private Secret password(AuthType authType) {
    Secret password = section.secret("password", Secret.NONE);
    if (password.isEmpty() && authType != AuthType.TRUST) {
      section.fault(
          "password",
          "is missing or empty, and auth_type \"" + authType.configName() + "\" needs it");
    }
    return password;
  }

  private int minPoolSize(int poolSize) {
    int minPoolSize = section.integer("min_pool_size", 0, 0, MAX_POOL_SIZE);
    if (minPoolSize > poolSize) {
      section.fault("min_pool_size", minPoolSize + " is more than pool_size " + poolSize);
    }
    return minPoolSize;
  }
}
