package org.pglynx.proxy.config;

/**
 * Somebody who may use the admin databases.
 *
 * @param username the user name
 * @param password the password
 * @param authType how this user proves who it is
 * @param changes whether this user may change anything, and not only look
 */
public record AdminConfig(String username, Secret password, AuthType authType, boolean changes) {}
