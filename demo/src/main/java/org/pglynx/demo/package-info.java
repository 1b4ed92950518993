/** The command {@code pglynx demo}: an embedded PostgreSQL behind the proxy, and a tour of it. */
@NullMarked
package org.pglynx.demo;

import org.jspecify.annotations.NullMarked;
