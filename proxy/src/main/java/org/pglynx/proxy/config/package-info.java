/**
 * The configuration: immutable, validated records read from one TOML file. Every fault of a file is
 * collected with its line and column. Nothing here builds a runtime object, and only this package
 * knows the file format.
 */
@NullMarked
package org.pglynx.proxy.config;

import org.jspecify.annotations.NullMarked;
