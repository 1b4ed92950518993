/** pgcat's plugins: statements that are refused for what they name, or answered by the proxy. */
@NullMarked
package org.pglynx.proxy.plugin;

import org.jspecify.annotations.NullMarked;
