/**
 * Mirrors: servers that get the statements of another one as well, and whose answers nobody sees.
 * What they do, or fail to do, never touches a client.
 */
@NullMarked
package org.pglynx.proxy.mirror;

import org.jspecify.annotations.NullMarked;
