package org.pglynx.proxy.config;

/**
 * One key of the configuration with the value in effect, for people to read.
 *
 * @param key the key's full path, such as {@code general.port}
 * @param value the value in effect; secrets are masked
 * @param defaultValue the value the key has when the file does not name it; "-" when it must be
 *     named
 */
public record Setting(String key, String value, String defaultValue) {}
