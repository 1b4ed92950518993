/**
 * The logins: how a client proves itself to the proxy and how the proxy proves itself to a server
 * (trust, md5, SCRAM-SHA-256 and -PLUS). Pure logic over message bodies: no channel, no event loop,
 * no blocking call outside the methods named {@code derive} and {@code prepare}.
 */
@NullMarked
package org.pglynx.proxy.auth;

import org.jspecify.annotations.NullMarked;
