/**
 * A client and a server that know what to say, on loopback sockets and with nothing but the
 * product's own jar: a proxy is between them while the JVM makes its AOT cache
 * (docs/adr/0160-aot-cache.md), and for a moment before each start.
 */
@NullMarked
package org.pglynx.proxy.app.rehearsal;

import org.jspecify.annotations.NullMarked;
