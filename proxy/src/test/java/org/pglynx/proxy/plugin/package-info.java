/** Tests of pgcat's plugins. */
@NullMarked
package org.pglynx.proxy.plugin;

import org.jspecify.annotations.NullMarked;
