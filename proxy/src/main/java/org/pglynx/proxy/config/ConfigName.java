package org.pglynx.proxy.config;

/** An enum constant that a configuration file spells in its own way. */
interface ConfigName {
  /** The constant as written in the file. */
  String configName();
}
