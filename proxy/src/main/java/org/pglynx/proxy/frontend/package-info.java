/** The listening socket and the thin Netty handler of client connections. */
@NullMarked
package org.pglynx.proxy.frontend;

import org.jspecify.annotations.NullMarked;
