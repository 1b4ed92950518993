package org.pglynx.proxy.config;

/**
 * Who may use the admin databases.
 *
 * @param username the admin's user name
 * @param password the admin's password
 * @param authType how the admin proves who it is
 */
public record AdminConfig(String username, Secret password, AuthType authType) {}
